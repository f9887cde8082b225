import type { Clock } from '@diaspora/kit/core';
import type { Caller } from './caller.js';
import { TokenRefused } from './token-refused.js';
import { clockToleranceSeconds, type VerifiedToken, type VerifyToken } from './verify-token.js';

export interface Revocations {
  /** Never rejects. */
  check(token: {
    sessionId: string;
    tokenId: string;
    userId: string;
    epoch: number;
  }): Promise<'valid' | 'revoked' | 'stale'>;
  /** Tells when something was revoked that may concern such a token; answers how to end that. */
  watch(token: { sessionId: string; tokenId: string; userId: string }, onHeard: () => void): () => void;
}

export interface TokenCallerDependencies {
  readonly verify: VerifyToken;
  readonly revocations: Revocations;
  readonly clock: Clock;
}

/** The value of an Authorization header to the person it stands for. `identity` as in Identify. */
export type TokenCaller = (authorization: string, identity: string) => Promise<Caller>;

const bearer = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*) *$/i;

/** Longer than any token of ours; nothing longer is hashed or verified. */
const longestHeader = 16_384;

/** Signature (once a token), then expiry, revocation list and session epoch (each time). */
export function createTokenCaller({ verify, revocations, clock }: TokenCallerDependencies): TokenCaller {
  /** Of an impersonated person both have to be good: the person's side and that of whoever really acts. */
  const sidesOf = ({ viewer, tokenId, epoch, actor }: VerifiedToken) => {
    const { id: userId, sessionId } = viewer;
    return [{ sessionId, userId, epoch }, ...(actor ? [actor] : [])].map((side) => ({ ...side, tokenId }));
  };

  const checkNow = async (token: VerifiedToken): Promise<void> => {
    refuseExpired(token.expiresAt, clock);
    const verdicts = await Promise.all(sidesOf(token).map((side) => revocations.check(side)));
    if (verdicts.includes('revoked')) throw new TokenRefused('SESSION_REVOKED');
    if (verdicts.includes('stale')) throw new TokenRefused('SESSION_STALE');
  };

  return async (authorization, identity) => {
    const text = authorization.length <= longestHeader ? bearer.exec(authorization)?.[1] : undefined;
    if (text === undefined) throw new TokenRefused('TOKEN_INVALID');
    const token = await verify(text);
    await checkNow(token);
    let checkedAt = clock.now().getTime();
    return {
      viewer: token.viewer,
      identity: identity === 'anonymous' ? token.identity : `${token.identity}\n${identity}`,
      client: { class: 'firstParty' },
      scopes: token.viewer.scopes,
      expiresAt: token.expiresAt,
      async recheck(maxAgeMs = 0) {
        refuseExpired(token.expiresAt, clock);
        const now = clock.now().getTime();
        if (now - checkedAt < maxAgeMs) return;
        await checkNow(token);
        checkedAt = now;
      },
      watch(onDoubt) {
        const ends = sidesOf(token).map((side) => revocations.watch(side, onDoubt));
        return () => ends.forEach((end) => end());
      },
    };
  };
}

function refuseExpired(expiresAt: number, clock: Clock): void {
  if (expiresAt + clockToleranceSeconds * 1_000 <= clock.now().getTime()) {
    throw new TokenRefused('TOKEN_EXPIRED');
  }
}
