import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  typeFromAST,
  TypeNameMetaFieldDef,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Forbidden } from '../operations/operation.js';
import { fetchedName } from './fetched-name.js';
import { isIncluded, type ConditionValues } from './conditions.js';

/** What the client asked for, conditions decided: the response holds exactly this, in this order. */
export interface OperationShape {
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly rootType: GraphQLObjectType;
  readonly root: Selections;
}

/** The merged selections of one place in the response. */
export interface Selections {
  /**
   * What an object of this type answers here; the same array at every call. For an interface: what is known of an
   * object whose type is not.
   */
  fieldsOf(type: GraphQLObjectType | GraphQLInterfaceType): readonly ResponseField[];
}

export interface ResponseField {
  readonly responseName: string;
  /** The name under which fetches have it; nearly always the response name. */
  readonly key: string;
  /** `__typename`, `__schema` and `__type` too. */
  readonly fieldName: string;
  readonly type: GraphQLOutputType;
  /** Where the named type is an object, interface or union. */
  readonly selections?: Selections;
  /** Why this viewer may not have it: it is null then, and has not been fetched. */
  readonly forbidden?: ForbiddenField;
  /** All that were merged into this field; arguments and sub-selections stand here. */
  readonly nodes: readonly FieldNode[];
}

export type ForbiddenField = Forbidden['fields'] extends ReadonlyMap<FieldNode, infer Field> ? Field : never;

export interface ShapeOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly definition: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditionValues: ConditionValues;
  readonly forbidden?: Forbidden | undefined;
  readonly neededNames: ReadonlySet<string>;
}

/**
 * The shape of an operation's response, by CollectFields and MergeSelectionSets of the GraphQL specification
 * (section 6.3). Computed place by place when first asked for, then remembered.
 */
export function createShape(options: ShapeOptions): OperationShape {
  const { schema, definition, fragments } = options;
  const rootType = schema.getRootType(definition.operation);
  if (!rootType) throw new Error(`The schema has no type for a ${definition.operation}.`);
  const root = selectionsOf([definition.selectionSet], options);
  return { definition, fragments, rootType, root };
}

type FieldsType = GraphQLObjectType | GraphQLInterfaceType;

function selectionsOf(sets: readonly SelectionSetNode[], options: ShapeOptions): Selections {
  const byType = new Map<FieldsType, readonly ResponseField[]>();
  return {
    fieldsOf: (type) => {
      const known = byType.get(type);
      if (known) return known;
      const nodes = new Map<string, FieldNode[]>();
      const visited = new Set<string>();
      for (const set of sets) collectFields(set, type, options, { nodes, visited });
      const fields = [...nodes].flatMap(([name, merged]) => responseField(name, merged, type, options) ?? []);
      byType.set(type, fields);
      return fields;
    },
  };
}

interface Collected {
  readonly nodes: Map<string, FieldNode[]>;
  /** Names of fragments: each counts once. */
  readonly visited: Set<string>;
}

function collectFields(
  set: SelectionSetNode,
  type: FieldsType,
  options: ShapeOptions,
  collected: Collected,
): void {
  for (const selection of set.selections) {
    if (!isIncluded(selection, options.conditionValues)) continue;
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value;
      const merged = collected.nodes.get(name);
      if (merged) merged.push(selection);
      else collected.nodes.set(name, [selection]);
      continue;
    }
    const fragment = fragmentOf(selection, options, collected.visited);
    if (fragment && applies(fragment, type, options.schema)) {
      collectFields(fragment.selectionSet, type, options, collected);
    }
  }
}

function fragmentOf(
  selection: InlineFragmentNode | FragmentSpreadNode,
  { fragments }: ShapeOptions,
  visited: Set<string>,
): InlineFragmentNode | FragmentDefinitionNode | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection;
  if (visited.has(selection.name.value)) return undefined;
  visited.add(selection.name.value);
  return fragments.get(selection.name.value);
}

function applies(
  { typeCondition }: InlineFragmentNode | FragmentDefinitionNode,
  type: FieldsType,
  schema: GraphQLSchema,
): boolean {
  if (!typeCondition) return true;
  const condition = typeFromAST(schema, typeCondition);
  if (!condition || !isCompositeType(condition)) return false;
  return condition === type || (isAbstractType(condition) && schema.isSubType(condition, type));
}

function responseField(
  responseName: string,
  nodes: readonly FieldNode[],
  parent: FieldsType,
  options: ShapeOptions,
): ResponseField | undefined {
  const [first] = nodes;
  if (!first) return undefined;
  const fieldName = first.name.value;
  const type = (metaFields.get(fieldName) ?? parent.getFields()[fieldName])?.type;
  if (!type) return undefined;
  const forbidden = nodes
    .map((node) => options.forbidden?.fields.get(node))
    .find((field) => field && isForbiddenOn(field, parent));
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  return {
    responseName,
    key: fetchedName(first, options.neededNames),
    fieldName,
    type,
    nodes,
    ...(isCompositeType(getNamedType(type)) && { selections: selectionsOf(sets, options) }),
    ...(forbidden && { forbidden }),
  };
}

/** An object of which only the interface is known may be of any of its types. */
const isForbiddenOn = ({ types }: ForbiddenField, parent: FieldsType): boolean =>
  types === undefined || !isObjectType(parent) || types.has(parent.name);

const metaFields = new Map(
  [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef].map((field) => [field.name, field]),
);
