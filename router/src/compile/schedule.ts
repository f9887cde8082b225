import { OperationTypeNode } from 'graphql';
import type { Fetch, Plan } from '../plan/plan.js';

/** Fetches of one hop to one subgraph: they can travel in one request. */
export interface Group {
  readonly subgraph: string;
  readonly level: number;
  readonly fetches: readonly Fetch[];
}

/**
 * Puts every fetch into the earliest hop it can be sent in (longest path), and the fetches of one hop to one
 * subgraph into one group. A group that can wait for a later group of its subgraph without making anything else
 * later joins that one. There are never more hops than the longest chain of fetches.
 *
 * Mutations keep the planner's order: nothing is moved.
 */
export function schedule({ kind, fetches }: Plan): readonly Group[] {
  const levels: number[] = [];
  for (const { id, waitsFor } of fetches) {
    levels[id] = 1 + Math.max(-1, ...waitsFor.map((other) => levels[other] ?? 0));
  }
  if (kind !== 'mutation') for (const group of grouped(fetches, levels).reverse()) join(group);
  return grouped(fetches, levels);

  function join({ subgraph, level, fetches: members }: Group): void {
    const latest = Math.min(...members.map(({ id }) => latestLevel(id)));
    const later = fetches
      .filter((other) => other.subgraph === subgraph)
      .map(({ id }) => levels[id] ?? 0)
      .filter((other) => other > level && other <= latest);
    if (later.length === 0) return;
    for (const { id } of members) levels[id] = Math.min(...later);
  }

  function latestLevel(id: number): number {
    const followers = fetches.filter(({ waitsFor }) => waitsFor.includes(id));
    return followers.length === 0
      ? Math.max(...levels)
      : Math.min(...followers.map((other) => levels[other.id] ?? 0)) - 1;
  }
}

/** By level, then in plan order. Requests that change something, and the event of a subscription, travel alone. */
function grouped(fetches: readonly Fetch[], levels: readonly number[]): Group[] {
  const groups = new Map<string, { subgraph: string; level: number; fetches: Fetch[] }>();
  for (const fetch of fetches) {
    const level = levels[fetch.id] ?? 0;
    const isQuery = fetch.document.operation === OperationTypeNode.QUERY;
    const key = isQuery ? `${level} ${fetch.subgraph}` : `fetch ${fetch.id}`;
    const group = groups.get(key);
    if (group) group.fetches.push(fetch);
    else groups.set(key, { subgraph: fetch.subgraph, level, fetches: [fetch] });
  }
  return [...groups.values()].sort((one, other) => one.level - other.level);
}
