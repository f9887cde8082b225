import type { FieldNode } from 'graphql';

const prefix = '_alias_';

/**
 * The name under which a field of the client is fetched: its response name, unless that is an alias that would
 * hide a field subgraphs have to be told of. The planner keeps selections by response name, so that for
 * `{ id: name rating }` it would take the name for the key. Different names stay different.
 */
export function fetchedName({ alias, name }: FieldNode, neededNames: ReadonlySet<string>): string {
  if (!alias || alias.value === name.value) return name.value;
  const isUnsafe = neededNames.has(alias.value) || alias.value.startsWith(prefix);
  return isUnsafe ? `${prefix}${alias.value}` : alias.value;
}
