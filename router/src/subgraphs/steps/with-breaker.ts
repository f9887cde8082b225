import type { Time } from '../time.js';
import type { Breaker, Pass } from './breaker.js';
import {
  unavailable,
  type Call,
  type Outcome,
  type Reason,
  type Receiver,
  type Sending,
  type Step,
} from './call.js';

export interface WithBreakerOptions {
  readonly next: Step;
  readonly breaker: Breaker;
  /** What the subgraph is given for an answer. */
  readonly timeoutMs: number;
  readonly time: Pick<Time, 'now'>;
}

/** Asks the breaker before each attempt and tells it how the attempt ended. */
export const withBreaker =
  (options: WithBreakerOptions): Step =>
  (call, receiver) => {
    const pass = options.breaker.enter();
    return pass === undefined ? refuse(receiver) : new Guarded(options, call, receiver, pass);
  };

function refuse(receiver: Receiver): Sending {
  let isCancelled = false;
  queueMicrotask(() => {
    if (!isCancelled)
      receiver.receive(unavailable('the breaker is open', { isFailure: false, isKnown: true }));
  });
  return { cancel: () => void (isCancelled = true) };
}

class Guarded implements Receiver, Sending {
  readonly #options: WithBreakerOptions;
  readonly #receiver: Receiver;
  readonly #pass: Pass;
  readonly #call: Call;
  readonly #sending: Sending;

  constructor(options: WithBreakerOptions, call: Call, receiver: Receiver, pass: Pass) {
    this.#options = options;
    this.#receiver = receiver;
    this.#pass = pass;
    this.#call = call;
    this.#sending = options.next(call, this);
  }

  receive(outcome: Outcome): void {
    this.#options.breaker.leave(this.#pass, outcome.fault?.isFailure ? 'failure' : 'success');
    this.#receiver.receive(outcome);
  }

  cancel(reason: Reason): void {
    const { breaker, time, timeoutMs } = this.#options;
    // When other fetches had used up the time, it is not this subgraph that was slow.
    const wasSlow = reason === 'TIMEOUT' && time.now() - this.#call.startedAt >= timeoutMs / 2;
    breaker.leave(this.#pass, wasSlow ? 'failure' : 'unknown');
    this.#sending.cancel(reason);
  }
}
