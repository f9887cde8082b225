import type { Selected } from '../../access/authorize/authorization.js';

/** Costs by one version of the supergraph. */
export interface Costs {
  /** Compiled once for each operation. */
  of(operation: Selected): OperationCost;
  /** What each value of a field adds to the actual cost: each object, each item of a list, each leaf. */
  weightOf(parentType: string, field: string): number;
}

export interface OperationCost {
  /** Never NaN, never above `mostCost`. Variables are coerced. */
  estimate(variables: Readonly<Record<string, unknown>>): Estimate;
  /** Cost of what came back: `data` of the response, by response names. */
  actual(data: unknown): number;
}

export interface Estimate {
  readonly cost: number;
  /** The largest list that a slicing argument asks for; 0 without any. */
  readonly largestList: number;
  /** `Type.field` where @listSize wants exactly one slicing argument and does not get it. */
  readonly unsliced?: string;
}

/** Where costs stop growing. */
export const mostCost = Number.MAX_SAFE_INTEGER;
