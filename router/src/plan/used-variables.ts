import { visit, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/** Names of all variables that stand in the nodes. */
export function usedVariables(
  nodes: readonly (SelectionSetNode | FragmentDefinitionNode)[],
): ReadonlySet<string> {
  const used = new Set<string>();
  for (const node of nodes) visit(node, { Variable: ({ name }) => void used.add(name.value) });
  return used;
}
