import type { Budget } from './budget.js';
import type { Call, Cancel, Outcome, Step } from './call.js';
import type { Latency } from './latency.js';
import type { SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';

export interface HedgeOptions {
  readonly next: Step;
  readonly latency: Latency;
  readonly budget: Budget;
  readonly time: Time;
  readonly meter: Pick<SubgraphMeter, 'hedge'>;
}

/** Sooner than this a second attempt does not pay. */
const leastMs = 10;

/**
 * Sends a query a second time, over another connection, when its answer is unusually late; the first answer counts and
 * the other attempt is cancelled (Dean and Barroso, "The Tail at Scale", 2013).
 */
export const withHedge = (options: HedgeOptions): Step => {
  const { next, budget } = options;
  return (call, done) => {
    if (call.request.kind !== 'query') return next(call, done);
    budget.earn();
    return hedging(options, call, done);
  };
};

function hedging(
  { next, latency, budget, time, meter }: HedgeOptions,
  call: Call,
  done: (outcome: Outcome) => void,
): Cancel {
  const startedAt = time.now();
  let first: Cancel | undefined;
  let second: Cancel | undefined;
  let isOver = false;

  const wait = latency.unusual();
  const timer =
    wait !== undefined && startedAt + wait < call.deadline
      ? time.after(Math.max(leastMs, wait), () => time.afterReads(hedge))
      : undefined;

  function hedge(): void {
    if (isOver || second !== undefined || !budget.spend()) return;
    meter.hedge('sent');
    second = next(call, (outcome) => {
      second = undefined;
      if (outcome.fault !== undefined && first !== undefined) return;
      meter.hedge('won');
      finish(outcome);
    });
  }

  first = next(call, (outcome) => {
    first = undefined;
    if (outcome.fault !== undefined && second !== undefined) return;
    finish(outcome);
  });

  function finish(outcome: Outcome): void {
    stop();
    // Of an attempt that was overtaken it is known at least that it took so long.
    if (outcome.fault === undefined) latency.record(time.now() - startedAt);
    first?.('OVERTAKEN');
    second?.('OVERTAKEN');
    done(outcome);
  }

  function stop(): void {
    isOver = true;
    time.clear(timer);
  }

  return (reason) => {
    stop();
    first?.(reason);
    second?.(reason);
  };
}
