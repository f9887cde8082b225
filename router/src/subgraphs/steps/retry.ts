import type { Budget } from './budget.js';
import type { Call, Cancel, Outcome, Reason, Step } from './call.js';
import type { SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';

export interface RetryOptions {
  readonly next: Step;
  /** Most attempts after the first. */
  readonly attempts: number;
  readonly budget: Budget;
  readonly time: Time;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
  readonly meter: Pick<SubgraphMeter, 'retry'>;
}

const firstBackoffMs = 50;
const longestBackoffMs = 1_000;

/**
 * Tries queries again when there was no answer, or an overloaded one: after a random part of a growing time ("full
 * jitter", AWS Builders' Library, "Timeouts, retries and backoff with jitter"), as long as the budget lasts and never
 * past the deadline. Mutations are sent once: nobody knows what the lost one did.
 */
export const withRetry = (options: RetryOptions): Step => {
  const { next, budget } = options;
  return (call, done) => {
    budget.earn();
    return call.request.kind === 'query' && options.attempts > 0
      ? retrying(options, call, done)
      : next(call, done);
  };
};

function retrying(
  { next, attempts, budget, time, random, meter }: RetryOptions,
  call: Call,
  done: (outcome: Outcome) => void,
): Cancel {
  let tried = 0;
  let hadStaleConnection = false;
  let timer: NodeJS.Timeout | undefined;
  let cancel: Cancel;

  const attempt = (): void => {
    timer = undefined;
    cancel = next(call, (outcome) => {
      const delay = delayBefore(outcome);
      if (delay === undefined) return done(outcome);
      meter.retry();
      if (delay === 0) attempt();
      else timer = time.after(delay, attempt);
    });
  };

  /** Milliseconds until the next attempt; undefined when there is to be none. */
  function delayBefore({ fault }: Outcome): number | undefined {
    if (fault?.retry === undefined) return undefined;
    // The subgraph never saw it: not a sign of its health, and free, once.
    if (fault.retry === 'at once' && !hadStaleConnection) {
      hadStaleConnection = true;
      return 0;
    }
    if (tried >= attempts) return undefined;
    const backoff = random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** tried);
    const delay = Math.max(1, backoff, fault.retryAfterMs ?? 0);
    if (time.now() + delay >= call.deadline || !budget.spend()) return undefined;
    tried++;
    return delay;
  }

  attempt();
  return (reason: Reason) => {
    if (timer === undefined) return cancel(reason);
    time.clear(timer);
  };
}
