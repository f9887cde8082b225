import type { Logger } from '@diaspora/kit/core';
import type { DocumentNode } from 'graphql';
import type { Plan } from '../plan/plan.js';
import type { Subgraphs } from '../subgraphs/answer.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import { createExecutable } from './create-executable.js';
import { describeOperation, type Preparation } from './describe-operation.js';
import type { Compile, CostWeights, Executable } from './executable.js';

export interface EngineOptions {
  readonly supergraph: Supergraph;
  /** Somewhere else than in this thread. */
  readonly plan: MakePlan;
  readonly subgraphs: Subgraphs;
  readonly log: Logger;
  /** Generates code; without it everything is interpreted. */
  readonly compile?: Compile;
  /** Given when the actual cost is to be measured. */
  readonly weights?: CostWeights;
}

/** Rejects when the planner finds no way through the subgraphs, or takes too much time or memory to find one. */
export type MakePlan = (document: DocumentNode, kind: Plan['kind']) => Promise<Plan>;

/** Executes operations over one version of a supergraph. */
export interface Engine {
  readonly supergraph: Supergraph;
  /** Plans and compiles: expensive, so the result is to be kept. Rejects as `plan` does. */
  prepare(preparation: Preparation): Promise<Executable>;
}

export function createEngine({ plan, weights, ...options }: EngineOptions): Engine {
  const { supergraph, subgraphs } = options;
  return {
    supergraph,
    prepare: async (preparation) => {
      const described = describeOperation({ supergraph, subgraphs, weights, ...preparation });
      const { document, kind, partsFor } = described;
      const parts = partsFor(document ? await plan(document, kind) : { kind, fetches: [] });
      return createExecutable(parts, preparation.definition.name?.value, options);
    },
  };
}
