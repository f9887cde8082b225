import type { Time } from '../time.js';

/** How many extra requests may be made: a share of the ordinary ones, and a few whatever happens. */
export interface Budget {
  /** An ordinary request was made. */
  earn(): void;
  /** Whether one extra request may be made; it is taken off. */
  spend(): boolean;
}

/** What a minute of calm may save up, in extra requests. */
const mostSaved = 20;

/**
 * A token bucket after Finagle's retry budget: when a subgraph fails altogether, retries add `percent` to its load and
 * not a multiple. `perSecond` extra requests are allowed even when there is hardly any traffic.
 */
export function createBudget({
  percent,
  perSecond,
  time,
}: {
  percent: number;
  perSecond: number;
  time: Pick<Time, 'now'>;
}): Budget {
  const share = percent / 100;
  const isClosed = share === 0;
  let tokens = Math.min(perSecond, mostSaved);
  let filledAt = time.now();
  return {
    earn() {
      tokens = Math.min(mostSaved, tokens + share);
    },
    spend() {
      const now = time.now();
      tokens = Math.min(mostSaved, tokens + ((now - filledAt) / 1_000) * perSecond);
      filledAt = now;
      if (isClosed || tokens < 1) return false;
      tokens--;
      return true;
    },
  };
}
