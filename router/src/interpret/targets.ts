import { isTree, type Tree } from './tree.js';

export type ResponsePath = readonly (string | number)[];

/** An object of the tree that a fetch completes. */
export interface Target {
  readonly object: Tree;
  readonly place: ResponsePath;
  /** The objects around it, outermost first. */
  readonly holders: readonly Tree[];
}

/** The objects at a fetch's path, in the order of the response. */
export function targetsAt(root: Tree, path: readonly string[]): Target[] {
  const targets: Target[] = [];
  descend(root, 0, [], []);
  return targets;

  function descend(value: unknown, depth: number, place: ResponsePath, holders: readonly Tree[]): void {
    if (Array.isArray(value)) {
      const next = path[depth] === '@' ? depth + 1 : depth;
      value.forEach((item, index) => descend(item, next, [...place, index], holders));
      return;
    }
    if (!isTree(value)) return;
    const name = path[depth];
    if (name === undefined) targets.push({ object: value, place, holders });
    else descend(value[name], depth + 1, [...place, name], [...holders, value]);
  }
}
