import {
  getNamedType,
  isInputObjectType,
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql';
import { argumentValue } from './argument-value.js';
import type { Weights } from './read-weights.js';
import { add, type Sum } from './sum.js';

/** What the arguments of a field weigh: each input object 1, leaves nothing, unless @cost says otherwise. */
export function argumentsCost(
  field: FieldNode,
  definition: GraphQLField<unknown, unknown>,
  parentType: string,
  weights: Weights,
): Sum {
  const costs = definition.args.map((argument): Sum => {
    const own = weights.ofArgument(parentType, definition.name, argument.name);
    if (!canCost(argument.type, own, weights)) return 0;
    const given = argumentValue(field, argument.name);
    if (given.isKnown) return inputCost(given.value, argument.type, own, weights);
    return (run) => inputCost(given.of(run), argument.type, own, weights);
  });
  return add(...costs);
}

function canCost(type: GraphQLInputType, own: number | undefined, weights: Weights): boolean {
  const named = getNamedType(type);
  return own !== undefined || isInputObjectType(named) || weights.ofType(named.name) !== undefined;
}

function inputCost(
  value: unknown,
  type: GraphQLInputType,
  own: number | undefined,
  weights: Weights,
): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) {
    return value.reduce((total: number, item) => total + inputCost(item, type, own, weights), 0);
  }
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return own ?? weights.ofType(named.name) ?? 0;
  let total = own ?? 1;
  const fields = named.getFields();
  for (const [name, given] of Object.entries(value)) {
    const field = fields[name];
    if (field) total += inputCost(given, field.type, weights.ofInputField(named.name, name), weights);
  }
  return total;
}
