import { isAbstractType, isObjectType, type GraphQLSchema } from 'graphql';
import type { Fetch, Requirement, Rewrite } from '../plan/plan.js';
import { decline } from './declined.js';
import { advance, byType, namesOf, passOver, read, type Walk } from './emit.js';
import type { Place, Supply } from './places.js';
import { typeCondition } from './selections.js';
import { createText } from './text-expression.js';

type FieldRequirement = Extract<Requirement, { kind: 'Field' }>;

/** Generated code that makes the representation of the object at hand. */
export interface Representation {
  /** Have to run first. */
  readonly statements: string;
  /** An expression: true when the object lacks something, and cannot be asked about. */
  readonly isMissing: string;
  /** An expression: the JSON text. */
  readonly text: string;
  /** The variables of all that is not constant in it; undefined when a value among them has selections. */
  readonly leaves?: readonly string[] | undefined;
  /** In order. */
  readonly fields: readonly SentField[];
}

/** One field of a representation: a constant, a value without selections, or one that has some. */
export interface SentField {
  readonly sentAs: string;
  /** JSON text. */
  readonly constant?: string | undefined;
  /** Where a value without selections is found. */
  readonly supply?: Supply | undefined;
  readonly isNonNull: boolean;
}

/** Undefined for a type that the fetch is not about. Moves all cursors below the object in any case. */
export function representationOf(
  fetch: Fetch,
  place: Place,
  type: string,
  walk: Walk,
  schema: GraphQLSchema,
): Representation | undefined {
  const wanted = rewritten(
    requirementsFor(fetch.requires ?? [], type, schema),
    fetch.inputRewrites,
    type,
    schema,
  );
  return wanted.some(({ field }) => field.name === '__typename')
    ? objectText(wanted, place, type, walk, schema)
    : undefined;
}

/** A field of a representation: where its value is, under which name it is sent, and its value if that is fixed. */
interface Wanted {
  readonly field: FieldRequirement;
  readonly sentAs: string;
  readonly parts: readonly (readonly Requirement[])[];
  readonly fixed?: unknown;
}

const fetchedAs = ({ alias, name }: FieldRequirement): string => alias ?? name;

/** The fields that a type has to show, merged, in the order of the plan. */
function requirementsFor(
  requirements: readonly Requirement[],
  type: string,
  schema: GraphQLSchema,
): Wanted[] {
  const wanted = new Map<string, Wanted>();
  add(requirements);
  return [...wanted.values()];

  function add(some: readonly Requirement[]): void {
    for (const one of some) {
      if (one.kind === 'InlineFragment') {
        if (isOfType(type, one.typeCondition, schema)) add(one.selections);
        continue;
      }
      const sentAs = fetchedAs(one);
      const parts = wanted.get(sentAs)?.parts ?? [];
      wanted.set(sentAs, { field: one, sentAs, parts: one.selections ? [...parts, one.selections] : parts });
    }
  }
}

export function isOfType(name: string, conditionName: string | undefined, schema: GraphQLSchema): boolean {
  if (conditionName === undefined || conditionName === name) return true;
  const [type, condition] = [schema.getType(name), schema.getType(conditionName)];
  return isObjectType(type) && isAbstractType(condition) && schema.isSubType(condition, type);
}

function rewritten(
  wanted: Wanted[],
  rewrites: readonly Rewrite[],
  type: string,
  schema: GraphQLSchema,
): Wanted[] {
  return rewrites.reduce((done, rewrite) => {
    const conditions = rewrite.path.slice(0, -1).map(typeCondition);
    if (conditions.includes(undefined))
      return decline('representations that are rewritten below their fields');
    const name = rewrite.path.at(-1);
    if (!conditions.every((condition) => isOfType(type, condition, schema))) return done;
    if (rewrite.kind === 'ValueSetter') {
      return done.map((one) => (one.sentAs === name ? { ...one, fixed: rewrite.setValueTo } : one));
    }
    // A renamed field comes last, as it does in the interpreter.
    const renamed = done.filter(({ sentAs }) => sentAs === name);
    return [
      ...done.filter(
        (one) => !renamed.includes(one) && (renamed.length === 0 || one.sentAs !== rewrite.renameKeyTo),
      ),
      ...renamed.map((one) => ({ ...one, sentAs: rewrite.renameKeyTo })),
    ];
  }, wanted);
}

