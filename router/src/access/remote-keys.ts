import { hourMs, minuteMs, type Logger } from '@diaspora/kit/core';
import { createRemoteJWKSet, customFetch, type FetchImplementation } from 'jose';

const cacheMaxAgeMs = 10 * minuteMs;
const timeoutMs = 3_000;
/** How long the last good set serves while the issuer cannot be reached. */
const staleMs = hourMs;

export interface RemoteKeysOptions {
  readonly url: string;
  readonly log: Logger;
  /** An unknown key id fetches the set again, but not more often than this: a flood of forged ids costs one request. */
  readonly cooldownMs?: number;
}

export type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/** The issuer's public keys (RFC 7517): cached, fetched again for an unknown key id, stale rather than absent. */
export function createRemoteKeys({ url, log, cooldownMs = 5_000 }: RemoteKeysOptions): RemoteKeys {
  return createRemoteJWKSet(new URL(url), {
    cacheMaxAge: cacheMaxAgeMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
    [customFetch]: keepLastGood(log),
  });
}

function keepLastGood(log: Logger): FetchImplementation {
  let last: { body: string; at: number } | undefined;
  return async (url, init) => {
    try {
      const response = await fetch(url, init);
      if (!response.ok) throw new Error(`The key set answered ${response.status}.`);
      const body = await response.text();
      last = { body, at: Date.now() };
      return new Response(body, { status: 200 });
    } catch (error) {
      if (!last || Date.now() - last.at > staleMs) throw error;
      log.warn({ err: error }, 'signing keys could not be fetched; the last known ones stay in use');
      return new Response(last.body, { status: 200 });
    }
  };
}
