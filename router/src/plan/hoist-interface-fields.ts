import {
  FieldsOnCorrectTypeRule,
  getNamedType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  OverlappingFieldsCanBeMergedRule,
  validate,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Supergraph } from '../supergraph/supergraph.js';

/** Names of fields, by the interface they are moved up to. */
type Hoistable = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Works around a fault of the planner: of `{ accounts { ... on Admin { title } } }`, where `title` is a field that an
 * `@interfaceObject` of the interface of `accounts` has with `@requires`, it makes a graph of fetches that wait for each
 * other, and walks around in it until memory is used up. `{ accounts { __typename title } }` it plans well, so that is
 * what is fetched; the response is completed by the client's own words, and what was fetched for other types than
 * Admin is not in it.
 *
 * Fields of one interface may wait for each other in more ways than one, so all fields of such an interface that
 * may be null are moved; only those with requirements where a moved field would meet another of its response name; none where
 * even these would.
 */
export function hoistInterfaceFields(
  document: DocumentNode,
  { sourceSchema: schema, apiSchema }: Pick<Supergraph, 'sourceSchema' | 'apiSchema'>,
): DocumentNode {
  const required = fieldsWithRequirements(schema);
  if (required.size === 0) return document;
  for (const fields of [allFieldsOf(required, schema), required]) {
    const hoisted = hoist(document, fields, schema);
    if (validate(apiSchema, hoisted, rules).length === 0) return hoisted;
  }
  return document;
}

const rules = [OverlappingFieldsCanBeMergedRule, FieldsOnCorrectTypeRule];

function hoist(document: DocumentNode, hoistable: Hoistable, schema: GraphQLSchema): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }

  function rewrite({ selections }: SelectionSetNode, parent: string): SelectionSetNode {
    const written = selections.map((selection) => rewriteSelection(selection, parent));
    const names = hoistable.get(parent);
    if (!names) return { kind: Kind.SELECTION_SET, selections: written };
    const moved: FieldNode[] = [];
    const kept = written.flatMap((selection) =>
      selection.kind === Kind.INLINE_FRAGMENT ? (withoutFields(selection, names, moved) ?? []) : selection,
    );
    if (moved.length === 0) return { kind: Kind.SELECTION_SET, selections: written };
    return { kind: Kind.SELECTION_SET, selections: [typename, ...kept, ...moved] };
  }

  function rewriteSelection(selection: SelectionNode, parent: string): SelectionNode {
    if (selection.kind === Kind.FIELD) {
      const type = schema.getType(parent);
      const field =
        isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
      if (!field || !selection.selectionSet) return selection;
      return { ...selection, selectionSet: rewrite(selection.selectionSet, getNamedType(field.type).name) };
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (!fragment) return selection;
    const { typeCondition } = fragment;
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(typeCondition && { typeCondition }),
      ...(selection.directives && { directives: selection.directives }),
      selectionSet: rewrite(fragment.selectionSet, typeCondition?.name.value ?? parent),
    };
  }

  const definitions = document.definitions.flatMap((node) => {
    if (node.kind !== Kind.OPERATION_DEFINITION) return [];
    const root = schema.getRootType(node.operation);
    return { ...node, selectionSet: root ? rewrite(node.selectionSet, root.name) : node.selectionSet };
  });
  return { kind: Kind.DOCUMENT, definitions };
}

/** Undefined when nothing is left; the fields that were taken out are added to `moved`. */
function withoutFields(
  fragment: InlineFragmentNode,
  names: ReadonlySet<string>,
  moved: FieldNode[],
): InlineFragmentNode | undefined {
  const selections = fragment.selectionSet.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const rest = withoutFields(selection, names, moved);
      return rest ? [rest] : [];
    }
    if (selection.kind !== Kind.FIELD || !names.has(selection.name.value)) return [selection];
    moved.push(selection);
    return [];
  });
  if (selections.length === 0) return undefined;
  return { ...fragment, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

/** Fields of interfaces that come, with requirements, from a subgraph where the interface is an object. */
function fieldsWithRequirements(schema: GraphQLSchema): Hoistable {
  const found = new Map<string, Set<string>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInterfaceType(type)) continue;
    const graphs = new Set(
      (type.astNode?.directives ?? [])
        .filter((one) => one.name.value === 'join__type' && textOf(one, 'isInterfaceObject') === 'true')
        .map((one) => textOf(one, 'graph')),
    );
    const isHoistable = (one: ConstDirectiveNode) =>
      one.name.value === 'join__field' &&
      textOf(one, 'requires') !== undefined &&
      graphs.has(textOf(one, 'graph'));
    for (const field of Object.values(type.getFields())) {
      if (!field.astNode?.directives?.some(isHoistable)) continue;
      found.set(type.name, (found.get(type.name) ?? new Set()).add(field.name));
    }
  }
  return found;
}

/** Of those that may be null: others would take the whole object with them where they fail for other types. */
function allFieldsOf(interfaces: Hoistable, schema: GraphQLSchema): Hoistable {
  return new Map(
    [...interfaces].map(([name, required]) => {
      const type = schema.getType(name);
      const fields = isInterfaceType(type) ? Object.values(type.getFields()) : [];
      const nullable = fields.filter((field) => !isNonNullType(field.type)).map((field) => field.name);
      return [name, new Set([...required, ...nullable])];
    }),
  );
}

function textOf({ arguments: given }: ConstDirectiveNode, name: string): string | undefined {
  const value = given?.find((argument) => argument.name.value === name)?.value;
  return value && 'value' in value ? String(value.value) : undefined;
}

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
