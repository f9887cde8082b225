import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';
import { readRequest, type TestRequest } from '../request.js';
import { createInputs } from './inputs.js';
import { createRandom, type Random } from './random.js';

export interface GenerateOptions {
  readonly schema: GraphQLSchema;
  readonly seed: number;
  /** Fields an operation should have at most. */
  readonly size?: number;
  readonly kind?: 'query' | 'mutation';
}

/**
 * A valid operation, the same for the same seed: fields, aliases that may collide, inline and named fragments, @skip and
 * @include everywhere, arguments as literals and variables.
 */
export function generateOperation({ schema, seed, size = 60, kind = 'query' }: GenerateOptions): TestRequest {
  // Aliases are drawn without care, so some drafts are not valid: fields that cannot be merged.
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const random = createRandom(seed * 1000 + attempt);
    const { text, values } = draft(schema, random, Math.max(3, Math.ceil(size * (1 - attempt / 250))), kind);
    const request = readRequest(schema, text, JSON.parse(JSON.stringify(values)) as Record<string, unknown>);
    if (request) return request;
  }
  throw new Error(`Seed ${seed} gives no valid operation.`);
}

const aliases = ['a', 'b', 'c', 'id', 'name', 'title'];

function draft(schema: GraphQLSchema, random: Random, size: number, kind: 'query' | 'mutation') {
  const inputs = createInputs(random);
  const fragments: string[] = [];
  let budget = size;
  let names = 0;

  function selectionSet(type: GraphQLCompositeType, depth: number): string {
    const selections: string[] = [];
    const wanted = depth === 0 ? 1 + random.below(3) : 2 + random.below(4);
    for (let index = 0; index < wanted; index += 1) {
      const selection = random.chance(depth === 0 ? 0.1 : isAbstractType(type) ? 0.55 : 0.15)
        ? fragment(type, depth)
        : field(type, depth);
      if (selection !== undefined) selections.push(selection);
    }
    if (selections.length === 0) selections.push('__typename');
    return `{ ${selections.join(' ')} }`;
  }

  function field(type: GraphQLCompositeType, depth: number): string | undefined {
    budget -= 1;
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    if (fields.length === 0 || random.chance(0.1)) {
      return `${random.chance(0.3) ? `${random.pick(aliases)}: ` : ''}__typename${conditions()}`;
    }
    const leaves = fields.filter((one) => !isCompositeType(getNamedType(one.type)));
    const composites = fields.filter((one) => !leaves.includes(one));
    const mayNest = budget > 0 && depth < 7;
    // Through the root leads nothing but objects to anything of interest.
    const nests = mayNest && composites.length > 0 && random.chance(depth === 0 ? 0.85 : 0.45);
    const chosen = random.pick(nests ? composites : leaves.length > 0 || !mayNest ? leaves : composites);
    return chosen && write(chosen, depth);
  }

  function write(chosen: GraphQLField<unknown, unknown>, depth: number): string {
    const args = inputs.argumentsOf(chosen.args);
    // One field with other arguments each time needs a name of its own, mostly.
    const unique = random.chance(args === '' ? 0.1 : 0.85) ? `${chosen.name}${(names += 1)}: ` : '';
    const alias = random.chance(0.08) ? `${random.pick(aliases)}: ` : unique;
    const named = getNamedType(chosen.type);
    const inner = isCompositeType(named) ? ` ${selectionSet(named, depth + 1)}` : '';
    return `${alias}${chosen.name}${args}${conditions()}${inner}`;
  }

  function fragment(type: GraphQLCompositeType, depth: number): string {
    const condition = random.chance(0.15) ? undefined : overlapping(type);
    const inside = condition ?? type;
    // A fragment costs too: it may hold nothing but fragments.
    budget -= 1;
    const set = budget > -20 ? selectionSet(inside, depth + (random.chance(0.5) ? 1 : 0)) : '{ __typename }';
    if (random.chance(0.3)) {
      const name = `F${fragments.length}`;
      fragments.push(`fragment ${name} on ${inside.name} ${set}`);
      const spread = `...${name}${conditions()}`;
      return random.chance(0.1) ? `${spread} ...${name}` : spread;
    }
    return `...${condition ? ` on ${condition.name}` : ''}${conditions()} ${set}`;
  }

  function overlapping(type: GraphQLCompositeType): GraphQLCompositeType | undefined {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    const object = random.pick(possible);
    if (!object || random.chance(0.6)) return object;
    const abstract = Object.values(schema.getTypeMap()).filter(
      (one) => isAbstractType(one) && schema.isSubType(one, object),
    );
    return random.pick(abstract as GraphQLCompositeType[]) ?? object;
  }

  function conditions(): string {
    let text = '';
    if (random.chance(0.08)) text += ` @include(if: ${inputs.condition()})`;
    if (random.chance(0.06)) text += ` @skip(if: ${inputs.condition()})`;
    return text;
  }

  const root = kind === 'mutation' ? schema.getMutationType() : schema.getQueryType();
  if (!root) throw new Error(`The schema has no ${kind}.`);
  const set = selectionSet(root, 0);
  const text = [`${kind} Generated${inputs.definitions()} ${set}`, ...fragments].join('\n');
  return { text, values: inputs.values };
}
