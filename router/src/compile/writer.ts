import {
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLOutputType,
} from 'graphql';
import type { ExecutableParts } from '../execution/executable.js';
import type { ResponseField, Selections } from '../plan/shape.js';
import { decline } from './declined.js';
import { advance, byType, generateWalk, namesOf, passOver, read, type Walk } from './emit.js';
import { leafText, quotedText } from './leaves.js';
import type { Place, Places, Supply } from './places.js';
import { runsOf } from './runs.js';
import { createText } from './text-expression.js';

/** Gives a value that generated code needs a name; equal keys are the same value. */
export type Literals = (key: string, value: unknown) => string;

export interface WriterOptions {
  readonly parts: Pick<ExecutableParts, 'supergraph' | 'shape' | 'weights'>;
  readonly places: Places;
  /** Whether all answers are ASCII without a backslash. */
  readonly isPlain: boolean;
  readonly literals: Literals;
  /** The id of the entity part that a fetch is in. */
  readonly partOf: (fetchId: number) => number | undefined;
  /** The id of the fetch whose slots decide those of another; its own if none does. */
  readonly originOf: (fetchId: number) => number;
}

/** The functions that write the text of the response, one for each place; `write(state)` is the entrance. */
export function generateWriter(options: WriterOptions): string {
  const { shape } = options.parts;
  const root = options.places.root(shape.rootType.name);
  const { code: made, cursors } = generateWalk({ places: options.places }, (walk) => {
    const functions = createFunctions(options, walk);
    functions.ofObject(root, shape.root, []);
    return functions.made();
  });
  const ids = [...cursors];
  const variables = ids.map((id) => `let S${id}, E${id}, c${id} = 0;\n`).join('');
  const begin = ids.map((id) => `S${id} = state.slots[${id}]; E${id} = state.values[${id}]; c${id} = 0;\n`);
  const end = ids.map((id) => `S${id} = E${id} = undefined;\n`);
  const forget = made.fragments.map((name) => `${name}_texts = [];\n`).join('');
  const values = root.sources.map(({ fetch }) => `state.values[${fetch.id}]`);
  return (
    `let cost = 0;\n${variables}${made.code}function write(state) {\ncost = 0;\n${begin.join('')}try {\n` +
    `const text = w0(${values.join(', ')});\nstate.cost = cost;\nreturn text;\n} finally {\n${end.join('')}${forget}}\n}\n`
  );
}

