import { Kind, parse, type FieldNode, type SelectionNode } from 'graphql';

type Path = (string | number)[];

/** More errors than this for one lost request tell a client nothing new. */
const mostPaths = 20;

/**
 * The response paths, within one subgraph's answer, that a request would have filled: what to report when the
 * subgraph does not answer. For an entity request one path per entity and field.
 */
export function affectedPaths(query: string, variables: Record<string, unknown> | undefined): Path[] {
  const operation = parse(query, { noLocation: true }).definitions.find(
    (node) => node.kind === Kind.OPERATION_DEFINITION,
  );
  const paths = (operation?.selectionSet.selections ?? []).flatMap((root): Path[] => {
    if (root.kind !== Kind.FIELD) return [];
    return root.name.value === '_entities' ? entityPaths(root, variables) : [[responseName(root)]];
  });
  return paths.slice(0, mostPaths);
}

function entityPaths(entities: FieldNode, variables: Record<string, unknown> | undefined): Path[] {
  const representations = Array.isArray(variables?.['representations']) ? variables['representations'] : [];
  return representations
    .slice(0, mostPaths)
    .flatMap((representation: { __typename?: string }, index) =>
      fieldsFor(representation.__typename, entities.selectionSet?.selections ?? []).map((name) => [
        '_entities',
        index,
        name,
      ]),
    );
}

const fieldsFor = (typename: string | undefined, selections: readonly SelectionNode[]): string[] =>
  selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD)
      return selection.name.value === '__typename' ? [] : [responseName(selection)];
    if (selection.kind !== Kind.INLINE_FRAGMENT) return [];
    const applies = !selection.typeCondition || selection.typeCondition.name.value === typename;
    return applies ? fieldsFor(typename, selection.selectionSet.selections) : [];
  });

const responseName = (field: FieldNode): string => field.alias?.value ?? field.name.value;
