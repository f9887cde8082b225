import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  Kind,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { View } from './views.js';

/** What all subgraphs and the API say together about types and fields. */
export interface Coordinates {
  /** How subgraphs declare a field of this object type, and what may be behind it. */
  of(type: string, field: string): Coordinate;
  /** The type an object has that is known by an interface and its number only. */
  concreteOf(interfaceName: string, n: number): string;
  /** Whether an object of this type may have this number. */
  isConsistent(type: string, n: number): boolean;
  isSubType(type: string, condition: string): boolean;
  fullSchema: GraphQLSchema;
}

export interface Coordinate {
  readonly types: readonly GraphQLOutputType[];
  /** Object types that every subgraph knows which may be asked; values, for an enum. */
  readonly candidates: readonly string[];
  /** Arguments that clients see too: all others have the value the subgraph gives them. */
  readonly args: ReadonlySet<string>;
  /** The object behind it has the number of its parent: it is part of a key. */
  readonly isIdentity: boolean;
}

export function createCoordinates(
  views: ReadonlyMap<string, View>,
  fullSchema: GraphQLSchema,
  api: GraphQLSchema,
): Coordinates {
  const known = new Map<string, Coordinate>();
  const identities = identityFields(views, fullSchema);
  const objectified = new Set([...views.values()].flatMap((view) => [...view.interfaceObjects]));

  const possible = (schema: GraphQLSchema, typeName: string): string[] => {
    const type = schema.getType(typeName);
    if (isAbstractType(type)) return schema.getPossibleTypes(type).map(({ name }) => name);
    return isObjectType(type) ? [typeName] : [];
  };
  const isSubType = (type: string, condition: string) => possible(fullSchema, condition).includes(type);

  /** The names under which a subgraph knows objects of this type. */
  const namesIn = (view: View, type: string): string[] => [
    type,
    ...[...view.interfaceObjects].filter((name) => isSubType(type, name)),
  ];

  function read(type: string, field: string): Coordinate {
    const types: GraphQLOutputType[] = [];
    const possibilities: (readonly string[])[] = [];
    const lost = new Set<string>();
    for (const view of views.values()) lost.add(`${view.overrides.get(`${type}.${field}`)}`);
    for (const view of views.values()) {
      if (lost.has(view.name)) continue;
      for (const name of namesIn(view, type)) {
        const owner = view.schema.getType(name);
        const declared = isObjectType(owner) ? owner.getFields()[field] : undefined;
        if (!declared) continue;
        types.push(declared.type);
        const named = getNamedType(declared.type);
        if (isEnumType(named)) possibilities.push(named.getValues().map((value) => value.name));
        else if (view.interfaceObjects.has(named.name)) possibilities.push(possible(fullSchema, named.name));
        else possibilities.push(possible(view.schema, named.name));
      }
    }
    const owner = api.getType(type);
    const visible = isObjectType(owner) ? owner.getFields()[field] : undefined;
    if (visible) types.push(visible.type);
    if (types.length === 0) throw new Error(`No subgraph has ${type}.${field}.`);
    const named = visible && getNamedType(visible.type);
    if (isEnumType(named)) possibilities.push(named.getValues().map((value) => value.name));
    const candidates = (possibilities[0] ?? []).filter(
      (name) =>
        possibilities.every((names) => names.includes(name)) &&
        (isEnumType(named) || !visible || api.getType(name) !== undefined),
    );
    return {
      types,
      candidates: candidates.sort(),
      args: new Set((visible ?? fullField(type, field))?.args.map(({ name }) => name)),
      isIdentity: identities.has(`${type}.${field}`),
    };
  }

  const fullField = (typeName: string, field: string) => {
    const type = fullSchema.getType(typeName);
    return isObjectType(type) ? type.getFields()[field] : undefined;
  };

  const concreteOf = (interfaceName: string, n: number): string => {
    const types = possible(fullSchema, interfaceName)
      .filter((name) => api.getType(name))
      .sort();
    const type = types[n % types.length];
    if (type === undefined) throw new Error(`Nothing implements ${interfaceName}.`);
    return type;
  };

  return {
    of: (type, field) => {
      const key = `${type}.${field}`;
      const coordinate = known.get(key) ?? read(type, field);
      known.set(key, coordinate);
      return coordinate;
    },
    concreteOf,
    isConsistent: (type, n) =>
      [...objectified].every((name) => !isSubType(type, name) || concreteOf(name, n) === type),
    isSubType,
    fullSchema,
  };
}

/** `Type.field` of all fields that keys lead through or end in. */
function identityFields(views: ReadonlyMap<string, View>, fullSchema: GraphQLSchema): Set<string> {
  const found = new Set<string>();
  const mark = (schema: GraphQLSchema, typeName: string, set: SelectionSetNode) => {
    const type = schema.getType(typeName);
    const full = fullSchema.getType(typeName);
    const owners = isInterfaceType(full) ? fullSchema.getPossibleTypes(full).map(({ name }) => name) : [];
    for (const selection of set.selections) {
      if (selection.kind !== Kind.FIELD || !(isObjectType(type) || isInterfaceType(type))) continue;
      for (const owner of [typeName, ...owners]) found.add(`${owner}.${selection.name.value}`);
      const field = type.getFields()[selection.name.value];
      if (field && selection.selectionSet) {
        mark(schema, getNamedType(field.type).name, selection.selectionSet);
      }
    }
  };
  for (const view of views.values()) {
    for (const [type, sets] of view.keys) for (const set of sets) mark(view.schema, type, set);
  }
  return found;
}
