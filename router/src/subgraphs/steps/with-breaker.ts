import { unavailable, type Step } from './call.js';
import type { Breaker } from './breaker.js';
import type { Time } from '../time.js';

export interface WithBreakerOptions {
  readonly next: Step;
  readonly breaker: Breaker;
  /** What the subgraph is given for an answer. */
  readonly timeoutMs: number;
  readonly time: Pick<Time, 'now'>;
}

/** Asks the breaker before each attempt and tells it how the attempt ended. */
export const withBreaker =
  ({ next, breaker, timeoutMs, time }: WithBreakerOptions): Step =>
  (call, done) => {
    const pass = breaker.enter();
    if (pass === undefined) {
      let isCancelled = false;
      queueMicrotask(() => {
        if (!isCancelled) done(unavailable('the breaker is open', { isFailure: false, isKnown: true }));
      });
      return () => void (isCancelled = true);
    }
    const startedAt = time.now();
    const cancel = next(call, (outcome) => {
      breaker.leave(pass, outcome.fault?.isFailure ? 'failure' : 'success');
      done(outcome);
    });
    return (reason) => {
      // When the others had used up the time, it is not this subgraph that was slow.
      const wasSlow = reason === 'TIMEOUT' && time.now() - startedAt >= timeoutMs / 2;
      breaker.leave(pass, wasSlow ? 'failure' : 'unknown');
      cancel(reason);
    };
  };
