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

/** What both executors of one operation are made of. */
export interface ExecutableParts {
  readonly supergraph: Supergraph;
  readonly plan: Plan;
  /** What the client asked for: conditions and permissions are decided in it, the response is completed by it. */
  readonly shape: OperationShape;
  readonly subgraphs: Subgraphs;
  /** Present when the actual cost is measured. */
  readonly weights?: CostWeights | undefined;
  /** Takes over from generated code: answers that are recorded are not fetched again. Never rejects. */
  readonly interpret: (request: ExecutionRequest, recorded: RecordedAnswers) => Promise<ExecutionResult>;
}

/**
 * What `data` costs: each field of a concrete type, and each object but the root, as `@cost` says; the defaults
 * included.
 */
export interface CostWeights {
  field(parentType: string, fieldName: string): number;
  type(typeName: string): number;
}

/** Generated code for one operation, or why there is none. What it cannot finish it hands to `parts.interpret`. */
export type Compile = (parts: ExecutableParts) => CompiledExecutor | { readonly declined: string };

export interface CompiledExecutor {
  /** Never rejects. */
  readonly execute: (request: ExecutionRequest) => Promise<ExecutionResult>;
}

/**
 * By the id of the fetch. A fetch that is absent was not asked. Data as the subgraph sent it, no rewrite applied
 * yet; whoever reads it must not change it.
 */
export type RecordedAnswers = ReadonlyMap<number, RecordedRoot | RecordedEntities>;

export interface RecordedRoot {
  readonly data: Record<string, unknown> | null;
  /** As the subgraph sent them. */
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

/**
 * By representation text: JSON of the requirements in plan order, input rewrites applied, such as
 * `{"__typename":"User","id":"1"}`. A representation that is absent was not asked.
 */
export type RecordedEntities = ReadonlyMap<string, RecordedEntity>;

export interface RecordedEntity {
  /** Undefined when the subgraph gave no answer for it. */
  readonly entity: Record<string, unknown> | null | undefined;
  /** Paths start at the entity; an error without a path is about the entity as a whole. */
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}
