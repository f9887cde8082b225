import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLInputType,
} from 'graphql';
import type { Random } from './random.js';

/** Arguments of one field as text, and the variables they use. */
export interface Inputs {
  argumentsOf(args: readonly GraphQLArgument[]): string;
  /** A Boolean for @skip and @include. */
  condition(): string;
  /** `($v1: ID!, ...)`, or nothing. */
  definitions(): string;
  readonly values: Record<string, unknown>;
}

/** An enum's value: written without quotes in a document, with quotes in JSON. */
class EnumName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  toJSON(): string {
    return this.name;
  }
}

const texts = [
  'id-1',
  'id-2',
  'id-3',
  '',
  'a "quote"',
  'back\\slash',
  'ünï\u2028code',
  '\u{1f600}',
  'null',
  '7',
];

export function createInputs(random: Random): Inputs {
  const defined: string[] = [];
  const values: Record<string, unknown> = {};

  const variable = (type: string, value: unknown): string => {
    const name = `v${defined.length}`;
    defined.push(`$${name}: ${type}`);
    if (value !== undefined) values[name] = value;
    return `$${name}`;
  };

  function value(type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return value(type.ofType, depth);
    if (isListType(type)) {
      const items = random.below(3);
      return Array.from({ length: items }, () => value(type.ofType, depth + 1));
    }
    if (isEnumType(type)) return new EnumName(random.pick(type.getValues())?.name ?? '');
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isRequiredInputField(field) || (depth < 3 && random.chance(0.4)),
      );
      const chosen = type.isOneOf ? [random.pick(Object.values(type.getFields()))!] : fields;
      return Object.fromEntries(
        chosen.map((field) => [
          field.name,
          isNonNullType(field.type) || type.isOneOf || random.chance(0.9)
            ? value(field.type, depth + 1)
            : null,
        ]),
      );
    }
    switch (type.name) {
      case 'Int':
        return random.below(20) - 5;
      case 'Float':
        return random.below(200) / 8;
      case 'Boolean':
        return random.chance(0.5);
      case 'BigInt':
        return String(random.below(1000));
      default:
        return random.pick(random.chance(0.7) ? texts.slice(0, 3) : texts);
    }
  }

  /** A literal in which some parts are variables. */
  function literal(given: unknown, type: GraphQLInputType): string {
    const bare = isNonNullType(type) ? type.ofType : type;
    if (given !== null && random.chance(0.15)) return variable(String(type), given);
    if (given instanceof EnumName) return given.name;
    if (Array.isArray(given) && isListType(bare)) {
      return `[${given.map((one) => literal(one, bare.ofType)).join(', ')}]`;
    }
    if (typeof given === 'object' && given !== null && isInputObjectType(bare)) {
      const fields = Object.entries(given).map(([name, one]) =>
        // A variable of a field that must not be null is not null itself.
        bare.isOneOf ? `${name}: ${plain(one)}` : `${name}: ${literal(one, bare.getFields()[name]!.type)}`,
      );
      return `{ ${fields.join(', ')} }`;
    }
    return JSON.stringify(given);
  }

  return {
    values,
    argumentsOf: (args) => {
      const chosen = args.filter((arg) => isRequiredArgument(arg) || random.chance(0.4));
      if (chosen.length === 0) return '';
      const written = chosen.map((arg) => {
        const isMissing = !isNonNullType(arg.type) && random.chance(0.08);
        const given = isMissing ? null : value(arg.type, 0);
        if (!random.chance(0.4)) return `${arg.name}: ${literal(given, arg.type)}`;
        return `${arg.name}: ${variable(String(arg.type), given ?? (random.chance(0.5) ? null : undefined))}`;
      });
      return `(${written.join(', ')})`;
    },
    condition: () => {
      if (random.chance(0.3)) return String(random.chance(0.5));
      return variable('Boolean!', random.chance(0.6));
    },
    definitions: () => (defined.length === 0 ? '' : `(${defined.join(', ')})`),
  };
}

function plain(given: unknown): string {
  if (given instanceof EnumName) return given.name;
  if (Array.isArray(given)) return `[${given.map(plain).join(', ')}]`;
  if (typeof given !== 'object' || given === null) return JSON.stringify(given);
  return `{ ${Object.entries(given)
    .map(([name, one]) => `${name}: ${plain(one)}`)
    .join(', ')} }`;
}
