import type { SubgraphAnswer } from '../answer.js';
import {
  unavailable,
  type Call,
  type Outcome,
  type Reason,
  type Receiver,
  type Step,
} from '../steps/call.js';
import { aContext, query } from './given.js';

/** One call that reached the end of the steps under test. */
export interface Reached {
  readonly call: Call;
  readonly answer: (outcome: Outcome) => void;
  cancelled?: Reason;
}

/** A last step that a test answers by hand. */
export function createFakeStep(): { step: Step; reached: Reached[] } {
  const reached: Reached[] = [];
  const step: Step = (call, receiver) => {
    const one: Reached = { call, answer: (outcome) => receiver.receive(outcome) };
    reached.push(one);
    call.attempts++;
    return { cancel: (reason) => void (one.cancelled = reason) };
  };
  return { step, reached };
}

/** A receiver that keeps what it is told. */
export function createFakeReceiver(): Receiver & { outcomes: Outcome[] } {
  const outcomes: Outcome[] = [];
  return { outcomes, receive: (outcome) => void outcomes.push(outcome) };
}

export const aCall = (over: Partial<Call> = {}): Call => ({
  request: query(),
  context: aContext(),
  clientRequest: { lines: '', signedAt: -Infinity },
  startedAt: 1_000,
  deadline: 11_000,
  isShared: false,
  attempts: 0,
  spanId: '0123456789abcdef',
  ...over,
});

const answer: SubgraphAnswer = { data: { a: 1 }, isPlain: true };
export const ok: Outcome = { answer };
export const broken = unavailable('broken', { retry: 'later' });
