import { Kind, type DocumentNode, type FieldNode, type SelectionNode, type SelectionSetNode } from 'graphql';

export interface Measure {
  /** The weight of a field, given the weight of what is selected below it. */
  readonly field: (field: FieldNode, below: number) => number;
  /** The weight of a selection set from the weights of its selections, in their order. */
  readonly combine: (weights: readonly number[], selections: readonly SelectionNode[]) => number;
}

/**
 * The weight of the heaviest operation of a document. Fragments are followed and weighed once each, so that
 * spreads of spreads cost no more than the document is long; a cycle, refused by validation, counts as nothing.
 */
export function measure(document: DocumentNode, { field, combine }: Measure): number {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
  const weighed = new Map<string, number>();

  const weighFragment = (name: string): number => {
    const known = weighed.get(name);
    if (known !== undefined) return known;
    weighed.set(name, 0);
    const weight = weighSet(fragments.get(name)?.selectionSet);
    weighed.set(name, weight);
    return weight;
  };
  const weigh = (node: SelectionNode): number => {
    if (node.kind === Kind.FIELD) return field(node, weighSet(node.selectionSet));
    if (node.kind === Kind.FRAGMENT_SPREAD) return weighFragment(node.name.value);
    return weighSet(node.selectionSet);
  };
  const weighSet = (set: SelectionSetNode | undefined): number =>
    set ? combine(set.selections.map(weigh), set.selections) : 0;

  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return largest(operations.map((node) => weighSet(node.selectionSet)));
}

export const sum = (weights: readonly number[]): number =>
  weights.reduce((total, weight) => total + weight, 0);
export const largest = (weights: readonly number[]): number =>
  weights.reduce((top, weight) => Math.max(top, weight), 0);
