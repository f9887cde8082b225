import type { SendRequest, SubgraphAnswer } from '../answer.js';
import type { Call, Fault, Outcome, Step } from './call.js';
import type { Cancellation } from './cancellation.js';
import type { FetchOutcome, SubgraphMeter } from '../metrics.js';
import type { Time } from '../time.js';

export interface SendOptions {
  readonly name: string;
  readonly next: Step;
  /** Milliseconds until an answer counts as lost. */
  readonly timeoutMs: number;
  readonly cancellation: Cancellation;
  readonly spanId: () => string;
  readonly time: Time;
  readonly meter: SubgraphMeter;
}

/** Deadlines are kept to this many milliseconds: timers of few lengths are cheap. */
const granularityMs = 16;

const messages: Readonly<Record<Fault['code'], string>> = {
  UNAVAILABLE: 'This part of the service is unavailable right now.',
  TIMEOUT: 'This part of the service took too long.',
  CANCELLED: 'The request was cancelled.',
};

/**
 * The outermost step: ends at the deadline or when the client is gone, and turns what happened into an answer and a
 * report.
 */
export function createSend(options: SendOptions): SendRequest {
  const { next, timeoutMs, cancellation, spanId, time } = options;
  return (request, context) =>
    new Promise((resolve) => {
      const { signal } = context;
      const startedAt = time.now();
      const deadline = Math.min(context.deadline, startedAt + timeoutMs);
      const left = deadline - startedAt;
      const call: Call = { request, context, deadline, isShared: false, attempts: 0, spanId: spanId() };
      const end = (outcome: Outcome): void => {
        report(call, outcome, startedAt, options);
        resolve(outcome.answer ?? answerOf(outcome.fault!));
      };
      if (signal.aborted) return end(givenUp('CANCELLED', 'the client was gone'));
      if (left <= 0) return end(givenUp('TIMEOUT', 'there was no time left'));

      const finish = (outcome: Outcome): void => {
        time.clear(timer);
        cancellation.forget(signal, onAbort);
        end(outcome);
      };
      const onAbort = (): void => {
        cancel('CANCELLED');
        finish(givenUp('CANCELLED', 'the client is gone'));
      };
      const onTimeout = (): void => {
        cancel('TIMEOUT');
        finish(givenUp('TIMEOUT', `no answer within ${Math.round(left)} ms`));
      };
      const timer = time.after(Math.ceil(left / granularityMs) * granularityMs, onTimeout);
      cancellation.listen(signal, onAbort);
      const cancel = next(call, finish);
    });
}

const givenUp = (code: Fault['code'], reason: string): Outcome => ({
  fault: { code, reason, isFailure: false },
});

const answerOf = ({ code }: Fault): SubgraphAnswer => ({
  data: null,
  errors: [{ message: messages[code], extensions: { code } }],
  isPlain: false,
});

const outcomes = { UNAVAILABLE: 'unavailable', TIMEOUT: 'timeout', CANCELLED: 'cancelled' } as const;

function report(call: Call, outcome: Outcome, startedAt: number, { name, time, meter }: SendOptions): void {
  const { context, request, attempts, isShared, spanId } = call;
  const { answer, fault, status, bytes } = outcome;
  const endedAt = time.now();
  const ending: FetchOutcome = answer === undefined ? outcomes[fault!.code] : answer.errors ? 'errors' : 'ok';
  meter.fetch(ending, (endedAt - startedAt) / 1_000);
  if (answer === undefined && !isShared && fault!.code !== 'CANCELLED' && fault!.isKnown !== true)
    context.log.error({ subgraph: name, reason: fault!.reason, attempts, status }, 'subgraph did not answer');
  context.explain?.({
    subgraph: name,
    kind: request.kind,
    fetches: request.fetches,
    startedAt,
    endedAt,
    outcome: ending,
    ...(status !== undefined && { status }),
    ...(bytes !== undefined && { bytes }),
    attempts,
    isShared,
    spanId,
  });
}
