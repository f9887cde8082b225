import {
  getNamedType,
  isAbstractType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { OperationShape, ResponseField } from '../plan/shape.js';
import type { ResponsePath } from './targets.js';

/**
 * The part of a path that the client asked for. Subgraphs are asked for more, such as required fields, whose names
 * a client may not even know.
 */
export function visiblePath(place: ResponsePath, shape: OperationShape, schema: GraphQLSchema): ResponsePath {
  let fields = shape.root.fieldsOf(shape.rootType);
  for (const [index, key] of place.entries()) {
    if (typeof key === 'number') continue;
    const named = fields.filter(({ responseName }) => responseName === key);
    if (named.length === 0) return place.slice(0, index);
    fields = named.flatMap((field) => fieldsBelow(field, schema));
  }
  return place;
}

const fieldsBelow = ({ type, selections }: ResponseField, schema: GraphQLSchema): readonly ResponseField[] =>
  selections ? objectTypesOf(type, schema).flatMap((object) => selections.fieldsOf(object)) : [];

function objectTypesOf(type: GraphQLOutputType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}