function createFunctions(options: WriterOptions, walk: Walk) {
  const { parts, isPlain, literals } = options;
  const { apiSchema } = parts.supergraph;
  const names = new Map<string, string>();
  const bodies: string[] = [];
  const nodeIds = new Map<FieldNode, number>();
  const fragments = new Map<string, string>();
  return { ofObject, made: () => ({ code: bodies.join(''), fragments: [...fragments.values()] }) };

  /** The name of the function that writes the objects of a place, which get the values of its own sources. */
  function ofObject(place: Place, selections: Selections, nodes: readonly FieldNode[]): string {
    const key = keyOf(place, nodes);
    const known = names.get(key);
    if (known !== undefined) return known;
    const name = `w${names.size}`;
    names.set(key, name);
    const own = place.sources
      .filter(({ fetch }) => !place.attached.includes(fetch))
      .map(({ value }) => value);
    const first = own[0] === undefined ? '' : `if (typeof ${own[0]} !== "object") anomaly();\n`;
    const statements = byType(place, walk, (type) => ofType(place, type, selections));
    bodies.push(
      `function ${name}(${own.join(', ')}) { // ${place.path || 'the root'}: ${place.types.join(', ')}\n` +
        `${first}${advance(place, walk)}let v;\n${statements}}\n`,
    );
    return name;
  }

  /** What tells functions apart: where the objects come from, and what of them is written. */
  function keyOf(place: Place, nodes: readonly FieldNode[]): string {
    const sources = place.sources.map(({ fetch, fields }) => [fetch.id, fields.map(({ id }) => id)]);
    const ids = nodes.map((node) => {
      const id = nodeIds.get(node) ?? nodeIds.size;
      nodeIds.set(node, id);
      return id;
    });
    return JSON.stringify([place.path, place.types, [...place.line], sources, ids]);
  }

  function ofType(place: Place, typeName: string, selections: Selections): string {
    const type = apiSchema.getType(typeName);
    if (!isObjectType(type)) {
      return place.types.length === 1
        ? decline(`only the name ${typeName} is known at ${place.path}`)
        : 'anomaly();\n';
    }
    const fields = selections.fieldsOf(type);
    const written = new Set(fields.map(({ key }) => key));
    const hidden = [...namesOf(place, typeName)].filter((name) => !written.has(name));
    const text = createText();
    const originOf = (field: ResponseField) => {
      const id = entityOf(place, typeName, field);
      const origin = id === undefined ? undefined : options.originOf(id);
      return place.attached.some((fetch) => fetch.id === origin) ? origin : id;
    };
    runsOf(fields, originOf).forEach(({ entity, fields: run }, index) => {
      const into = entity === undefined ? text : createText();
      run.forEach((field, position) => {
        into.literal(`${index === 0 && position === 0 ? '{' : ','}${JSON.stringify(field.responseName)}:`);
        fieldText(place, typeName, field, into);
      });
      if (entity === undefined) return;
      const ids = new Set([entity, ...run.flatMap((field) => entityOf(place, typeName, field) ?? [])]);
      text.value(fragmentText([...ids], into.toString()));
    });
    text.literal(fields.length === 0 ? '{}' : '}');
    return `${costOf(place, typeName, fields)}${passOver(place, typeName, hidden, walk)}return ${text.toString()};\n`;
  }

  /** The entity fetch that a leaf comes from. */
  function entityOf(place: Place, typeName: string, { key, type, forbidden }: ResponseField) {
    if (forbidden || !isLeafType(getNullableType(type))) return undefined;
    const fetch = walk.places.supply(place, typeName, key)[0]?.source.fetch;
    return fetch && place.attached.includes(fetch) ? fetch.id : undefined;
  }

  /** What is written of entities is written once for the slot that decides on all of them, that of the first. */
  function fragmentText(ids: readonly number[], text: string): string {
    const general = ids.reduce(
      (done, id, index) => done.replaceAll(`e${id}.`, `e.${index}.`).replaceAll(`, e${id})`, `, e.${index})`),
      text,
    );
    const key = `${ids.map(options.partOf).join()} ${general}`;
    const name = fragments.get(key) ?? `f${fragments.size}`;
    const entities = ids.map((id) => `e${id}`).join(', ');
    if (!fragments.has(key)) {
      fragments.set(key, name);
      bodies.push(
        `let ${name}_texts = [];\nfunction ${name}(${entities}) {\nlet v;\nreturn flat(${text});\n}\n`,
      );
    }
    walk.used.add(ids[0] ?? 0);
    return `(s${ids[0]} < 0 ? ${name}(${entities}) : (${name}_texts[s${ids[0]}] ??= ${name}(${entities})))`;
  }

  function costOf({ path }: Place, typeName: string, fields: readonly ResponseField[]): string {
    const { weights } = parts;
    if (!weights) return '';
    const own = fields.reduce(
      (sum, { fieldName }) => sum + (fieldName.startsWith('__') ? 0 : weights.field(typeName, fieldName)),
      0,
    );
    const cost = own + (path === '' ? 0 : weights.type(typeName));
    return cost === 0 ? '' : `cost += ${cost};\n`;
  }

  function fieldText(
    place: Place,
    typeName: string,
    field: ResponseField,
    text: ReturnType<typeof createText>,
  ) {
    const { fieldName, key, type } = field;
    if (field.forbidden) {
      if (isNonNullType(type) || place.path !== '') return decline('a forbidden field below the root');
      return void text.literal('null');
    }
    if (fieldName === '__typename') return void text.literal(JSON.stringify(typeName));
    if (fieldName === '__schema' || fieldName === '__type') return decline('introspection');
    const supplies = walk.places.supply(place, typeName, key);
    const [first] = supplies;
    if (first) {
      const values = supplies.map((one) => read(one, walk));
      const quoted = isPlain ? quotedText(type, values[0] ?? '') : undefined;
      if (quoted !== undefined) return void text.literal('"').value(quoted).literal('"');
      return void text.value(
        valueText(type, values, { place, field, supplies }, noneOf(place, first, values)),
      );
    }
    if (place.types.length === 1) decline(`nothing supplies ${typeName}.${fieldName} at ${place.path}`);
    return void text.value('anomaly()');
  }

  /** Writes null, where null may stand. What is missing is no null, unless the object it should stand in is. */
  function noneOf(place: Place, { source }: Supply, [, ...others]: readonly string[]): string {
    const isOptional = place.attached.includes(source.fetch) || source !== place.sources[0];
    const value = ['v', ...others].join(' ?? ');
    return isOptional ? `noneOf(${value}, ${source.value})` : `none(${value})`;
  }

  /** The expression that writes a value; `values` are the expressions of all that supply it. */
  function valueText(type: GraphQLOutputType, values: readonly string[], at: Value, orNone: string): string {
    const [value = '', ...others] = values;
    const nullable = getNullableType(type);
    const none = isNonNullType(type) ? 'anomaly()' : orNone;
    if (isLeafType(nullable)) return leafText(nullable, value, none, isPlain, literals);
    const name = isListType(nullable) ? ofList(nullable.ofType, values.length, at) : ofChild(at);
    const given = ['v', ...others.map((other) => `${other} ?? NONE`)];
    return `((v = ${value}) == null ? ${none} : ${name}(${given.join(', ')}))`;
  }

  function ofChild({ place, field, supplies }: Value): string {
    if (!field.selections) return decline('an object without selections');
    const child = walk.places.child(
      place,
      field.key,
      supplies,
      supplies.map((_, index) => `o${index}`),
    );
    return ofObject(child, field.selections, field.nodes);
  }

  function ofList(itemType: GraphQLOutputType, count: number, at: Value): string {
    const lists = Array.from({ length: count }, (_, index) => `list${index}`);
    const items = lists.map((list, index) =>
      index === 0 ? `${list}[i]` : `itemOf(${list}, i, list0.length)`,
    );
    const item = valueText(itemType, items, at, `none(${['v ?? null', ...items.slice(1)].join(' ?? ')})`);
    const body =
      `(${lists.join(', ')}) {\nif (!Array.isArray(list0)) anomaly();\nlet v, text = "[";\n` +
      `for (let i = 0; i < list0.length; i++) {\nif (i !== 0) text += ",";\ntext += ${item};\n}\nreturn text + "]";\n}\n`;
    const known = names.get(body);
    if (known !== undefined) return known;
    const name = `w${names.size}`;
    names.set(body, name);
    bodies.push(`function ${name}${body}`);
    return name;
  }
}

interface Value {
  readonly place: Place;
  readonly field: ResponseField;
  readonly supplies: readonly Supply[];
}
