import type { SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';
import type { Budget } from './budget.js';
import type { Call, Outcome, Reason, Receiver, Sending, Step } from './call.js';

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
export const withRetry =
  (options: RetryOptions): Step =>
  (call, receiver) => {
    if (call.request.kind === 'mutation') return options.next(call, receiver);
    options.budget.earn();
    const retrying = new Retrying(options, call, receiver);
    retrying.attempt();
    return retrying;
  };

class Retrying implements Receiver, Sending {
  readonly #options: RetryOptions;
  readonly #call: Call;
  readonly #receiver: Receiver;
  #sending: Sending | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retries = 0;
  #hadStaleConnection = false;

  constructor(options: RetryOptions, call: Call, receiver: Receiver) {
    this.#options = options;
    this.#call = call;
    this.#receiver = receiver;
  }

  attempt(): void {
    this.#timer = undefined;
    this.#sending = this.#options.next(this.#call, this);
  }

  receive(outcome: Outcome): void {
    const delay = outcome.fault === undefined ? undefined : this.#delayBefore(outcome.fault);
    if (delay === undefined) return this.#receiver.receive(outcome);
    this.#options.meter.retry();
    if (delay === 0) this.attempt();
    else this.#timer = this.#options.time.after(delay, () => this.attempt());
  }

  cancel(reason: Reason): void {
    if (this.#timer === undefined) this.#sending!.cancel(reason);
    else this.#options.time.clear(this.#timer);
  }

  /** Milliseconds until the next attempt; undefined when there is to be none. */
  #delayBefore({ retry, retryAfterMs = 0 }: NonNullable<Outcome['fault']>): number | undefined {
    if (retry === undefined) return undefined;
    // The subgraph never saw it: not a sign of its health, and free, once.
    if (retry === 'at once' && !this.#hadStaleConnection) {
      this.#hadStaleConnection = true;
      return 0;
    }
    const { attempts, random, time, budget } = this.#options;
    if (this.#retries >= attempts) return undefined;
    const backoff = random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** this.#retries);
    const delay = Math.max(1, backoff, retryAfterMs);
    if (time.now() + delay >= this.#call.deadline || !budget.spend()) return undefined;
    this.#retries++;
    return delay;
  }
}
