import { readSupergraph, type PlannableSupergraph } from '../supergraph/supergraph.js';
import { createExecutable } from './create-executable.js';
import { createParts } from './create-parts.js';
import type { Preparation } from './describe-operation.js';
import type { EngineOptions } from './engine.js';
import type { Executable } from './executable.js';

export interface InlineEngineOptions extends Omit<EngineOptions, 'supergraph' | 'plan'> {
  /** Or what was read of it already. */
  readonly supergraph: string | PlannableSupergraph;
}

export interface InlineEngine {
  readonly supergraph: PlannableSupergraph;
  /** Throws when the planner finds no way through the subgraphs. */
  prepare(preparation: Preparation): Executable;
}

/**
 * An engine that plans in its own thread, for as long as that takes: for tests and tools. Throws one clear line when
 * the supergraph cannot be used.
 */
export function createInlineEngine({
  supergraph: given,
  weights,
  ...options
}: InlineEngineOptions): InlineEngine {
  const { subgraphs } = options;
  const supergraph = typeof given === 'string' ? readSupergraph(given) : given;
  return {
    supergraph,
    prepare: (preparation) => {
      const parts = createParts({ supergraph, subgraphs, weights, ...preparation });
      return createExecutable(parts, preparation.definition.name?.value, options);
    },
  };
}
