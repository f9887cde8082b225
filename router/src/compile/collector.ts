import type { GraphQLSchema } from 'graphql';
import type { Fetch } from '../plan/plan.js';
import { advance, byType, forEachChild, generateWalk, namesOf, passOver, type Walk } from './emit.js';
import type { Place, Places } from './places.js';
import { representationOf } from './representations.js';
import { deriveCollector, type Sent } from './derived.js';
import type { EntityPart, GraphRequest } from './request-graph.js';

export interface CollectorOptions {
  readonly places: Places;
  readonly rootType: string;
  readonly schema: GraphQLSchema;
}

interface Collector {
  readonly code: string;
  /** What its fetches send; undefined where that differs from object to object in more than values. */
  readonly sent: readonly (Sent | undefined)[];
}

export interface Collectors {
  readonly code: string;
  /** By the id of a fetch, the id of another, if there is one whose slots decide its own. */
  readonly origins: ReadonlyMap<number, number>;
}

/** The functions that find what the requests ask about, one for each entity part. */
export function generateCollectors(requests: readonly GraphRequest[], options: CollectorOptions): Collectors {
  const walks = new Map(
    requests.flatMap(({ entities }) => entities.map((part) => [part, generateCollector(part, options)])),
  );
  const sent = new Map([...walks.values()].flatMap((walk) => walk.sent.map((one) => [one?.fetch, one])));
  const made = requests.flatMap((request) => {
    const earlier = earlierThan(request, requests).flatMap(({ entities }) => entities);
    return request.entities.map((part) => {
      const derived = deriveCollector(part, earlier, (fetch) => sent.get(fetch));
      return derived ?? { code: walks.get(part)?.code ?? '', origins: [] };
    });
  });
  return {
    code: made.map(({ code }) => code).join(''),
    origins: new Map(made.flatMap(({ origins }) => origins)),
  };
}

/** The requests that are answered when this one is sent: each stands after those it waits for. */
function earlierThan(request: GraphRequest, requests: readonly GraphRequest[]): readonly GraphRequest[] {
  const ids = new Set(request.waitsFor);
  for (const { id, waitsFor } of [...requests].reverse()) {
    if (ids.has(id)) for (const other of waitsFor) ids.add(other);
  }
  return requests.filter(({ id }) => ids.has(id));
}

/**
 * The function that finds the objects that an entity part asks about, and returns the texts of their
 * representations, each once. For every object it meets it pushes the index of its text, or -1, to the slots of
 * the fetch: walking the same way later, the entity of an object is found by counting.
 */
function generateCollector(part: EntityPart, options: CollectorOptions): Collector {
  const maps = new Map<string, string>();
  const mapFor = (shape: string): string => {
    const map = maps.get(shape) ?? `m${maps.size}`;
    maps.set(shape, map);
    return map;
  };
  const bodies = part.fetches.map((fetch) => collectorBody(fetch, options, mapFor));
  const code =
    `function collect${part.id}(state) {\n` +
    `const texts = [], seen = new Map(), json = state.isPlain ? plainJson : JSON.stringify;\n` +
    [...maps].map(([shape, map]) => declareMap(map, shape.split('()').length - 1)).join('') +
    `${bodies.map((body) => body.code).join('')}return texts;\n}\n`;
  return { code, sent: bodies.map(({ sent }) => sent) };
}

/** A map by the first value of a representation; the other values by slot. */
const declareMap = (map: string, valueCount: number): string =>
  `const ${map} = new Map()${Array.from({ length: valueCount - 1 }, (_, index) => `, ${map}_${index} = []`).join('')};\n`;

function collectorBody(
  fetch: Fetch,
  { places, rootType, schema }: CollectorOptions,
  mapFor: (shape: string) => string,
): { readonly code: string; readonly sent: Sent | undefined } {
  let met: Sent[] = [];
  const among = places.ancestors[fetch.id] ?? new Set();
  const { code, cursors } = generateWalk({ places, among }, (walk) => {
    const names = fetch.path.filter((element) => element !== '@');
    met = [];
    return descend(places.root(rootType), names, walk);
  });
  const roots = places.root(rootType).sources.filter((source) => among.has(source.fetch.id));
  const declarations = [
    ...roots.map(({ value, fetch: { id } }) => `const ${value} = state.values[${id}];\n`),
    ...[...cursors].map(
      (id) => `const S${id} = state.slots[${id}], E${id} = state.values[${id}];\nlet c${id} = 0;\n`,
    ),
  ];
  const block = `{\nconst slots = state.slots[${fetch.id}] = [];\n${declarations.join('')}${code}}\n`;
  return { code: block, sent: met.length === 1 && met[0]?.place.types.length === 1 ? met[0] : undefined };

  function descend(place: Place, names: readonly string[], walk: Walk): string {
    const [name, ...rest] = names;
    if (name === undefined)
      return advance(place, walk) + byType(place, walk, (type) => represent(place, type, walk));
    const statements = byType(place, walk, (type) => {
      const supplies = places.supply(place, type, name, among);
      if (supplies.length === 0) return '';
      return forEachChild(place, name, supplies, walk, (child) => descend(child, rest, walk));
    });
    return advance(place, walk) + statements;
  }

  function represent(place: Place, type: string, walk: Walk): string {
    const representation = representationOf(fetch, place, type, walk, schema);
    if (!representation) return `slots.push(-1);\n${passOver(place, type, namesOf(place, type), walk)}`;
    const { statements, isMissing, text, leaves, fields } = representation;
    met.push({ fetch, place, fields });
    const found = leaves?.length ? findByValues(text, leaves, mapFor(shapeOf(text, leaves))) : find(text);
    return `${statements}if (${isMissing}) slots.push(-1);\nelse ${found}`;
  }
}

/** By its text, which is added when it is new. */
const find = (text: string): string =>
  `{\nconst text = ${text};\nlet slot = seen.get(text);\n` +
  `if (slot === undefined) seen.set(text, slot = texts.push(text) - 1);\nslots.push(slot);\n}\n`;

/**
 * By its values: shorter to look up, and the text need not be made again. The first one, in general a key, leads to
 * a slot, which counts when the others are equal too.
 */
function findByValues(text: string, [first = '', ...others]: readonly string[], map: string): string {
  const isOther = others.map((value, index) => ` || ${map}_${index}[slot] !== ${value}`).join('');
  const keep = others.map((value, index) => `${map}_${index}[slot] = ${value};\n`).join('');
  return (
    `{\nlet slot = ${map}.get(${first});\nif (slot === undefined${isOther}) {\nconst text = ${text};\n` +
    `slot = seen.get(text);\nif (slot === undefined) seen.set(text, slot = texts.push(text) - 1);\n` +
    `if (typeof ${first} !== "object") {\n${map}.set(${first}, slot);\n${keep}}\n}\nslots.push(slot);\n}\n`
  );
}

/** Representations of one shape differ in their values only. */
const shapeOf = (text: string, leaves: readonly string[]): string =>
  leaves.reduce((shape, leaf) => shape.replace(`(${leaf})`, '()'), text);
