import { longestTimerMs } from '@diaspora/kit/core';
import { RequestRefused } from '../access/refused.js';
import { TokenRefused } from '../access/token-refused.js';
import type { Caller } from '../access/caller.js';
import type { CloseReason } from './close-codes.js';

/** Which close code an error of `identify` or `recheck` is. */
export function reasonOf(error: unknown): CloseReason {
  if (error instanceof TokenRefused) {
    const { reason } = error;
    if (reason === 'TOKEN_EXPIRED' || reason === 'KEY_EXPIRED') return 'TOKEN_EXPIRED';
    return reason === 'SESSION_REVOKED' || reason === 'SESSION_STALE' ? 'SESSION_REVOKED' : 'UNAUTHENTICATED';
  }
  if (!(error instanceof RequestRefused)) return 'INTERNAL';
  return error.status === 503 ? 'IDENTITY_UNAVAILABLE' : 'UNAUTHENTICATED';
}

/**
 * Watches the credential of a connection that is open: tells at the very time when it expires or is revoked, and looks now
 * and then whether it was revoked unheard while no event came. Returns what ends the watch.
 */
export function watchCaller(
  caller: Caller,
  {
    everyMs,
    now,
    onRefused,
  }: { everyMs: number; now: () => number; onRefused: (reason: CloseReason) => void },
): () => void {
  const { expiresAt } = caller;
  if (caller.client.class === 'anonymous') return () => undefined;
  let isOver = false;
  let expiry: NodeJS.Timeout | undefined;
  let next: NodeJS.Timeout | undefined;

  const refuse = (reason: CloseReason) => {
    if (!isOver) onRefused(reason);
  };
  const awaitExpiry = (at: number) => {
    const left = at - now();
    if (left <= 0) refuse('TOKEN_EXPIRED');
    else expiry = setTimeout(() => awaitExpiry(at), Math.min(left, longestTimerMs));
  };
  const lookIn = (ms: number) => {
    clearTimeout(next);
    if (!isOver) next = setTimeout(look, ms);
  };
  const look = () => {
    caller.recheck().then(
      () => lookIn(everyMs),
      (error: unknown) => refuse(reasonOf(error)),
    );
  };

  // Not everybody at once after a restart.
  lookIn(everyMs * Math.random());
  const unwatch = caller.watch?.(look);
  if (expiresAt !== undefined) awaitExpiry(expiresAt);
  return () => {
    isOver = true;
    unwatch?.();
    clearTimeout(expiry);
    clearTimeout(next);
  };
}
