import { decline } from './declined.js';
import type { Place, Places, Supply } from './places.js';

/**
 * What one piece of generated code that walks the response needs to know: each walk goes over all objects of the
 * places it reads entities at, in the order of the response, and so finds the entity of an object by counting.
 */
export interface Walk {
  readonly places: Places;
  /** The fetches that are answered when the code runs; all of them when undefined. */
  readonly among?: ReadonlySet<number> | undefined;
  /** Ids of the entity fetches whose cursors this walk moves. Those it turns out to read are added to `used`. */
  readonly cursors: ReadonlySet<number>;
  readonly used: Set<number>;
  /** A new name for a variable. */
  variable(): string;
}

export interface Walked<Code> {
  readonly code: Code;
  readonly cursors: ReadonlySet<number>;
}

/** Generates until the code moves the cursor of every entity fetch it reads. */
export function generateWalk<Code>(
  options: Pick<Walk, 'places' | 'among'>,
  generate: (walk: Walk) => Code,
): Walked<Code> {
  const used = new Set<number>();
  for (;;) {
    let variables = 0;
    const cursors = new Set(used);
    const code = generate({ ...options, used, cursors, variable: () => `v${variables++}` });
    if (cursors.size === used.size) return { code, cursors };
  }
}

/** Moves the cursors of a place's entity fetches to the object at hand; each entity becomes a variable `e<id>`. */
export const advance = ({ attached }: Place, { cursors }: Walk): string =>
  attached
    .filter(({ id }) => cursors.has(id))
    .map(({ id }) => `const s${id} = S${id}[c${id}++], e${id} = s${id} < 0 ? NONE : E${id}[s${id}];\n`)
    .join('');

/** The expression that reads a supply. */
export function read({ source: { fetch, value }, key }: Supply, { used }: Walk): string {
  if (value === `e${fetch.id}`) used.add(fetch.id);
  return `${value}.${key}`;
}

/** The expression of the name of the type of the object at hand. */
export function typenameOf(place: Place, walk: Walk): string {
  const [only, ...others] = place.types;
  if (only !== undefined && others.length === 0) return JSON.stringify(only);
  const source = place.namer;
  const field = source?.fields.find(
    ({ fieldName, types }) => fieldName === '__typename' && place.types.every((type) => types.has(type)),
  );
  if (!source || !field) return decline(`the types at ${place.path} cannot be told apart`);
  return read({ source, key: field.key, selected: [field] }, walk);
}

/** Statements by concrete type, where types with equal statements share them. A type not expected is an anomaly. */
export function byType(place: Place, walk: Walk, statementsOf: (type: string) => string): string {
  const groups = new Map<string, string[]>();
  for (const type of place.types) {
    const statements = statementsOf(type);
    groups.set(statements, [...(groups.get(statements) ?? []), type]);
  }
  const [first, ...others] = groups.keys();
  if (others.length === 0) return first ?? 'anomaly();\n';
  const cases = [...groups].map(([statements, types]) => {
    const labels = types.map((type) => `case ${JSON.stringify(type)}: `).join('');
    return `${labels}{\n${statements}break;\n}\n`;
  });
  return `switch (${typenameOf(place, walk)}) {\n${cases.join('')}default: anomaly();\n}\n`;
}

/** Statements for each object that a field leads to: loops over its lists, null passed over. */
export function forEachChild(
  place: Place,
  name: string,
  supplies: readonly Supply[],
  walk: Walk,
  statementsOf: (child: Place) => string,
): string {
  const values = supplies.map(() => walk.variable());
  const depth = supplies[0]?.selected[0]?.depth ?? 0;
  const reads = supplies.map((supply, index) => `${values[index]} = ${read(supply, walk)}`);
  return `{\nconst ${reads.join(', ')};\n${loops(values, depth, walk, (own) =>
    statementsOf(walk.places.child(place, name, supplies, own, walk.among)),
  )}}\n`;
}

function loops(
  values: readonly string[],
  depth: number,
  walk: Walk,
  statementsOf: (values: readonly string[]) => string,
): string {
  const [first = '', ...others] = values;
  if (depth === 0) {
    const named = others.map((value) => ({ value, own: walk.variable() }));
    const declarations = named.map(({ value, own }) => `const ${own} = ${value} ?? NONE;\n`).join('');
    const statements = statementsOf([first, ...named.map(({ own }) => own)]);
    return statements === '' ? '' : `if (${first} != null) {\n${declarations}${statements}}\n`;
  }
  const index = walk.variable();
  const items = values.map(() => walk.variable());
  const [item = '', ...rest] = items;
  const reads = [
    `${item} = ${first}[${index}]`,
    ...rest.map((own, other) => `${own} = itemOf(${others[other]}, ${index}, ${first}.length)`),
  ];
  const statements = loops(items, depth - 1, walk, statementsOf);
  if (statements === '') return '';
  return (
    `if (${first} != null) for (let ${index} = 0; ${index} < ${first}.length; ${index}++) {\n` +
    `const ${reads.join(', ')};\n${statements}}\n`
  );
}

/** Statements that do nothing but move the cursors below some fields of an object of one type. */
export function passOver(place: Place, type: string, names: Iterable<string>, walk: Walk): string {
  const statements = [...names].map((name) => {
    const supplies = walk.places.supply(place, type, name, walk.among);
    if (!walk.places.leadsTo(place, name, supplies, walk.cursors)) return '';
    return forEachChild(place, name, supplies, walk, (child) => pass(child, walk));
  });
  return statements.join('');
}

function pass(place: Place, walk: Walk): string {
  return (
    advance(place, walk) + byType(place, walk, (type) => passOver(place, type, namesOf(place, type), walk))
  );
}

/** The names of all that is supplied for a type at a place. */
export const namesOf = ({ sources }: Place, type: string): ReadonlySet<string> =>
  new Set(
    sources.flatMap(({ fields }) => fields.filter(({ types }) => types.has(type)).map(({ name }) => name)),
  );
