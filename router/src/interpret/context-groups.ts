import type { GraphQLSchema } from 'graphql';
import type { ContextVariable, Fetch } from '../plan/plan.js';
import { valuesAt } from './rewrites.js';
import type { Target } from './targets.js';

/** Objects that may be asked for in one request, because what they take from their context is equal. */
export interface ContextGroup {
  readonly targets: Target[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** Mostly one group: few fetches take arguments from a context. */
export function byContext(fetch: Fetch, targets: readonly Target[], schema: GraphQLSchema): ContextGroup[] {
  const groups = new Map<string, ContextGroup>();
  for (const target of targets) {
    const values = contextOf(target, fetch.context ?? [], schema);
    const text = JSON.stringify(values);
    const group = groups.get(text) ?? { targets: [], values };
    group.targets.push(target);
    groups.set(text, group);
  }
  return [...groups.values()];
}

/** A variable may have several paths, one for each type that can be its context. */
function contextOf(
  { object, holders }: Target,
  variables: readonly ContextVariable[],
  schema: GraphQLSchema,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, path } of variables) {
    const steps = path.filter((step) => step === '..').length;
    const holder = steps === 0 ? object : holders[holders.length - steps];
    const [value] = valuesAt(holder, path.slice(steps), schema);
    if (value !== undefined) values[name] = value;
  }
  return values;
}
