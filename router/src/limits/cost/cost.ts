import type { GraphQLSchema } from 'graphql';
import type { Selected } from '../../access/authorize/authorization.js';
import type { CostWeights } from '../../execution/executable.js';
import { compileEstimate } from './compile-estimate.js';
import { readWeights } from './read-weights.js';
import { valueOf, type Run } from './sum.js';

/** Costs by one version of the supergraph. */
export interface Costs {
  /** Compiled once for each operation. */
  of(operation: Selected): OperationCost;
  /** What executors count the actual cost by. */
  readonly weights: CostWeights;
}

export interface OperationCost {
  /** Variables are coerced. */
  estimate(variables: Readonly<Record<string, unknown>>): Estimate;
}

export interface Estimate {
  /** A finite number, `mostCost` at most. */
  readonly cost: number;
  /** The largest list that a slicing argument asks for; 0 without any. */
  readonly largestList: number;
  /** `Type.field` where @listSize wants exactly one slicing argument and does not get it. */
  readonly unsliced: string | undefined;
}

export interface CostParts {
  /** With every directive of the SDL. */
  readonly sourceSchema: GraphQLSchema;
  /** What clients see. */
  readonly apiSchema: GraphQLSchema;
  /** Items of a list of which nothing is said. */
  readonly listSize: number;
}

/** Demand control by @cost and @listSize. */
export function createCosts({ sourceSchema, apiSchema, listSize }: CostParts): Costs {
  const weights = readWeights(sourceSchema);
  let runs = 0;
  return {
    weights,
    of(operation) {
      const sum = compileEstimate({ schema: apiSchema, weights, listSize }, operation);
      const estimate = (variables: Readonly<Record<string, unknown>>): Estimate => {
        const run: Run = { id: (runs += 1), variables, largestList: 0, unsliced: undefined };
        const cost = valueOf(sum, run);
        return { cost, largestList: run.largestList, unsliced: run.unsliced };
      };
      const hasVariables = (operation.definition.variableDefinitions ?? []).length > 0;
      if (typeof sum === 'function' && hasVariables) return { estimate };
      const known = estimate({});
      return { estimate: () => known };
    },
  };
}
