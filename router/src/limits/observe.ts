import type { Mode } from './mode.js';

/** What limits tell the metrics. */
export interface LimitObserver {
  /** Something went over a limit: refused, or only measured. */
  exceeded(limit: string, mode: Exclude<Mode, 'off'>): void;
  /** Cost of one operation: as estimated before, as counted in its answer. */
  cost(observed: { readonly estimated: number; readonly actual?: number }): void;
}

export const silentObserver: LimitObserver = { exceeded: () => undefined, cost: () => undefined };
