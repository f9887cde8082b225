import { Kind, type SelectionSetNode } from 'graphql';
import type { Fetch, Requirement } from './plan.js';

/**
 * The planner orders fetches level by level, so that one may wait for others that it has nothing to do with. This
 * leaves of what a fetch waits for those that supply something it needs: the objects along its path with their
 * types, and every field of its representation. When a needed field has no supplier at all, or values
 * come from a context, the given order stays.
 *
 * For queries only: mutations have to keep their order.
 */
export function dataDependencies(fetch: Fetch, _index: number, all: readonly Fetch[]): Fetch {
  if (fetch.context) return fetch;
  if (fetch.path.length === 0 && !fetch.requires) return { ...fetch, waitsFor: [] };
  const before = fetch.waitsFor.map((id) => ({ id, supplied: suppliedBy(all[id]) }));
  const waitsFor = new Set<number>();
  for (const place of neededBy(fetch)) {
    const suppliers = before.filter(({ supplied }) => supplied.has(place));
    if (suppliers.length === 0 && !place.endsWith('.__typename')) return fetch;
    for (const { id } of suppliers) waitsFor.add(id);
  }
  return { ...fetch, waitsFor: [...waitsFor].sort((one, other) => one - other) };
}

/** Places are response names from the root, joined with dots; which item of a list does not matter here. */
function neededBy({ path, requires = [] }: Fetch): Set<string> {
  const needed = new Set<string>();
  let place = '';
  for (const name of path.filter((element) => element !== '@')) {
    place = `${place}.${name}`;
    needed.add(place).add(`${place}.__typename`);
  }
  addRequirements(requires, place, needed);
  return needed;
}

function addRequirements(requirements: readonly Requirement[], place: string, needed: Set<string>): void {
  for (const requirement of requirements) {
    if (requirement.kind === 'InlineFragment') {
      needed.add(`${place}.__typename`);
      addRequirements(requirement.selections, place, needed);
      continue;
    }
    const name = `${place}.${requirement.alias ?? requirement.name}`;
    needed.add(name);
    if (requirement.selections) addRequirements(requirement.selections, name, needed);
  }
}

const supplied = new WeakMap<Fetch, ReadonlySet<string>>();

function suppliedBy(fetch: Fetch | undefined): ReadonlySet<string> {
  if (!fetch) return new Set();
  const known = supplied.get(fetch);
  if (known) return known;
  const places = new Set<string>();
  const base = fetch.path.filter((element) => element !== '@').map((name) => `.${name}`);
  const renamed = new Map(
    fetch.outputRewrites.flatMap((rewrite) =>
      rewrite.kind === 'KeyRenamer' ? [[rewrite.path.at(-1), rewrite.renameKeyTo]] : [],
    ),
  );
  if (fetch.requires) addSelections(entitySelections(fetch), base.join(''));
  else addSelections(fetch.document.selectionSet, base.join(''));
  supplied.set(fetch, places);
  return places;

  function addSelections(set: SelectionSetNode | undefined, place: string): void {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.INLINE_FRAGMENT) addSelections(selection.selectionSet, place);
      if (selection.kind !== Kind.FIELD) continue;
      const fetchedAs = selection.alias?.value ?? selection.name.value;
      const name = `${place}.${fetchedAs}`;
      places.add(name);
      addSelections(selection.selectionSet, name);
      const renamedTo = renamed.get(fetchedAs);
      if (renamedTo === undefined) continue;
      places.add(`${place}.${renamedTo}`);
      addSelections(selection.selectionSet, `${place}.${renamedTo}`);
    }
  }
}

const entitySelections = ({ document }: Fetch): SelectionSetNode | undefined => {
  const [entities] = document.selectionSet.selections;
  return entities?.kind === Kind.FIELD ? entities.selectionSet : undefined;
};
