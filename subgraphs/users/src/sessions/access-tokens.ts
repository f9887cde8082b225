import type { SigningKeys } from '@diaspora/kit';
import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { sessionIds, userIds } from '../ids.js';

interface Dependencies {
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
}

/** Who really acts, in which session: both count as those of the owner do. */
export interface Actor {
  readonly accountId: string;
  readonly sessionId: string;
  readonly epoch: number;
}

export interface Claims {
  readonly accountId: string;
  readonly sessionId: string;
  readonly issuedAt: Date;
  readonly email: string;
  readonly epoch: number;
  readonly roles: readonly string[];
  readonly entitlements: readonly string[];
  readonly offices: readonly { role: string; countryCode: string; city: string | null }[];
  readonly actor?: Actor;
}

export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export type IssueAccessToken = ReturnType<typeof createAccessTokens>;

/** Signs access tokens (RFC 7519). `role` lists the roles, highest first; `epoch` ages a token before its time. */
export function createAccessTokens({ keys, issuer, audience, lifetimeSeconds }: Dependencies) {
  return async (claims: Claims): Promise<AccessToken> => {
    const { kid, key } = await keys.signer();
    const issuedAt = Math.floor(claims.issuedAt.getTime() / 1000);
    const expiresAt = issuedAt + lifetimeSeconds;
    const offices = claims.offices.map(({ role, countryCode, city }) => ({
      role,
      countryCode,
      ...(city && { city }),
    }));
    const token = await new SignJWT({
      sid: sessionIds.encode(claims.sessionId),
      email: claims.email,
      role: claims.roles,
      scopes: [],
      entitlements: claims.entitlements,
      offices,
      epoch: claims.epoch,
      client: 'first-party',
      ...(claims.actor && { act: actOf(claims.actor) }),
    })
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userIds.encode(claims.accountId))
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(key);
    return { token, expiresAt: new Date(expiresAt * 1000) };
  };
}

/** RFC 8693, section 4.1, with what it takes to know whether that session still counts. */
const actOf = ({ accountId, sessionId, epoch }: Actor) => ({
  sub: userIds.encode(accountId),
  sid: sessionIds.encode(sessionId),
  epoch,
});
