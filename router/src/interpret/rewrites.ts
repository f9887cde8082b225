import type { GraphQLSchema } from 'graphql';
import type { Rewrite } from '../plan/plan.js';
import { isOfType, isTree, type Tree } from './tree.js';

const onType = '... on ';

/** Applies the plan's rewrites to an object that belongs to the caller. */
export function applyRewrites(object: Tree, rewrites: readonly Rewrite[], schema: GraphQLSchema): void {
  for (const rewrite of rewrites) {
    const name = rewrite.path.at(-1);
    if (name === undefined) continue;
    forEachAt(object, rewrite.path.slice(0, -1), schema, (found) => {
      if (rewrite.kind === 'ValueSetter') found[name] = rewrite.setValueTo;
      else rename(found, name, rewrite.renameKeyTo);
    });
  }
}

/** What is found at a path of that kind; several values where it leads through a list. */
export function valuesAt(object: unknown, path: readonly string[], schema: GraphQLSchema): unknown[] {
  const name = path.at(-1);
  const values: unknown[] = [];
  if (name !== undefined) forEachAt(object, path.slice(0, -1), schema, (found) => values.push(found[name]));
  return values;
}

function rename(object: Tree, from: string, to: string): void {
  if (object[from] === undefined) return;
  object[to] = object[from];
  delete object[from];
}

function forEachAt(
  value: unknown,
  path: readonly string[],
  schema: GraphQLSchema,
  visit: (object: Tree) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) forEachAt(item, path, schema, visit);
    return;
  }
  if (!isTree(value)) return;
  const [first, ...rest] = path;
  if (first === undefined) visit(value);
  else if (!first.startsWith(onType)) forEachAt(value[first], rest, schema, visit);
  else if (isOfType(value, first.slice(onType.length), schema, true)) forEachAt(value, rest, schema, visit);
}
