import { isObjectType } from 'graphql';
import type { Fetch, Plan } from '../plan/plan.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import { decline } from './declined.js';
import type { Selected, SelectionsOf } from './selections.js';

/** One fetch that supplies fields of the object at some place. */
export interface Source {
  readonly fetch: Fetch;
  /** The variable of the generated code that holds its part of the object. */
  readonly value: string;
  readonly fields: readonly Selected[];
}

/**
 * A place in the response where generated code meets objects, with all that is known of them. The first source
 * decides whether there is an object and of which type; the others add fields to it.
 */
export interface Place {
  /** Response names from the root, joined with dots. */
  readonly path: string;
  readonly types: readonly string[];
  readonly sources: readonly Source[];
  /** The entity fetches among the sources: what they supply is found by cursor. */
  readonly attached: readonly Fetch[];
  /** Whose `__typename` tells the type, when there are several: the first, unless that knows the interface only. */
  readonly namer: Source | undefined;
  /** The fetches whose answers lead here from the root. */
  readonly line: ReadonlySet<number>;
}

/** Where a field of one place comes from; the first counts, others may add fields to its objects. */
export interface Supply {
  readonly source: Source;
  /** The field's name in the answer. */
  readonly key: string;
  readonly selected: readonly Selected[];
}

export type Places = ReturnType<typeof createPlaces>;

/** Answers, for one plan, which fetch supplies which field of which type at which place. */
export function createPlaces(
  { fetches }: Plan,
  selectionsOf: SelectionsOf,
  { sourceSchema }: Pick<Supergraph, 'sourceSchema'>,
) {
  const ancestors = ancestorsOf(fetches);
  const paths = new Map(fetches.map((fetch) => [fetch.id, pathOf(fetch)]));
  const entityFetches = fetches.filter((fetch) => fetch.requires);

  return { ancestors, root, supply, child, leadsTo };

  function root(typeName: string): Place {
    const sources = fetches
      .filter((fetch) => !fetch.requires)
      .map((fetch) => ({ fetch, value: `d${fetch.id}`, fields: selectionsOf(fetch) }));
    return { path: '', types: [typeName], sources, attached: [], namer: undefined, line: new Set() };
  }

  /** `among` are the fetches that are answered when it matters; nothing when the first supply is not. */
  function supply(
    { path, sources }: Place,
    type: string,
    name: string,
    among?: ReadonlySet<number>,
  ): readonly Supply[] {
    const supplies = sources.flatMap((source) => {
      const selected = source.fields.filter((one) => one.name === name && one.types.has(type));
      const [first, ...rest] = selected;
      if (!first) return [];
      if (rest.some(({ key }) => key !== first.key)) decline(`two names for ${path}.${name} in one answer`);
      if (first.key in Object.prototype) decline(`the name ${first.key}, which every object has`);
      return { source, key: first.key, selected };
    });
    const [first, ...others] = leadingFirst(supplies, extended(path, name));
    const isThere = ({ source }: Supply) => among?.has(source.fetch.id) ?? true;
    return first && isThere(first) ? withoutRepetitions([first, ...others.filter(isThere)]) : [];
  }

  /** The objects that a field leads to. `values` are variables of the generated code, one for each supply. */
  function child(
    { path, line }: Place,
    name: string,
    supplies: readonly Supply[],
    values: readonly string[],
    among?: ReadonlySet<number>,
  ): Place {
    const [first] = supplies;
    if (!first) return decline(`nothing supplies ${path}.${name}`);
    const childPath = extended(path, name);
    const childLine = new Set([...line, first.source.fetch.id]);
    const attached = entityFetches.filter(
      (fetch) => paths.get(fetch.id) === childPath && canLead(childLine, fetch),
    );
    const own = supplies.map(({ source, selected }, index) => ({
      fetch: source.fetch,
      value: values[index] ?? '',
      fields: selected.flatMap(({ children }) => children),
    }));
    const entities = attached.map((fetch) => ({
      fetch,
      value: `e${fetch.id}`,
      fields: selectionsOf(fetch),
    }));
    const known = new Set(first.selected.flatMap(({ valueTypes }) => [...(valueTypes ?? [])]));
    const namer = [...known].every(isConcrete)
      ? own[0]
      : entities.find((one) => (among?.has(one.fetch.id) ?? true) && namedTypes(one).length > 0);
    const types = namer && namer !== own[0] ? namedTypes(namer) : [...known];
    return { path: childPath, types, sources: [...own, ...entities], attached, namer, line: childLine };
  }

  /** The types that the `__typename` of an entity may name. */
  function namedTypes({ fields }: Source): readonly string[] {
    const names = fields.filter(({ fieldName }) => fieldName === '__typename');
    return [...new Set(names.flatMap(({ types }) => [...types]))].filter(isConcrete);
  }

  /** Not so is an interface that some subgraph sees as an object (`@interfaceObject`). */
  function isConcrete(type: string): boolean {
    return isObjectType(sourceSchema.getType(type));
  }

  /** Whether one of these entity fetches is at or below a field of the place. */
  function leadsTo(place: Place, name: string, supplies: readonly Supply[], wanted: ReadonlySet<number>) {
    const [first] = supplies;
    if (!first) return false;
    const line = new Set([...place.line, first.source.fetch.id]);
    return below(extended(place.path, name)).some((fetch) => wanted.has(fetch.id) && canLead(line, fetch));
  }

  /** What is read on the way to an entity fetch's objects must be there before it is sent. */
  function canLead(line: ReadonlySet<number>, { id }: Fetch): boolean {
    return [...line].every((other) => ancestors[id]?.has(other));
  }

  function below(path: string): readonly Fetch[] {
    return entityFetches.filter(({ id }) => `${paths.get(id)}.`.startsWith(`${path}.`));
  }

  /** A supply that comes before all the entity fetches below is a better first one. */
  function leadingFirst(supplies: readonly Supply[], path: string): readonly Supply[] {
    if (supplies.length < 2 || !supplies.some(({ selected }) => selected[0]?.valueTypes)) return supplies;
    const inNeed = below(path);
    const leads = ({ source }: Supply) =>
      inNeed.every(({ id }) => ancestors[id]?.has(source.fetch.id) ?? false);
    const best = supplies.find(leads) ?? supplies[0];
    return supplies.filter((one) => one === best).concat(supplies.filter((one) => one !== best));
  }
}

