import { randomUUID } from 'node:crypto';
import { AppError, inOperation, type Audit, type Clock, type Origin, type SigningKeys } from '@diaspora/kit';
import { SignJWT } from 'jose';
import type { ServiceAccount, ServiceSecret } from '../__generated__/prisma/client.js';
import type { Attempts } from '../budgets/index.js';
import type { Db } from '../database.js';
import { serviceAccountIds, sessionIds } from '../ids.js';
import { roleClaims } from './rules.js';
import { hashOf, notUsedOfLate } from './secrets.js';

export interface ServiceTokenDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly attempts: Attempts;
  readonly keys: SigningKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
}

export interface TokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Words separated by blanks; all that the account has when absent. */
  readonly scope?: string | undefined;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
}

export type ServiceTokens = ReturnType<typeof createServiceTokens>;

type Proved = ServiceSecret & { readonly serviceAccount: ServiceAccount };

/** Access tokens of service accounts, for their secrets (RFC 6749, 4.4). */
export function createServiceTokens(dependencies: ServiceTokenDependencies) {
  const { db, clock, audit, attempts, keys, issuer, audience, lifetimeSeconds } = dependencies;

  /** Throws CLIENT_UNKNOWN for whatever does not fit, RATE_LIMITED for too much of it, SCOPE_REFUSED. */
  async function issue(request: TokenRequest, origin: Origin): Promise<IssuedToken> {
    const secret = await find(request);
    if (!secret) {
      await attempts.begin(null, origin);
      throw new AppError('CLIENT_UNKNOWN', 'Client id or secret is wrong.');
    }
    const scopes = grantedOf(secret.serviceAccount, request.scope);
    const { serviceAccount: account } = secret;
    const viewer = {
      id: account.id,
      kind: 'service' as const,
      sessionId: secret.id,
      roles: [roleClaims[account.role]],
      scopes,
      entitlements: [],
      offices: [],
    };
    const requestId = randomUUID();
    await inOperation({ cause: 'request', viewer, origin, requestId }, () => note(secret, scopes));
    return sign(secret, scopes);
  }

  async function find({ clientId, clientSecret }: TokenRequest): Promise<Proved | undefined> {
    const secret = await db.serviceSecret.findUnique({
      where: { hash: hashOf(clientSecret) },
      include: { serviceAccount: true },
    });
    if (!secret || secret.serviceAccountId !== serviceAccountIds.find(clientId)) return undefined;
    const isOver = secret.expiresAt !== null && secret.expiresAt <= clock.now();
    return isOver || secret.serviceAccount.disabledAt ? undefined : secret;
  }

  const note = ({ id, serviceAccount }: Proved, scopes: readonly string[]) =>
    db.$transaction(async (tx) => {
      const now = clock.now();
      await tx.serviceSecret.updateMany({ where: { id, ...notUsedOfLate(now) }, data: { lastUsedAt: now } });
      await audit.record(tx, {
        action: 'serviceAccount.tokenIssued',
        subject: { type: 'ServiceAccount', id: serviceAccountIds.encode(serviceAccount.id) },
        after: { scopes },
      });
    });

  /** It ends with its secret, and is stale once the account changes: the epoch is the one that was read. */
  async function sign(secret: Proved, scopes: readonly string[]): Promise<IssuedToken> {
    const { serviceAccount: account } = secret;
    const { kid, key } = await keys.signer();
    const issuedAt = Math.floor(clock.now().getTime() / 1_000);
    const end = secret.expiresAt ? Math.floor(secret.expiresAt.getTime() / 1_000) : Infinity;
    const expiresAt = Math.min(issuedAt + lifetimeSeconds, end);
    const id = serviceAccountIds.encode(account.id);
    const accessToken = await new SignJWT({
      sid: sessionIds.encode(secret.id),
      role: [roleClaims[account.role]],
      scopes,
      entitlements: [],
      offices: [],
      epoch: account.epoch,
      client: id,
    })
      .setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(id)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(key);
    return { accessToken, expiresInSeconds: expiresAt - issuedAt, scopes };
  }

  return { issue };
}

function grantedOf({ scopes }: ServiceAccount, wanted: string | undefined): readonly string[] {
  const words = [...new Set(wanted?.split(' ').filter(Boolean) ?? scopes)];
  if (words.some((word) => !scopes.includes(word)))
    throw new AppError('SCOPE_REFUSED', 'The client does not have all of these scopes.');
  return words;
}
