import { minuteMs, type Clock } from '@diaspora/kit/core';
import { createLru } from './lru.js';
import { sha256 } from './sha256.js';
import type { VerifiedToken, VerifyToken } from './verify-token.js';

export interface RememberOptions {
  readonly clock: Clock;
  /** Tokens; about 1.5 kB each. */
  readonly most?: number;
  /** After this time a signature is verified again, so that a signing key that was withdrawn stops counting. */
  readonly forMs?: number;
}

/**
 * Verifies the signature of each token once. Kept by the token's SHA-256, never by itself. What is refused is not
 * kept, so that a flood of forged tokens pushes nobody out; whoever overlaps shares one verification. The caller
 * still has to look at expiry and revocation.
 */
export function rememberTokens(
  verify: VerifyToken,
  { clock, most = 10_000, forMs = 5 * minuteMs }: RememberOptions,
): VerifyToken {
  const known = createLru<{ readonly token: VerifiedToken; readonly until: number }>({ most });
  const underWay = new Map<string, Promise<VerifiedToken>>();

  const verifyOnce = (key: string, token: string): Promise<VerifiedToken> => {
    const until = clock.now().getTime() + forMs;
    const verified = verify(token)
      .then((good) => {
        known.set(key, { token: good, until });
        return good;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, verified);
    return verified;
  };

  return async (token) => {
    const key = sha256(token);
    const entry = known.get(key);
    if (entry !== undefined && entry.until > clock.now().getTime()) return entry.token;
    return underWay.get(key) ?? verifyOnce(key, token);
  };
}
