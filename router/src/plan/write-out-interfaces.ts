import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Supergraph } from '../supergraph/supergraph.js';

/** Fields, after writing out. Planning takes a millisecond or two for each: more would not be planned in time. */
const mostFields = 2_000;

/**
 * Works around a weakness of the planner: where several subgraphs share the fields of an interface's objects, it
 * weighs every way to the fields of one object type against every way to those of all others, and gives up.
 * `{ one { ... on A { next { ... on A { f } ... on B { f } } } ... on B { ... } } }` it plans well, and that asks the
 * same as `{ one { next { f } } }`. Response names stay, so the response is completed by the client's own words.
 *
 * What may be an object of an interface that some subgraph sees as an object type stays as it is: there, an object's
 * type is not known. Undefined when nothing is to be written out, or when the document would grow too large.
 */
export function writeOutInterfaces(
  document: DocumentNode,
  { apiSchema: schema, subgraphs }: Pick<Supergraph, 'apiSchema' | 'subgraphs'>,
): DocumentNode | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const untyped = untypedObjects(schema, subgraphs);
  let count = 0;
  let isChanged = false;

  const definitions = document.definitions.flatMap((node) => {
    const root = node.kind === Kind.OPERATION_DEFINITION && schema.getRootType(node.operation);
    return root ? { ...node, selectionSet: writeOut(node.selectionSet, root) } : [];
  });
  return isChanged && count <= mostFields ? { kind: Kind.DOCUMENT, definitions } : undefined;

  function writeOut({ selections }: SelectionSetNode, parent: GraphQLCompositeType): SelectionSetNode {
    if (count > mostFields) return setOf([]);
    const objects = isObjectType(parent) ? [parent] : schema.getPossibleTypes(parent);
    if (objects.some(({ name }) => untyped.has(name)))
      return setOf(selections.map((one) => keep(one, parent)));
    if (isObjectType(parent)) return setOf(askedOf(parent, selections));
    isChanged = true;
    return setOf([typename, ...objects.flatMap((object) => fragmentOn(object, askedOf(object, selections)))]);
  }

  /** What is asked of objects of one type, without the fragments around it. */
  function askedOf(object: GraphQLObjectType, selections: readonly SelectionNode[]): SelectionNode[] {
    return selections.flatMap((selection) => {
      if (count > mostFields) return [];
      if (selection.kind === Kind.FIELD) return keep(selection, object);
      const { typeCondition, directives, selectionSet } = inlined(selection);
      if (!isOf(object, typeCondition?.name.value)) return [];
      const asked = askedOf(object, selectionSet.selections);
      return directives?.length ? fragmentOn(object, asked, directives) : asked;
    });
  }

  /** The selection itself stays, what is below it is written out. */
  function keep(selection: SelectionNode, parent: GraphQLCompositeType): SelectionNode {
    if (selection.kind !== Kind.FIELD) {
      const fragment = inlined(selection);
      const type = schema.getType(fragment.typeCondition?.name.value ?? parent.name);
      if (!isCompositeType(type)) return fragment;
      return { ...fragment, selectionSet: writeOut(fragment.selectionSet, type) };
    }
    count += 1;
    const field = 'getFields' in parent ? parent.getFields()[selection.name.value] : undefined;
    const type = field && getNamedType(field.type);
    if (!selection.selectionSet || !isCompositeType(type)) return selection;
    return { ...selection, selectionSet: writeOut(selection.selectionSet, type) };
  }

  function inlined(selection: Exclude<SelectionNode, FieldNode>): InlineFragmentNode {
    if (selection.kind === Kind.INLINE_FRAGMENT) return selection;
    const { name, directives } = selection;
    const fragment = fragments.get(name.value);
    if (!fragment) throw new Error(`There is no fragment ${name.value}.`);
    const { typeCondition, selectionSet } = fragment;
    return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet, ...(directives && { directives }) };
  }

  function isOf(object: GraphQLObjectType, condition = object.name): boolean {
    const type = schema.getType(condition);
    return isObjectType(type)
      ? type === object
      : isCompositeType(type) && schema.getPossibleTypes(type).includes(object);
  }
}

/** Objects of interfaces that some subgraph sees as an object type. */
function untypedObjects(schema: GraphQLSchema, subgraphs: Supergraph['subgraphs']): ReadonlySet<string> {
  const isUntyped = (name: string) => [...subgraphs.values()].some((one) => one.isInterfaceObject(name));
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType);
  const untyped = interfaces.filter(({ name }) => isUntyped(name));
  return new Set(untyped.flatMap((type) => schema.getPossibleTypes(type).map(({ name }) => name)));
}

const setOf = (selections: readonly SelectionNode[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections,
});

const fragmentOn = (
  { name }: GraphQLObjectType,
  selections: readonly SelectionNode[],
  directives: readonly DirectiveNode[] = [],
): InlineFragmentNode[] =>
  selections.length === 0
    ? []
    : [
        {
          kind: Kind.INLINE_FRAGMENT,
          typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
          directives,
          selectionSet: setOf(selections),
        },
      ];

const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
