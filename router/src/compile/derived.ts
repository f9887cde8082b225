import type { Fetch } from '../plan/plan.js';
import type { Place, Supply } from './places.js';
import type { SentField } from './representations.js';
import type { EntityPart } from './request-graph.js';
import { createText } from './text-expression.js';

/** What a fetch sends of each object at its place; all have one type. */
export interface Sent {
  readonly fetch: Fetch;
  readonly place: Place;
  readonly fields: readonly SentField[];
}

/**
 * The collector of a part that needs of each object only what an earlier part sent and was answered: mostly fields
 * that this subgraph requires, and the key by which they were fetched. Then the earlier slot of an object decides its
 * slot, and the response, which is out of the processor's caches by now, is not walked again.
 *
 * `earlier` are parts that are answered when this one is sent. Undefined when none of them will do.
 */
export function deriveCollector(
  part: EntityPart,
  earlier: readonly EntityPart[],
  sentBy: (fetch: Fetch) => Sent | undefined,
): Derived | undefined {
  for (const other of earlier) {
    const pairs = part.fetches.map((fetch) => pairOf(sentBy(fetch), other.fetches.map(sentBy)));
    const [first] = pairs;
    if (!first || !pairs.every((pair) => pair?.statements === first.statements)) continue;
    const moves = pairs.map(
      (pair) =>
        `state.slots[${pair?.to}] = state.slots[${pair?.from}].map(slot => slot < 0 ? -1 : moved[slot]);\n`,
    );
    const code =
      `function collect${part.id}(state, asked) {\n` +
      `const texts = [], seen = new Map(), json = state.isPlain ? plainJson : JSON.stringify;\n` +
      `const entities = state.values[${first.from}];\n` +
      `const moved = asked[${other.id}].map((other, index) => {\nconst e = entities[index];\n${first.statements}});\n` +
      `${moves.join('')}return texts;\n}\n`;
    return { code, origins: pairs.flatMap((pair) => (pair ? [[pair.to, pair.from] as const] : [])) };
  }
  return undefined;
}

export interface Derived {
  readonly code: string;
  /** Ids of fetches, each with that of the one whose slots decide its own. */
  readonly origins: readonly (readonly [number, number])[];
}

interface Pair {
  readonly from: number;
  readonly to: number;
  /** Return the new slot for the text `other` and its entity `e`. */
  readonly statements: string;
}

function pairOf(sent: Sent | undefined, others: readonly (Sent | undefined)[]): Pair | undefined {
  const known = others.find((one) => one && one.place.path === sent?.place.path);
  const key = known && keyOf(known);
  if (!sent || !key || !isSamePlace(known.place, sent.place)) return undefined;
  const declarations: string[] = [];
  const missing: string[] = [];
  const text = createText();
  for (const [index, { sentAs, constant, supply, isNonNull }] of sent.fields.entries()) {
    text.literal(nameText(sentAs, index));
    if (constant !== undefined) {
      text.literal(constant);
    } else if (isSame(supply, key.supply) && isNonNull === key.isNonNull) {
      text.value(`other.slice(${key.begin}, -${key.end})`);
    } else if (supply?.source.value === `e${known.fetch.id}`) {
      const value = `v${index}`;
      declarations.push(`const ${value} = e.${supply.key};\n`);
      missing.push(`${value} === undefined${isNonNull ? ` || ${value} === null` : ''}`);
      text.value(`json(${value})`);
    } else {
      return undefined;
    }
  }
  const statements =
    `${declarations.join('')}${missing.length > 0 ? `if (${missing.join(' || ')}) return -1;\n` : ''}` +
    `const text = ${text.literal('}').toString()};\nlet slot = seen.get(text);\n` +
    `if (slot === undefined) seen.set(text, slot = texts.push(text) - 1);\nreturn slot;\n`;
  return { from: known.fetch.id, to: sent.fetch.id, statements };
}

/** The one value of a representation that is not constant, and how many characters of its text are around it. */
function keyOf({ fields }: Sent) {
  const [key, ...others] = fields.filter(({ constant }) => constant === undefined);
  if (!key?.supply || others.length > 0) return undefined;
  const pieces = fields.map(({ sentAs, constant = '' }, index) => `${nameText(sentAs, index)}${constant}`);
  const before = pieces.slice(0, fields.indexOf(key) + 1).join('');
  const after = pieces.slice(fields.indexOf(key) + 1).join('');
  return { supply: key.supply, isNonNull: key.isNonNull, begin: before.length, end: after.length + 1 };
}

const nameText = (name: string, index: number) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`;

const isSamePlace = (one: Place, other: Place): boolean =>
  one.types[0] === other.types[0] &&
  one.line.size === other.line.size &&
  [...one.line].every((id) => other.line.has(id));

/** At one place. */
const isSame = (one: Supply | undefined, other: Supply): boolean =>
  one?.source.fetch === other.source.fetch && one.key === other.key && isEntity(one) === isEntity(other);

const isEntity = ({ source }: Supply): boolean => source.value === `e${source.fetch.id}`;
