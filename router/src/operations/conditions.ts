import {
  Kind,
  type DirectiveNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { isCondition } from '../plan/conditions.js';

/** Variables that decide by @skip and @include which plan an operation gets, each once, in order of appearance. */
export function conditionVariables(
  { selectionSet }: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const read = (directives: readonly DirectiveNode[] = []) => {
    for (const directive of directives.filter(isCondition)) {
      const value = directive.arguments?.[0]?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    }
  };
  const walk = (set: SelectionSetNode | undefined) => {
    for (const selection of set?.selections ?? []) {
      read(selection.directives);
      if (selection.kind !== Kind.FRAGMENT_SPREAD) walk(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        walk(fragments.get(selection.name.value)?.selectionSet);
      }
    }
  };
  walk(selectionSet);
  return [...names];
}
