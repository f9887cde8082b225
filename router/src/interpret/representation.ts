import type { GraphQLSchema } from 'graphql';
import type { Fetch, Requirement } from '../plan/plan.js';
import { applyRewrites } from './rewrites.js';
import { copy, createTree, isOfType, isTree, merge, type Tree } from './tree.js';

/**
 * What a subgraph is told of an object, as JSON text in the order of the plan. Undefined when the object is of a
 * type that the fetch is not about; null when something is missing, or null where the subgraph's schema has no
 * null: then it cannot be asked.
 */
export function representationOf(
  object: Tree,
  fetch: Fetch,
  schema: GraphQLSchema,
): string | null | undefined {
  const selected = select(object, fetch.requires ?? [], schema);
  if (selected === null) return null;
  if (selected['__typename'] === undefined) return undefined;
  applyRewrites(selected, fetch.inputRewrites, schema);
  return JSON.stringify(selected);
}

function select(object: Tree, requirements: readonly Requirement[], schema: GraphQLSchema): Tree | null {
  const selected = createTree();
  for (const requirement of requirements) {
    if (requirement.kind === 'InlineFragment') {
      const { typeCondition, selections } = requirement;
      if (typeCondition !== undefined && !isOfType(object, typeCondition, schema, false)) continue;
      const part = select(object, selections, schema);
      if (part === null) return null;
      merge(selected, part, schema);
      continue;
    }
    const value = selectValue(object[requirement.alias ?? requirement.name], requirement, schema);
    if (value === undefined || (value === null && requirement.isNonNull)) return null;
    selected[requirement.name] = value;
  }
  return selected;
}

function selectValue(
  value: unknown,
  requirement: Extract<Requirement, { kind: 'Field' }>,
  schema: GraphQLSchema,
): unknown {
  if (!requirement.selections || value === null || value === undefined) return copy(value);
  if (isTree(value)) return select(value, requirement.selections, schema) ?? undefined;
  if (!Array.isArray(value)) return undefined;
  const items = value.map((item) => selectValue(item, requirement, schema));
  return items.includes(undefined) ? undefined : items;
}
