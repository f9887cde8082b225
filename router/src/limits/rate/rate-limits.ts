import type { Caller } from '../../access/caller.js';

/** Who is charged. */
export interface Charged {
  readonly caller: Pick<Caller, 'viewer' | 'partner'> & { readonly client: Caller['client'] };
  /** Of the client: see `clientAddress`. */
  readonly address: string;
}

export interface RateLimits {
  /** No I/O: refuses who was refused a moment ago, so that a flood costs next to nothing. Throws RequestRefused 429. */
  admit(charged: Charged): void;
  /**
   * Takes `cost` points (1 at least). Resolves with headers for the answer; rejects with RequestRefused 429 and
   * Retry-After. Call it once for each request: with the estimated cost, or with 1 when it came to no operation.
   */
  charge(charged: Charged, operationName: string | undefined, cost: number): Promise<RateHeaders>;
}

export type RateHeaders = Readonly<Record<string, string>>;
