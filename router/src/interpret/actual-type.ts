import {
  isAbstractType,
  isInterfaceType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Selections } from '../plan/shape.js';
import type { Tree } from './tree.js';

/**
 * The type an object is completed as; undefined when it is none of those it can be. A subgraph that sees an
 * interface as an object (`@interfaceObject`) does not tell the object's own type, and is not asked for it when the
 * selections do not depend on it: then it is the interface.
 */
export function actualType(
  type: GraphQLCompositeType,
  object: Tree,
  selections: Selections,
  schema: GraphQLSchema,
): GraphQLObjectType | GraphQLInterfaceType | undefined {
  if (!isAbstractType(type)) return type;
  const name = object['__typename'];
  const actual = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(actual)) return schema.isSubType(type, actual) ? actual : undefined;
  const isUntold = name === undefined || actual === type;
  return isUntold && isInterfaceType(type) && !dependsOnType(type, selections, schema) ? type : undefined;
}

function dependsOnType(type: GraphQLInterfaceType, selections: Selections, schema: GraphQLSchema): boolean {
  const common = selections.fieldsOf(type);
  if (common.some(({ fieldName }) => fieldName === '__typename')) return true;
  return schema
    .getPossibleTypes(type)
    .some((possible) => selections.fieldsOf(possible).length !== common.length);
}
