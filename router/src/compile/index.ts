import type { GraphQLFormattedError } from 'graphql';
import type { CompiledExecutor, ExecutableParts } from '../execution/executable.js';
import { Declined, decline } from './declined.js';
import { createProgram, type Program } from './program.js';
import { createRequestGraph, type GraphRequest } from './request-graph.js';
import { createRun } from './run.js';
import { createTypenames } from './typenames.js';

/** A compiled operation; what `explain` shows besides the plan. */
export interface Compiled extends CompiledExecutor {
  readonly requests: readonly GraphRequest[];
  /** The generated code for answers that are ASCII without a backslash. */
  readonly source: string;
}

/**
 * Merges the fetches of a plan into a graph of requests and generates the code that runs it (docs/router-execution.md).
 * What generated code cannot do is declined, with the reason, and left to the interpreter.
 */
export function compile(parts: ExecutableParts): Compiled | { readonly declined: string } {
  try {
    if (parts.plan.fetches.some(({ context }) => context?.length)) decline('arguments from a context');
    const typenames = createTypenames(parts.plan, parts.supergraph);
    const asked = { ...parts, plan: typenames.plan };
    const requests = createRequestGraph(typenames.plan);
    const plain = createProgram(asked, requests, true);
    let general: Program | undefined;
    const program = (isPlain: boolean) =>
      isPlain ? plain : (general ??= createProgram(asked, requests, false));
    const execute = createRun({ parts, requests, program, typenames, errors: forbiddenErrors(parts) });
    return { execute, requests, source: plain.source };
  } catch (error) {
    if (error instanceof Declined) return { declined: error.message };
    throw error;
  }
}

/** Forbidden fields are compiled at the root only. */
const forbiddenErrors = ({ shape }: ExecutableParts): readonly GraphQLFormattedError[] =>
  shape.root
    .fieldsOf(shape.rootType)
    .flatMap(({ forbidden, responseName }) =>
      forbidden
        ? { message: forbidden.message, path: [responseName], extensions: { code: forbidden.code } }
        : [],
    );
