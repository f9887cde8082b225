import { buildSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, it } from '@jest/globals';
import { execute, parse, type GraphQLSchema } from 'graphql';
import { createShop } from './data.js';
import { createExecutor } from './executor.js';
import { createModels, type Call, type Model } from './models.js';
import { subgraphNames, typeDefs, type SubgraphName } from './schemas.js';

const models = createModels(createShop());

/** The same model behind graphql-js. */
function referenceOf(model: Model, sdl: string): GraphQLSchema {
  const resolvers: Record<string, Record<string, unknown>> = {};
  for (const [name, resolve] of Object.entries(model.fields)) {
    const [type, field] = name.split('.') as [string, string];
    (resolvers[type] ??= {})[field] = (source: never, args: object, call: Call) =>
      resolve(source, args as Record<string, unknown>, call);
  }
  for (const [type, find] of Object.entries(model.entities)) {
    (resolvers[type] ??= {})['__resolveReference'] = (representation: Record<string, unknown>) => {
      const entity = find(representation);
      return entity && { ...entity, __typename: type };
    };
  }
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as any }]);
}

const subgraphs = Object.fromEntries(
  subgraphNames.map((name) => [
    name,
    {
      answer: createExecutor(typeDefs[name], models[name]),
      reference: referenceOf(models[name], typeDefs[name]),
    },
  ]),
) as Record<SubgraphName, { answer: ReturnType<typeof createExecutor>; reference: GraphQLSchema }>;

const representations = [
  { __typename: 'Product', upc: 'upc-2', price: 1_200, weight: 300 },
  { __typename: 'Product', upc: 'upc-9', price: 1_777, weight: 100 },
  { __typename: 'Product', upc: 'upc-2', price: 4_000, weight: 300 },
  { __typename: 'Product', upc: 'no such' },
];
const people = [
  { __typename: 'User', id: 'user-3' },
  { __typename: 'User', id: 'user-4' },
];

const cases: [SubgraphName, string, string, Record<string, unknown>][] = [
  [
    'accounts',
    'root fields and aliases',
    '{ viewer __typename few: users(first: 2) { id who: name karma } users { id } }',
    {},
  ],
  [
    'accounts',
    'arguments from variables',
    'query($n: Int!) { users(first: $n) { __typename username } }',
    { n: 3 },
  ],
  [
    'products',
    'changing values',
    '{ topProducts(first: 3) { upc name price weight } again: topProducts { price } }',
    {},
  ],
  [
    'accounts',
    'several lists of representations in one request',
    `query($a: [_Any!]!, $b: [_Any!]!) {
      a: _entities(representations: $a) { ... on User { name } }
      b: _entities(representations: $b) { __typename ... on User { id username } }
    }`,
    { a: people, b: [...people].reverse() },
  ],
  [
    'inventory',
    'required fields of the representation, and entities that do not exist',
    'query($r: [_Any!]!) { _entities(representations: $r) { ... on Product { stock shippingEstimate upc } } }',
    { r: representations },
  ],
  [
    'reviews',
    'nested lists and merged fragments',
    `query($r: [_Any!]!) { _entities(representations: $r) { __typename ...P ... on User { reviews { ...R } } } }
    fragment P on Product { reviews { id author { id } } reviews { author { username ...U } rating likes } }
    fragment U on User { __typename reviews { product { upc } } }
    fragment R on Review { body product { __typename upc } }`,
    { r: [...representations.slice(0, 2), ...people] },
  ],
  [
    'products',
    'conditions, as variables change',
    `query($yes: Boolean!) { topProducts { upc @skip(if: $yes) name @include(if: $yes)
      ... @include(if: $yes) { weight } ... on Product @skip(if: $yes) { price } } }`,
    { yes: true },
  ],
  [
    'products',
    'the same conditions, the other way round',
    `query($yes: Boolean!) { topProducts { upc @skip(if: $yes) name @include(if: $yes)
      ... @include(if: $yes) { weight } ... on Product @skip(if: $yes) { price } } }`,
    { yes: false },
  ],
];

describe('a subgraph answers like graphql-js', () => {
  it.each(cases)('%s: %s', async (name, _what, query, variables) => {
    const { answer, reference } = subgraphs[name];
    for (const call of [
      { tick: 1, authorization: 'Bearer one' },
      { tick: 55, authorization: undefined },
    ]) {
      const expected = await execute({
        schema: reference,
        document: parse(query),
        variableValues: variables,
        contextValue: call,
      });
      expect(expected.errors).toBeUndefined();
      expect(answer({ query, variables }, call).toString()).toBe(JSON.stringify({ data: expected.data }));
    }
  });
});

it('refuses what its schema does not have', () => {
  const text = subgraphs.accounts.answer(
    { query: '{ users { age } }' },
    { tick: 1, authorization: undefined },
  );
  expect(JSON.parse(text.toString())).toMatchObject({
    errors: [{ message: expect.stringContaining('"age"') }],
  });
});

it('tells different prices from answer to answer', () => {
  const { answer } = subgraphs.products;
  const ask = (tick: number) =>
    answer({ query: '{ topProducts { price } }' }, { tick, authorization: undefined });
  expect(ask(1)).not.toEqual(ask(2));
});
