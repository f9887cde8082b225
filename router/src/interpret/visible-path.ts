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
 * A place as the client knows it: by response names, and only as far as it was asked for. Subgraphs are asked for
 * more, such as required fields, whose names a client may not even know.
 */
export function visiblePath(place: ResponsePath, shape: OperationShape, schema: GraphQLSchema): ResponsePath {
  const path: (string | number)[] = [];
  let fields = shape.root.fieldsOf(shape.rootType);
  for (const key of place) {
    if (typeof key === 'number') {
      path.push(key);
      continue;
    }
    const named = fields.filter((field) => field.key === key);
    if (!named[0]) break;
    path.push(named[0].responseName);
    fields = named.flatMap((field) => fieldsBelow(field, schema));
  }
  return path;
}

/**
 * Whether the response has the place, or a null above it. What is asked for some types only may have been fetched
 * before the type was known: no client can tell what an error of it is about.
 */
export function isInResponse(path: ResponsePath = [], data: unknown): boolean {
  let at = data;
  for (const key of path) {
    if (at === null) return true;
    at = (at as Readonly<Record<string | number, unknown>>)[key];
    if (at === undefined) return false;
  }
  return true;
}

const fieldsBelow = ({ type, selections }: ResponseField, schema: GraphQLSchema): readonly ResponseField[] =>
  selections ? objectTypesOf(type, schema).flatMap((object) => selections.fieldsOf(object)) : [];

function objectTypesOf(type: GraphQLOutputType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const named = getNamedType(type);
  if (isAbstractType(named)) return schema.getPossibleTypes(named);
  return isObjectType(named) ? [named] : [];
}
