import {
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  getNamedType,
  Kind,
  typeFromAST,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Selected } from './authorization.js';
import type { SchemaRequirements } from './read-requirements.js';

/** What one selected field demands. */
export interface Demand {
  readonly field: FieldNode;
  /** Objects on which it demands the same, with the indices of the requirements; all of them have to be met. */
  readonly groups: readonly {
    readonly types: ReadonlySet<string>;
    readonly requirements: readonly number[];
  }[];
  /** Whether the groups hold every type that the field may stand on. */
  readonly isEverywhere: boolean;
}

/**
 * What an operation demands, field by field. A field demands what its definition, its answer's type and its object's
 * type demand, for each object type that it may be asked of: through an interface or union the object decides, not
 * the door it was reached by, and whatever the type of a fragment demands comes on top. `__typename` tells that
 * there is an object of a type, so it demands what that type does. Each fragment is read once.
 */
export function collectDemands(
  schema: GraphQLSchema,
  requirements: SchemaRequirements,
  { definition, fragments }: Selected,
): Demand[] {
  const demands: Demand[] = [];
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const read = new Set<string>();

  const walk = (set: SelectionSetNode, type: GraphQLCompositeType): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) walkField(selection, type);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition ? typeFromAST(schema, selection.typeCondition) : type;
        if (isCompositeType(condition)) walk(selection.selectionSet, condition);
      } else if (!read.has(selection.name.value)) {
        read.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        const condition = fragment && typeFromAST(schema, fragment.typeCondition);
        if (fragment && isCompositeType(condition)) walk(fragment.selectionSet, condition);
      }
    }
  };

  const walkField = (field: FieldNode, type: GraphQLCompositeType): void => {
    const name = field.name.value;
    // Introspection shows the schema, which is no secret of this kind.
    if (name.startsWith('__') && (name !== '__typename' || roots.has(type as GraphQLObjectType))) return;
    const demand = demandOf(field, type);
    if (demand) demands.push(demand);
    const definition = 'getFields' in type ? type.getFields()[name] : undefined;
    const answer = definition && getNamedType(definition.type);
    if (field.selectionSet && isCompositeType(answer)) walk(field.selectionSet, answer);
  };

  const demandOf = (field: FieldNode, type: GraphQLCompositeType): Demand | undefined => {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const groups = new Map<string, { types: Set<string>; requirements: readonly number[] }>();
    for (const object of possible) {
      const indices = indicesOf(field.name.value, type, object);
      if (indices.length === 0) continue;
      const group = groups.get(indices.join()) ?? { types: new Set<string>(), requirements: indices };
      group.types.add(object.name);
      groups.set(indices.join(), group);
    }
    if (groups.size === 0) return undefined;
    const found = [...groups.values()];
    return {
      field,
      groups: found,
      isEverywhere: found.reduce((sum, { types }) => sum + types.size, 0) === possible.length,
    };
  };

  const indicesOf = (name: string, type: GraphQLCompositeType, object: GraphQLObjectType): number[] => {
    const indices = new Set([
      ...requirements.ofType(type.name),
      ...(isInterfaceType(type) ? requirements.ofField(type.name, name) : []),
      ...requirements.ofType(object.name),
      ...requirements.ofField(object.name, name),
    ]);
    return [...indices].sort((one, other) => one - other);
  };

  const root = schema.getRootType(definition.operation);
  if (isObjectType(root)) walk(definition.selectionSet, root);
  return demands;
}
