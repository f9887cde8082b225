import {
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Forbidden } from '../operations/operation.js';
import { fetchedName } from './fetched-name.js';
import { usedVariables } from './used-variables.js';
import { isCondition, isIncluded, type ConditionValues } from './conditions.js';

export interface PlannerDocumentOptions {
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditionValues: ConditionValues;
  readonly forbidden?: Forbidden | undefined;
  readonly rootTypeName: string;
  readonly neededNames: ReadonlySet<string>;
}

/**
 * What of an operation has to be fetched: without excluded and forbidden selections, introspection and the root's
 * `__typename`, and without the conditions, variables and fragments that are of no use then. Undefined when
 * nothing is left.
 */
export function plannerDocument(options: PlannerDocumentOptions): DocumentNode | undefined {
  const { definition, fragments, conditionValues, forbidden, rootTypeName } = options;
  /** Undefined for one of which nothing is left. */
  const prunedFragments = new Map<string, FragmentDefinitionNode | undefined>();

  const selectionSet = prune(definition.selectionSet, true);
  if (!selectionSet) return undefined;
  const kept = [...prunedFragments.values()].flatMap((fragment) => fragment ?? []);
  const used = usedVariables([selectionSet, ...kept]);
  const variableDefinitions = definition.variableDefinitions?.filter((one) =>
    used.has(one.variable.name.value),
  );
  const operation = { ...definition, selectionSet, directives: [], variableDefinitions };
  return { kind: Kind.DOCUMENT, definitions: [operation, ...kept] };

  function prune(set: SelectionSetNode, isRoot: boolean): SelectionSetNode | undefined {
    const selections = set.selections.flatMap((selection) => keep(selection, isRoot) ?? []);
    return selections.length === 0 ? undefined : { kind: Kind.SELECTION_SET, selections };
  }

  function keep(selection: SelectionNode, isRoot: boolean): SelectionNode | undefined {
    if (!isIncluded(selection, conditionValues)) return undefined;
    const directives = withoutConditions(selection.directives);
    if (selection.kind === Kind.FIELD) {
      // What is forbidden on some objects only is fetched for the others.
      const refused = forbidden?.fields.get(selection);
      if ((refused && refused.types === undefined) || isLocal(selection, isRoot)) return undefined;
      const field = { ...selection, ...fetchedAlias(selection, options.neededNames), directives };
      if (!selection.selectionSet) return field;
      // Nothing is wanted of the object then, but whether there is one.
      return { ...field, selectionSet: prune(selection.selectionSet, false) ?? onlyTypename };
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const selectionSet = prune(selection.selectionSet, isRoot);
      return selectionSet && { ...selection, directives, selectionSet };
    }
    return pruneFragment(selection.name.value) && { ...selection, directives };
  }

  function pruneFragment(name: string): FragmentDefinitionNode | undefined {
    const fragment = fragments.get(name);
    if (!fragment || prunedFragments.has(name)) return prunedFragments.get(name);
    const selectionSet = prune(fragment.selectionSet, fragment.typeCondition.name.value === rootTypeName);
    const pruned = selectionSet && { ...fragment, directives: [], selectionSet };
    prunedFragments.set(name, pruned);
    return pruned;
  }
}

/** Answered without any subgraph. */
const isLocal = ({ name: { value } }: FieldNode, isRoot: boolean): boolean =>
  value === '__schema' || value === '__type' || (isRoot && value === '__typename');

const fetchedAlias = (
  field: FieldNode,
  neededNames: ReadonlySet<string>,
): Pick<FieldNode, 'alias'> | undefined =>
  field.alias && { alias: { kind: Kind.NAME, value: fetchedName(field, neededNames) } };

const withoutConditions = (directives: readonly DirectiveNode[] = []): readonly DirectiveNode[] =>
  directives.filter((directive) => !isCondition(directive));

const onlyTypename: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
};
