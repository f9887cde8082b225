import type { Viewer } from '@diaspora/kit/core';
import type { ClientClass, Identity } from '../context.js';

/** Who sent a request, and what that alone allows. `context.identify(caller)` takes it as it is. */
export interface Caller extends Identity {
  /** What subgraphs are told, signed: the person of the token. A partner's key alone leaves it null: anonymous. */
  readonly viewer: Viewer | null;
  /** Equal only for requests that must be answered alike; see RequestContext. */
  readonly identity: string;
  /** A partner's name is that of its key, whatever its headers say. */
  readonly client: { readonly class: ClientClass; readonly name?: string };
  /** Of the token or of the key; what @requiresScopes is decided by. */
  readonly scopes: readonly string[];
  readonly partner?: Partner;
  /** When the credential ends, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /**
   * Is the credential still good? Rejects with RequestRefused when it has expired or was revoked meanwhile. For what
   * outlives its request. A good verdict of the last `maxAgeMs` (default 0) need not be sought again; expiry always is.
   */
  recheck(maxAgeMs?: number): Promise<void>;
  /**
   * Calls `onDoubt` when the credential may just have been revoked: time to `recheck`. Answers how to end that. Absent where
   * nobody tells.
   */
  watch?(onDoubt: () => void): () => void;
}

/** Whose API key it was. */
export interface Partner {
  readonly id: string;
  readonly name: string;
  /** Instead of the limit of every user. */
  readonly rateLimit?: { readonly points: number; readonly seconds: number };
}

const good = () => Promise.resolve();

/** Nobody in particular. `identity` is what forwarded headers make of it. */
export const anonymous = (identity = 'anonymous'): Caller => ({
  viewer: null,
  identity,
  client: { class: 'anonymous' },
  scopes: [],
  recheck: good,
});
