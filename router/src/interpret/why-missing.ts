import type { GraphQLFormattedError } from 'graphql';
import type { Requirement } from '../plan/plan.js';
import type { Faults } from './faults.js';
import { isTree, type Tree } from './tree.js';

/**
 * The error that left out of an object, or of one inside of it, something that a fetch has to tell. Undefined when
 * there was none: a subgraph may know no such entity, and that is no fault.
 */
export function whyMissing(
  object: Tree,
  requirements: readonly Requirement[],
  faults: Pick<Faults, 'causesOf'>,
): GraphQLFormattedError | undefined {
  for (const requirement of requirements) {
    const error =
      requirement.kind === 'InlineFragment'
        ? whyMissing(object, requirement.selections, faults)
        : whyFieldMissing(object, requirement, faults);
    if (error) return error;
  }
  return undefined;
}

function whyFieldMissing(
  object: Tree,
  { name, alias = name, selections = [] }: Extract<Requirement, { kind: 'Field' }>,
  faults: Pick<Faults, 'causesOf'>,
): GraphQLFormattedError | undefined {
  const value = object[alias];
  if (value === undefined || value === null) {
    return faults.causesOf(object).find((cause) => cause.error && cause.names.has(alias))?.error;
  }
  for (const inner of [value].flat(Infinity)) {
    const error = isTree(inner) ? whyMissing(inner, selections, faults) : undefined;
    if (error) return error;
  }
  return undefined;
}
