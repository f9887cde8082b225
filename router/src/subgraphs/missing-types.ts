import type { SubgraphAnswer } from './read-answer.js';

/**
 * Types of the entities a subgraph was asked for and answered null without an error: there is none of that key, or
 * none that the viewer may see.
 */
export function missingTypesOf(
  request: { readonly variables?: Record<string, unknown> | undefined },
  { data, errors = [] }: SubgraphAnswer,
): string[] {
  const asked = request.variables?.['representations'];
  const found = data?.['_entities'];
  if (!Array.isArray(asked) || !Array.isArray(found)) return [];
  const failed = new Set(errors.map(({ path }) => path?.[1]));
  return found.flatMap((entity, index) =>
    entity === null && !failed.has(index) ? ((asked[index] as { __typename?: string }).__typename ?? []) : [],
  );
}
