import type { Logger } from '@diaspora/kit/core';
import type { Compile, Executable, ExecutableParts, ExecutionRequest } from './executable.js';

export interface ExecutableOptions {
  readonly log: Logger;
  /** Generates code; without it everything is interpreted. */
  readonly compile?: Compile | undefined;
}

/** Compiled where that is possible, else interpreted. */
export function createExecutable(
  parts: ExecutableParts,
  name: string | undefined,
  { compile, log }: ExecutableOptions,
): Executable {
  const { plan } = parts;
  const made = attempt(parts, compile);
  if ('execute' in made) return { plan, compiled: true, execute: made.execute };
  log.debug({ operation: name, reason: made.declined }, 'interpreted');
  const interpreted = (request: ExecutionRequest) => parts.interpret(request, new Map());
  return { plan, compiled: made, execute: interpreted };
}

function attempt(parts: ExecutableParts, compile: Compile | undefined): ReturnType<Compile> {
  if (!compile) return { declined: 'there is no compiler' };
  if (parts.plan.fetches.some(({ context }) => context))
    return { declined: 'it has arguments from a context' };
  try {
    return compile(parts);
  } catch (error) {
    // Costs speed, not the answer.
    return { declined: `the compiler failed: ${error instanceof Error ? error.message : String(error)}` };
  }
}
