import type { RequestContext } from '../../context.js';
import type { SubgraphAnswer, SubgraphRequest } from '../answer.js';
import type { ClientRequest } from './client-requests.js';

/** One request on its way to a subgraph, with everything that may be asked of it below. */
export interface Call {
  readonly request: SubgraphRequest;
  /** Of the client request that caused it; of the first one where several share it. */
  readonly context: RequestContext;
  readonly clientRequest: ClientRequest;
  /** On the scale of `Time.now`, as is the deadline. */
  readonly startedAt: number;
  /** When nobody wants the answer any more. Grows when somebody patient joins. */
  deadline: number;
  /** Whether it joined a request under way. */
  isShared: boolean;
  /** Requests sent for it so far. */
  attempts: number;
  /** The span that the subgraph is told to continue. */
  readonly spanId: string;
}

/** What became of a call. Both may be there: a 503 can carry a GraphQL answer. */
export interface Outcome {
  readonly answer?: SubgraphAnswer;
  readonly fault?: Fault;
  readonly status?: number;
  /** Length of the answer's body. */
  readonly bytes?: number;
}

/** Why there is no answer. */
export interface Fault {
  readonly code: 'UNAVAILABLE' | 'TIMEOUT' | 'CANCELLED';
  /** For the log; clients do not see it. */
  readonly reason: string;
  /** Another attempt may fare better. `at once` when an idle connection had been closed by the other side. */
  readonly retry?: 'later' | 'at once';
  /** Whether it speaks against the subgraph's health. */
  readonly isFailure: boolean;
  /** The same is known from an earlier call, and has been logged. */
  readonly isKnown?: true;
  /** Milliseconds that the subgraph asked to be left alone. */
  readonly retryAfterMs?: number;
}

/** Why a call is given up: `OVERTAKEN` when another attempt answered first. */
export type Reason = 'TIMEOUT' | 'CANCELLED' | 'OVERTAKEN';

/** Something under way that can be given up. After its end that does nothing. */
export interface Sending {
  cancel(reason: Reason): void;
}

/** Who gets the outcome: exactly once, not before the step has returned, and not after it was cancelled. */
export interface Receiver {
  receive(outcome: Outcome): void;
}

/**
 * One behaviour of sending, around the next one. Steps run for every fetch: what they keep of a call is an object with
 * methods, because functions made for each call cost more than all the rest.
 */
export type Step = (call: Call, receiver: Receiver) => Sending;

export const unavailable = (reason: string, more?: Partial<Fault>): { readonly fault: Fault } => ({
  fault: { code: 'UNAVAILABLE', reason, isFailure: true, ...more },
});
