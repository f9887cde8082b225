import { isAbstractType, isInterfaceType, type GraphQLSchema } from 'graphql';

/** An object without prototype: a response name may be `__proto__` or `constructor`. */
export type Tree = Record<string, unknown>;

export const createTree = (): Tree => Object.create(null) as Tree;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A deep copy: what a subgraph answered may be shared by places that are completed differently, and by requests. */
export function copy<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map((item: unknown) => copy(item)) as Value;
  if (!isTree(value)) return value;
  const made = createTree();
  for (const key of Object.keys(value)) made[key] = copy(value[key]);
  return made as Value;
}

/**
 * Adds to `target` what `source` knows and `target` does not; `source` must be the caller's own copy. Where both
 * answered, the first answer stays, so that a subgraph that failed takes nothing away; but a concrete
 * `__typename` replaces the name of an interface that another subgraph sees as an object (`@interfaceObject`).
 */
export function merge(target: Tree, source: Tree, schema: GraphQLSchema): void {
  for (const key of Object.keys(source)) {
    const known = target[key];
    if (known === undefined || known === null || (key === '__typename' && isInterface(known, schema))) {
      target[key] = source[key] ?? known ?? null;
    } else {
      mergeValues(known, source[key], schema);
    }
  }
}

function mergeValues(known: unknown, other: unknown, schema: GraphQLSchema): void {
  if (isTree(known) && isTree(other)) merge(known, other, schema);
  if (Array.isArray(known) && Array.isArray(other)) mergeLists(known, other, schema);
}

function mergeLists(known: unknown[], other: readonly unknown[], schema: GraphQLSchema): void {
  for (const [index, item] of known.entries()) {
    if (item === null) known[index] = other[index] ?? null;
    else mergeValues(item, other[index], schema);
  }
}

const isInterface = (typename: unknown, schema: GraphQLSchema): boolean =>
  typeof typename === 'string' && isInterfaceType(schema.getType(typename));

/** Whether an object is of a type, by its `__typename`; `unknown` is the answer when it has none. */
export function isOfType(object: Tree, typeName: string, schema: GraphQLSchema, unknown: boolean): boolean {
  const actualName = object['__typename'];
  if (typeof actualName !== 'string') return unknown;
  if (actualName === typeName) return true;
  const [actual, condition] = [schema.getType(actualName), schema.getType(typeName)];
  if (!actual || !condition || !('getInterfaces' in actual)) return false;
  return isAbstractType(condition) && schema.isSubType(condition, actual);
}
