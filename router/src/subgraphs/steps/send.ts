import type { RequestContext } from '../../context.js';
import type { SendRequest, SubgraphAnswer, SubgraphRequest } from '../answer.js';
import type { FetchOutcome, SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';
import { unwatched, type Watch, type Watched } from '../watch.js';
import type { Call, Fault, Outcome, Receiver, Sending, Step } from './call.js';
import type { ClientRequest } from './client-requests.js';

export interface SendOptions {
  readonly name: string;
  readonly next: Step;
  /** Milliseconds until an answer counts as lost. */
  readonly timeoutMs: number;
  readonly clientRequest: (context: RequestContext) => ClientRequest;
  readonly spanId: () => string;
  readonly time: Time;
  readonly watch: Watch;
  readonly meter: SubgraphMeter;
}

/**
 * The outermost step: ends at the deadline or when the client is gone, and turns what happened into an answer and a
 * report.
 */
export const createSend =
  (options: SendOptions): SendRequest =>
  (request, context) =>
    new Promise((resolve) => new Fetching(options, request, context, resolve).begin());

class Fetching implements Call, Receiver, Watched {
  readonly request: SubgraphRequest;
  readonly context: RequestContext;
  readonly clientRequest: ClientRequest;
  readonly startedAt: number;
  readonly dueAt: number;
  deadline: number;
  isShared = false;
  attempts = 0;
  readonly spanId: string;
  slot = unwatched;
  readonly #options: SendOptions;
  readonly #resolve: (answer: SubgraphAnswer) => void;
  #sending: Sending | undefined;

  constructor(
    options: SendOptions,
    request: SubgraphRequest,
    context: RequestContext,
    resolve: (answer: SubgraphAnswer) => void,
  ) {
    this.request = request;
    this.context = context;
    this.clientRequest = options.clientRequest(context);
    this.startedAt = options.time.now();
    this.dueAt = this.deadline = Math.min(context.deadline, this.startedAt + options.timeoutMs);
    this.spanId = options.spanId();
    this.#options = options;
    this.#resolve = resolve;
  }

  begin(): void {
    if (this.context.signal.aborted) return this.#giveUp('CANCELLED', 'the client was gone');
    if (this.dueAt <= this.startedAt) return this.#giveUp('TIMEOUT', 'there was no time left');
    this.#options.watch.add(this);
    this.#sending = this.#options.next(this, this);
  }

  receive(outcome: Outcome): void {
    this.#options.watch.remove(this);
    report(this, outcome, this.#options);
    this.#resolve(outcome.answer ?? answerOf(outcome.fault!));
  }

  get signal(): AbortSignal {
    return this.context.signal;
  }

  onDue(): void {
    if (this.signal.aborted) this.#giveUp('CANCELLED', 'the client is gone');
    else this.#giveUp('TIMEOUT', `no answer within ${Math.round(this.dueAt - this.startedAt)} ms`);
  }

  #giveUp(code: 'TIMEOUT' | 'CANCELLED', reason: string): void {
    this.#sending?.cancel(code);
    this.receive({ fault: { code, reason, isFailure: false } });
  }
}

const messages: Readonly<Record<Fault['code'], string>> = {
  UNAVAILABLE: 'This part of the service is unavailable right now.',
  TIMEOUT: 'This part of the service took too long.',
  CANCELLED: 'The request was cancelled.',
};

const answerOf = ({ code }: Fault): SubgraphAnswer => ({
  data: null,
  errors: [{ message: messages[code], extensions: { code } }],
  isPlain: false,
});

const outcomes = { UNAVAILABLE: 'unavailable', TIMEOUT: 'timeout', CANCELLED: 'cancelled' } as const;

function report(call: Call, outcome: Outcome, { name, time, meter }: SendOptions): void {
  const { context, startedAt, attempts, isShared } = call;
  const { answer, fault, status, bytes } = outcome;
  const endedAt = time.now();
  const ending: FetchOutcome = answer === undefined ? outcomes[fault!.code] : answer.errors ? 'errors' : 'ok';
  meter.fetch(ending, (endedAt - startedAt) / 1_000);
  if (answer === undefined && !isShared && fault!.code !== 'CANCELLED' && fault!.isKnown !== true)
    context.log.error({ subgraph: name, reason: fault!.reason, attempts, status }, 'subgraph did not answer');
  context.explain?.({
    subgraph: name,
    kind: call.request.kind,
    fetches: call.request.fetches,
    startedAt,
    endedAt,
    outcome: ending,
    ...(status !== undefined && { status }),
    ...(bytes !== undefined && { bytes }),
    attempts,
    isShared,
    spanId: call.spanId,
  });
}
