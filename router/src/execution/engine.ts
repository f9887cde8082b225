import type { Logger } from '@diaspora/kit/core';
import type { FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import type { Forbidden } from '../operations/operation.js';
import type { ConditionValues } from '../plan/conditions.js';
import type { Subgraphs } from '../subgraphs/answer.js';
import { readSupergraph, type Supergraph } from '../supergraph/supergraph.js';
import { createParts } from './create-parts.js';
import type { Compile, CostWeights, Executable, ExecutableParts, ExecutionRequest } from './executable.js';

export interface EngineOptions {
  /** Or what was read of it already. */
  readonly supergraph: string | Supergraph;
  readonly subgraphs: Subgraphs;
  readonly log: Logger;
  /** Generates code; without it everything is interpreted. */
  readonly compile?: Compile;
  /** Given when the actual cost is to be measured. */
  readonly weights?: CostWeights;
}

/** One operation of a valid document, and what was decided about it. */
export interface Preparation {
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced values of its conditions; other variables may be among them. */
  readonly conditionValues: ConditionValues;
  readonly forbidden?: Forbidden | undefined;
}

/** Plans and executes operations over one version of a supergraph. */
export interface Engine {
  readonly supergraph: Supergraph;
  /**
   * Plans and compiles: some 15 ms of computation, so the result is to be kept. Throws when the planner finds no
   * way through the subgraphs.
   */
  prepare(preparation: Preparation): Executable;
}

/** Throws one clear line when the supergraph cannot be used. */
export function createEngine({ supergraph: given, subgraphs, log, compile, weights }: EngineOptions): Engine {
  const supergraph = typeof given === 'string' ? readSupergraph(given) : given;
  return {
    supergraph,
    prepare: (preparation) => {
      const parts = createParts({ supergraph, subgraphs, weights, ...preparation });
      const interpreted = (request: ExecutionRequest) => parts.interpret(request, new Map());
      const made = attempt(parts, compile);
      if ('execute' in made) return { plan: parts.plan, compiled: true, execute: made.execute };
      log.debug({ operation: preparation.definition.name?.value, reason: made.declined }, 'interpreted');
      return { plan: parts.plan, compiled: made, execute: interpreted };
    },
  };
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
