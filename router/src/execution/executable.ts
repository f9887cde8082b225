import type { GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../context.js';
import type { Plan } from '../plan/plan.js';
import type { OperationShape } from '../plan/shape.js';
import type { Subgraphs } from '../subgraphs/answer.js';
import type { Supergraph } from '../supergraph/supergraph.js';

/** One operation with its conditions and permissions decided, ready to run any number of times. */
export interface Executable {
  readonly plan: Plan;
  /** Whether generated code runs it; if not, why the interpreter does. */
  readonly compiled: true | { readonly declined: string };
  /** Never rejects: whatever goes wrong is an error in the result. */
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
}

export interface ExecutionRequest {
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** The event of a subscription: the data of the first fetch, which is then not sent. */
  readonly event?: {
    readonly data: Record<string, unknown> | null;
    readonly errors?: readonly GraphQLFormattedError[];
  };
}

export interface ExecutionResult {
  /** JSON text of `data`, "null" included. */
  readonly data: string;
  /** Whether `data` holds ASCII only, and may be written as latin1. */
  readonly isAscii: boolean;
  /** Not masked yet. Empty when all went well. */
  readonly errors: readonly GraphQLFormattedError[];
  /** Objects and weighted fields that `data` holds, as @cost counts; absent when cost is not measured. */
  readonly cost?: number;
}

/** What both executors are made from: one operation with its conditions and permissions decided. */
export interface ExecutableParts {
  readonly supergraph: Supergraph;
  readonly plan: Plan;
  /** What the client asked for, and what the response is completed by. */
  readonly shape: OperationShape;
  readonly subgraphs: Subgraphs;
}

/** Runs one operation; never rejects. */
export type Execute = (request: ExecutionRequest) => Promise<ExecutionResult>;

/** The plain executor. `recorded`: what a run that could not be finished by other means has fetched already. */
export type Interpret = (
  parts: ExecutableParts,
  request: ExecutionRequest,
  recorded?: RecordedAnswers,
) => Promise<ExecutionResult>;

/** Generated code for one operation, or why there is none. What it cannot finish it hands to `interpret`. */
export type Compile = (
  parts: ExecutableParts,
  interpret: Interpret,
) => { readonly execute: Execute } | { readonly declined: string };

/** By id of the fetch. A fetch that is not in here has not been sent; one that is in here is never sent. */
export type RecordedAnswers = ReadonlyMap<number, RecordedRoot | RecordedEntities>;

/** A root fetch. Nothing in it may be changed by whoever reads it. */
export interface RecordedRoot {
  readonly data: Record<string, unknown> | null;
  /** As the subgraph sent them. */
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

/**
 * An entity fetch, by the JSON text of the representation: the `requires` selection in plan order, such as
 * `{"__typename":"User","id":"1"}`, after input rewrites. Representations that are missing are asked for.
 */
export type RecordedEntities = ReadonlyMap<string, RecordedEntity>;

export interface RecordedEntity {
  /** Undefined when the subgraph gave no answer for it. */
  readonly entity: Record<string, unknown> | null | undefined;
  /** Paths are relative to the entity; without a path the error is about the entity as a whole. */
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}