function objectText(
  wanted: readonly Wanted[],
  place: Place,
  type: string,
  walk: Walk,
  schema: GraphQLSchema,
): Representation {
  const pieces = wanted.map((one) => ({ one, ...valueText(one, place, type, walk, schema) }));
  const names = new Set(wanted.map(({ field }) => fetchedAs(field)));
  const others = [...namesOf(place, type)].filter((name) => !names.has(name));
  const changing = pieces.filter(({ isMissing }) => isMissing !== undefined);
  const text = createText();
  pieces.forEach((piece, index) => {
    text.literal(`${index === 0 ? '{' : ','}${JSON.stringify(piece.one.sentAs)}:`);
    if (piece.constant !== undefined) text.literal(piece.constant);
    else text.value(piece.text);
  });
  return {
    statements: pieces.map(({ statements }) => statements).join('') + passOver(place, type, others, walk),
    isMissing: changing.map(({ isMissing }) => isMissing).join(' || ') || 'false',
    text: text.literal('}').toString(),
    leaves: changing.every(({ leaf }) => leaf !== undefined)
      ? changing.flatMap(({ leaf }) => leaf ?? [])
      : undefined,
    fields: pieces.map(({ one: { sentAs, field }, constant, supply }) => ({
      ...{ sentAs, constant, supply },
      isNonNull: field.isNonNull === true,
    })),
  };
}

interface Piece {
  readonly statements: string;
  /** JSON text that is always the same. */
  readonly constant?: string;
  readonly text: string;
  readonly isMissing?: string;
  /** The variable of a value without selections. */
  readonly leaf?: string;
  /** Where that is read. */
  readonly supply?: Supply;
}

function valueText(
  { field, parts, fixed }: Wanted,
  place: Place,
  type: string,
  walk: Walk,
  schema: GraphQLSchema,
): Piece {
  const constant = fixed ?? (field.name === '__typename' ? type : undefined);
  if (constant !== undefined) return { statements: '', text: '', constant: JSON.stringify(constant) };
  const supplies = walk.places.supply(place, type, fetchedAs(field), walk.among);
  const [first] = supplies;
  if (!first) return decline(`nothing supplies ${place.path}.${fetchedAs(field)}, which ${type} has to show`);
  if (parts.length === 0) {
    const value = walk.variable();
    const isMissing = `${value} === undefined${field.isNonNull ? ` || ${value} === null` : ''}`;
    return {
      statements: `const ${value} = ${read(first, walk)};\n`,
      text: `json(${value})`,
      isMissing,
      leaf: value,
      supply: first,
    };
  }
  const target = walk.variable();
  const values = supplies.map(() => walk.variable());
  const reads = supplies.map((supply, index) => `${values[index]} = ${read(supply, walk)}`);
  const nested = nestedText(values, first.selected[0]?.depth ?? 0, target, walk, (own, into) => {
    const child = walk.places.child(place, fetchedAs(field), supplies, own, walk.among);
    const assign = (childType: string) => {
      const wanted = requirementsFor(parts.flat(), childType, schema);
      const made = objectText(wanted, child, childType, walk, schema);
      return `${made.statements}if (!(${made.isMissing})) ${into} = ${made.text};\n`;
    };
    return advance(child, walk) + byType(child, walk, assign);
  });
  return {
    statements: `let ${target};\nconst ${reads.join(', ')};\n${nested}`,
    text: target,
    isMissing: `${target} === undefined${field.isNonNull ? ` || ${target} === "null"` : ''}`,
  };
}

/** Statements that assign the text of objects in lists to a variable; it stays undefined when something is missing. */
function nestedText(
  values: readonly string[],
  depth: number,
  target: string,
  walk: Walk,
  assign: (values: readonly string[], target: string) => string,
): string {
  const [first = '', ...others] = values;
  const isNull = `if (${first} === null) ${target} = "null";\nelse if (${first} !== undefined) {\n`;
  if (depth === 0) {
    const own = others.map(() => walk.variable());
    const declarations = own.map((name, index) => `const ${name} = ${others[index]} ?? NONE;\n`).join('');
    return `${isNull}${declarations}${assign([first, ...own], target)}}\n`;
  }
  const [index, list, item] = [walk.variable(), walk.variable(), walk.variable()];
  const items = values.map(() => walk.variable());
  const reads = items.map((name, other) =>
    other === 0
      ? `${name} = ${first}[${index}]`
      : `${name} = itemOf(${values[other]}, ${index}, ${first}.length)`,
  );
  return (
    `${isNull}let ${list} = "[";\n` +
    `for (let ${index} = 0; ${index} < ${first}.length; ${index}++) {\nlet ${item};\n` +
    `const ${reads.join(', ')};\n${nestedText(items, depth - 1, item, walk, assign)}` +
    `${list} = ${item} === undefined || ${list} === undefined ? undefined : ${list} + (${index} ? "," : "") + ${item};\n}\n` +
    `if (${list} !== undefined) ${target} = ${list} + "]";\n}\n`
  );
}