const extended = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

function pathOf({ path }: Fetch): string {
  const names = path.filter((element) => element !== '@');
  if (!names.every((name) => /^[_A-Za-z]\w*$/.test(name))) decline('a path with type conditions');
  return names.join('.');
}

/** The ids of all that has to be answered before a fetch is sent, by the fetch's id. */
function ancestorsOf(fetches: readonly Fetch[]): readonly ReadonlySet<number>[] {
  const ancestors: Set<number>[] = [];
  for (const { id, waitsFor } of fetches) {
    ancestors[id] = new Set(waitsFor.flatMap((other) => [other, ...(ancestors[other] ?? [])]));
  }
  return ancestors;
}

/** Leaves out what adds nothing to the first; of a leaf, one supply is enough. */
function withoutRepetitions(supplies: readonly Supply[]): readonly Supply[] {
  const [first, ...rest] = supplies;
  if (!first) return [];
  const known = [...first.selected.flatMap(({ children }) => children)];
  const adding = rest.filter(({ selected }) => {
    const children = selected.flatMap((one) => one.children);
    if (covers(known, children)) return false;
    known.push(...children);
    return true;
  });
  return [first, ...adding];
}

const covers = (known: readonly Selected[], others: readonly Selected[]): boolean =>
  others.every((other) => {
    const same = known.filter(({ name }) => name === other.name);
    const hasTypes = [...other.types].every((type) => same.some(({ types }) => types.has(type)));
    return (
      hasTypes &&
      covers(
        same.flatMap(({ children }) => children),
        other.children,
      )
    );
  });
