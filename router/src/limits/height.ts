import { Kind, type DocumentNode, type SelectionNode } from 'graphql';
import { measure, sum } from './measure.js';

/**
 * Fields, summed over all levels; in one selection those of one response name count once. Introspection is left out:
 * the query that tools send is far higher than anything else, and its answer is bounded.
 */
export const height = (document: DocumentNode): number =>
  measure(document, {
    field: (field, below) =>
      field.name.value === '__schema' || field.name.value === '__type' ? 1 : 1 + below,
    combine: (weights, selections) => sum(weights) - repeated(selections),
  });

function repeated(selections: readonly SelectionNode[]): number {
  const names = selections.flatMap((node) =>
    node.kind === Kind.FIELD ? [node.alias?.value ?? node.name.value] : [],
  );
  return names.length - new Set(names).size;
}
