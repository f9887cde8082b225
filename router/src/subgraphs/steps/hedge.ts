import type { SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';
import { unwatched, type Watch, type Watched } from '../watch.js';
import type { Budget } from './budget.js';
import type { Call, Outcome, Reason, Receiver, Sending, Step } from './call.js';
import type { Latency } from './latency.js';

export interface HedgeOptions {
  readonly next: Step;
  readonly latency: Latency;
  readonly budget: Budget;
  readonly time: Time;
  readonly watch: Watch;
  readonly meter: Pick<SubgraphMeter, 'hedge'>;
}

/** Sooner than this a second attempt does not pay. */
const leastMs = 10;

/**
 * Sends a query a second time, over another connection, when its answer is unusually late; the first answer counts and
 * the other attempt is cancelled (Dean and Barroso, "The Tail at Scale", 2013).
 */
export const withHedge =
  (options: HedgeOptions): Step =>
  (call, receiver) => {
    if (call.request.kind === 'mutation') return options.next(call, receiver);
    options.budget.earn();
    return new Hedging(options, call, receiver);
  };

class Hedging implements Receiver, Sending, Watched {
  readonly dueAt: number;
  slot = unwatched;
  readonly #options: HedgeOptions;
  readonly #call: Call;
  readonly #receiver: Receiver;
  readonly #startedAt: number;
  #first: Sending | undefined;
  #second: Sending | undefined;
  #isOver = false;

  constructor(options: HedgeOptions, call: Call, receiver: Receiver) {
    const wait = options.latency.unusual();
    this.#options = options;
    this.#call = call;
    this.#receiver = receiver;
    this.#startedAt = call.attempts === 0 ? call.startedAt : options.time.now();
    this.dueAt = this.#startedAt + Math.max(leastMs, wait ?? 0);
    this.#first = options.next(call, this);
    if (wait !== undefined && this.dueAt < call.deadline) options.watch.add(this);
  }

  /** Of the first attempt. */
  receive(outcome: Outcome): void {
    this.#first = undefined;
    if (outcome.fault === undefined || this.#second === undefined) this.#finish(outcome);
  }

  cancel(reason: Reason): void {
    this.#stop(reason);
  }

  /** Where the router itself is late, the answer may be here already. */
  onDue(): void {
    this.#options.time.afterReads(() => {
      if (!this.#isOver && this.#options.budget.spend()) this.#hedge();
    });
  }

  #hedge(): void {
    this.#options.meter.hedge('sent');
    this.#second = this.#options.next(this.#call, {
      receive: (outcome) => {
        this.#second = undefined;
        if (outcome.fault !== undefined && this.#first !== undefined) return;
        if (outcome.fault === undefined) this.#options.meter.hedge('won');
        this.#finish(outcome);
      },
    });
  }

  #finish(outcome: Outcome): void {
    // Of an attempt that was overtaken it is known at least that it took so long.
    if (outcome.fault === undefined) this.#options.latency.record(this.#options.time.now() - this.#startedAt);
    this.#stop('OVERTAKEN');
    this.#receiver.receive(outcome);
  }

  #stop(reason: Reason): void {
    this.#isOver = true;
    this.#options.watch.remove(this);
    this.#first?.cancel(reason);
    this.#second?.cancel(reason);
  }
}
