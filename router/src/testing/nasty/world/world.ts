import {
  getArgumentValues,
  getNamedType,
  isCompositeType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { Faults, Values } from '../nasty.js';
import { createCoordinates, type Coordinate, type Coordinates } from './coordinates.js';
import type { View } from './views.js';

/** An object of the world: equal type and number are one object, whoever asks for it. */
export interface Thing {
  readonly type: string;
  readonly n: number;
  /** What a subgraph was told of it, when it was asked for as an entity. */
  readonly told?: Readonly<Record<string, unknown>>;
}

/** One run of one operation. */
export interface Run {
  readonly state: Map<string, unknown>;
  readonly faults: readonly Faults[];
}

/**
 * All objects and values there are, as pure functions of type, number, field and arguments. Every subgraph shows its
 * part of it, so that subgraphs agree, and one schema over the whole of it answers what the supergraph must answer.
 */
export interface World {
  readonly views: ReadonlyMap<string, View>;
  readonly coordinates: Coordinates;
  /** A leaf's value, a Thing, null or lists of them. Throws where a fault is. */
  resolve(thing: Thing, field: string, args: Args, run: Run): unknown;
  /** The JSON a selection without variables gets of an object. */
  read(thing: Thing, set: SelectionSetNode, run: Run): Record<string, unknown>;
}

type Args = Readonly<Record<string, unknown>>;

/** Numbers of objects that are reached by ways, not by values: small, so that objects meet again. */
const population = 6;

const roots = new Set(['Query', 'Mutation', 'Subscription']);

export interface WorldOptions {
  readonly views: ReadonlyMap<string, View>;
  /** The whole supergraph, with what clients do not see. */
  readonly fullSchema: GraphQLSchema;
  readonly api: GraphQLSchema;
  readonly values: Values;
}

export function createWorld({ views, fullSchema, api, values }: WorldOptions): World {
  const coordinates = createCoordinates(views, fullSchema, api);

  function resolve(thing: Thing, field: string, given: Args, run: Run): unknown {
    for (const { field: fault } of run.faults) {
      const value = fault?.(thing.type, thing.n, field);
      if (value instanceof Error) throw value;
      if (value === null) return null;
    }
    const coordinate = coordinates.of(thing.type, field);
    const visible = Object.entries(given).filter(([name]) => coordinate.args.has(name));
    const args = Object.fromEntries(visible.sort(([a], [b]) => (a < b ? -1 : 1)));
    const custom = values[`${thing.type}.${field}`];
    if (custom) {
      return customValue(custom({ n: thing.n, args, state: run.state, told: thing.told }), coordinate);
    }
    const text = visible.length === 0 ? '' : JSON.stringify(args);
    return make(coordinate.types, {
      coordinate,
      n: thing.n,
      field,
      args,
      text,
      index: 0,
      isRoot: roots.has(thing.type),
    });
  }

  /** Numbers become objects where the field is of a composite type. */
  function customValue(value: unknown, coordinate: Coordinate): unknown {
    if (value instanceof Error) throw value;
    if (!coordinate.types.some((type) => isCompositeType(getNamedType(type)))) return value;
    if (Array.isArray(value)) return value.map((one) => customValue(one, coordinate));
    return typeof value === 'number' ? thingOf(coordinate, value) : value;
  }

  function make(types: readonly GraphQLOutputType[], at: Place): unknown {
    const isNullable = !types.some(isNonNullType);
    const inner = types.map((type) => (isNonNullType(type) ? type.ofType : type));
    const isSure = at.coordinate.isIdentity || at.isRoot;
    if (isNullable && !isSure && (at.n + at.field.length + at.index) % 7 === 5) return null;
    if (!inner.some(isListType)) return single(inner[0]!, at);
    const items = inner.map((type) => (isListType(type) ? (type.ofType as GraphQLOutputType) : type));
    const length = isSure
      ? 1 + (at.n % 2) + (at.isRoot ? 1 : 0)
      : (at.n + at.field.length + at.text.length) % 4;
    return Array.from({ length }, (_, index) => make(items, { ...at, index: at.index * 4 + index }));
  }

  function single(type: GraphQLOutputType, at: Place): unknown {
    const { coordinate, n, field, text, args, index } = at;
    if (isEnumType(type)) return coordinate.candidates[(n + index) % coordinate.candidates.length] ?? null;
    if (isLeafType(type)) return leaf(type.name, at);
    if (coordinate.isIdentity) return thingOf(coordinate, n);
    return thingOf(coordinate, numberIn(args) ?? (n + 1 + index + field.length + text.length) % population);
  }

  function thingOf({ candidates }: Coordinate, wanted: number): Thing | null {
    for (let n = wanted; n < wanted + 12 && candidates.length > 0; n += 1) {
      for (let turn = 0; turn < candidates.length; turn += 1) {
        const type = candidates[(n + turn) % candidates.length]!;
        if (coordinates.isConsistent(type, n)) return { type, n };
      }
    }
    return null;
  }

  function read(thing: Thing, set: SelectionSetNode, run: Run): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('Named fragments cannot be read.');
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        if (condition !== undefined && !coordinates.isSubType(thing.type, condition)) continue;
        Object.assign(data, read(thing, selection.selectionSet, run));
        continue;
      }
      const { name, selectionSet } = selection;
      if (name.value === '__typename') {
        data['__typename'] = thing.type;
        continue;
      }
      const type = fullSchema.getType(thing.type);
      const field = isObjectType(type) ? type.getFields()[name.value] : undefined;
      if (!field) throw new Error(`${thing.type}.${name.value} is nowhere.`);
      const value = resolve(thing, name.value, getArgumentValues(field, selection), run);
      data[selection.alias?.value ?? name.value] = json(value, field.type, selectionSet, run);
    }
    return data;
  }

  function json(
    value: unknown,
    type: GraphQLOutputType,
    set: SelectionSetNode | undefined,
    run: Run,
  ): unknown {
    if (value === null || value === undefined) return null;
    if (Array.isArray(value)) return value.map((one) => json(one, type, set, run));
    const named = getNamedType(type);
    return set ? read(value as Thing, set, run) : isLeafType(named) ? named.serialize(value) : value;
  }

  return { views, coordinates, resolve, read };
}

interface Place {
  readonly coordinate: Coordinate;
  readonly n: number;
  readonly field: string;
  readonly args: Args;
  readonly text: string;
  /** Of an item in its lists. */
  readonly index: number;
  readonly isRoot: boolean;
}

/** An object is found by any argument that ends like a text of this world: `id-3`. */
function numberIn(args: Args): number | undefined {
  for (const value of Object.values(args)) {
    const digits = typeof value === 'string' ? /-(\d+)$/.exec(value)?.[1] : undefined;
    if (digits !== undefined) return Number(digits) % 100;
  }
  return undefined;
}

function leaf(typeName: string, { n, field, text, index, coordinate }: Place): unknown {
  const suffix = `${text}${index === 0 ? '' : `[${index}]`}`;
  switch (typeName) {
    case 'Int':
      return coordinate.isIdentity ? n : n * 10 + field.length + index + text.length;
    case 'Float':
      return n + field.length / 4 + index + text.length;
    case 'Boolean':
      return (n + field.length + index + text.length) % 2 === 0;
    case 'String':
    case 'ID':
      return `${field}${suffix}-${n}`;
    default:
      // A scalar of its own may hold anything.
      return [`${field}${suffix}-${n}`, { n, in: [field] }, n][(n + index) % 3];
  }
}
