import type { ExecutableParts } from '../execution/executable.js';
import { generateCollectors } from './collector.js';
import { decline } from './declined.js';
import { createPlaces } from './places.js';
import type { GraphRequest } from './request-graph.js';
import { generateWriter } from './writer.js';
import { createSelections } from './selections.js';
import type { RunState } from './run.js';

/** What generated code offers. */
export interface Program {
  /**
   * For each entity part, by its id: the texts of the representations it asks about. Fills the slots of its fetches.
   * `asked` are the texts of all parts so far.
   */
  readonly collectors: readonly ((
    state: RunState,
    asked: readonly (readonly string[])[],
  ) => readonly string[])[];
  /** The text of `data`. Throws when the answers are not what the schema promises. */
  readonly write: (state: RunState) => string;
  readonly source: string;
}

/** Longer code would take long to make and to optimise. */
const longestSource = 500_000;

/** `isPlain`: for answers that are all ASCII without a backslash. */
export function createProgram(
  parts: ExecutableParts,
  requests: readonly GraphRequest[],
  isPlain: boolean,
): Program {
  const { supergraph, shape, plan } = parts;
  const places = createPlaces(plan, createSelections(supergraph), supergraph);
  const bound = new Map<string, { name: string; value: unknown }>();
  const literals = (key: string, value: unknown): string => {
    const name = bound.get(key)?.name ?? `k${bound.size}`;
    bound.set(key, { name, value });
    return name;
  };
  const collected = requests.flatMap(({ entities }) => entities);
  const partOf = (fetchId: number) =>
    collected.find(({ fetches }) => fetches.some(({ id }) => id === fetchId))?.id;
  const options = { places, rootType: shape.rootType.name, schema: supergraph.sourceSchema };
  const collectors = generateCollectors(requests, options);
  const originOf = (fetchId: number): number => {
    const origin = collectors.origins.get(fetchId);
    return origin === undefined ? fetchId : originOf(origin);
  };
  const writer = generateWriter({ parts, places, isPlain, literals, partOf, originOf });
  const names = collected.map(({ id }) => `collect${id}`);
  const source = indent(
    `"use strict";\n${collectors.code}${writer}return { collectors: [${names.join(', ')}], write };\n`,
  );
  if (source.length > longestSource) decline('an operation of this size');
  const values = [...bound.values()];
  // The source is made of names of the GraphQL grammar and of JSON text only.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const create = new Function(...Object.keys(given), ...values.map(({ name }) => name), source) as (
    ...values: unknown[]
  ) => Omit<Program, 'source'>;
  const made = create(...Object.values(given), ...values.map(({ value }) => value));
  return { ...made, source };
}

/** Stands for an object that is not there: every field of it is undefined. */
export const NONE: object = Object.freeze(Object.create(null) as object);

/** Quotes, backslashes, control characters, halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex
const needsEscapes = /["\\\u0000-\u001f\ud800-\udfff]/;

/** What all generated code calls. */
const given = {
  NONE,
  anomaly: (): never => {
    throw new Error('An answer is not what its schema promises.');
  },
  /** Where null may stand. */
  none: (value: unknown): string => (value === null ? 'null' : given.anomaly()),
  /** Where null may stand, and what is missing is null when its object is. */
  noneOf: (value: unknown, object: unknown): string =>
    value === null || (value === undefined && object === NONE) ? 'null' : given.anomaly(),
  /** In one piece: text that is written many times is not put together each time. */
  flat: (text: string): string => (Number.isNaN(Number(text)) ? text : text),
  quote: (value: string): string => (needsEscapes.test(value) ? JSON.stringify(value) : `"${value}"`),
  /** JSON text of a value from an answer that is ASCII without a backslash. */
  plainJson: (value: unknown): string =>
    typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? `${value}` : JSON.stringify(value),
  /** Of the list of another supplier, the item that belongs to the same object. */
  itemOf: (list: unknown, index: number, length: number): unknown => {
    if (list === null || list === undefined || list === NONE) return undefined;
    return Array.isArray(list) && list.length === length ? list[index] : given.anomaly();
  },
};

/** For readers: generated code is written without indentation. */
function indent(source: string): string {
  let depth = 0;
  return source
    .split('\n')
    .map((line) => {
      if (line.startsWith('}')) depth--;
      const indented = '  '.repeat(depth) + line;
      if (/\{( \/\/.*)?$/.test(line)) depth++;
      return indented;
    })
    .join('\n');
}
