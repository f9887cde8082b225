import type { GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../context.js';
import type { Plan } from '../plan/plan.js';

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
