import type { Given, NastySupergraph } from '../nasty.js';

const add = ({ state, args }: Given): number => {
  const sum = Number(state.get('sum') ?? 1) + Number(args['by'] ?? 0);
  state.set('sum', sum);
  return sum;
};
const multiply = ({ state, args }: Given): number => {
  const product = Number(state.get('sum') ?? 1) * Number(args['by'] ?? 1);
  state.set('sum', product);
  return product;
};

export const mutations: NastySupergraph = {
  name: 'mutations in order, over subgraphs, with entities joined in between',
  subgraphs: {
    a: `
      type Query { cart: Cart }
      type Mutation { add(by: Int!): Int addTo(by: Int!): Cart failA: Int }
      type Cart @key(fields: "id") { id: ID! lines: Int }
    `,
    b: `
      type Query { total: Int }
      type Mutation { multiply(by: Int!): Int multiplyIn(by: Int!): Cart! failB: Int! }
      type Cart @key(fields: "id") { id: ID! sum: Int owner: Owner }
      type Owner @key(fields: "id") { id: ID! }
    `,
    c: 'type Owner @key(fields: "id") { id: ID! name: String }',
  },
  values: {
    'Mutation.add': add,
    'Mutation.multiply': multiply,
    'Mutation.addTo': (given) => (add(given), 1),
    'Mutation.multiplyIn': (given) => (multiply(given), 1),
    'Mutation.failA': () => new Error('A failed'),
    'Mutation.failB': () => new Error('B failed'),
    'Cart.sum': ({ state }) => Number(state.get('sum') ?? 1),
    'Cart.owner': () => 4,
  },
  operations: [
    {
      name: 'in the order of the document, never together',
      document:
        'mutation { a: add(by: 2) b: multiply(by: 5) c: add(by: 1) d: add(by: 4) e: multiply(by: 2) }',
      expected: { data: { a: 3, b: 15, c: 16, d: 20, e: 40 } },
    },
    {
      name: 'what belongs to one mutation is fetched before the next begins',
      document:
        'mutation { addTo(by: 2) { sum owner { name } } multiply(by: 10) again: addTo(by: 1) { sum } }',
      expected: { data: { addTo: { sum: 3, owner: { name: 'name-4' } }, multiply: 30, again: { sum: 31 } } },
    },
    {
      name: 'a mutation that fails does not stop the others',
      document: 'mutation { first: add(by: 1) failA second: multiply(by: 7) }',
      expected: { data: { first: 2, failA: null, second: 14 }, errorsAt: [['failA']] },
    },
    {
      name: 'a failing mutation that must not be null takes all data with it',
      document: 'mutation { first: add(by: 1) failB }',
      expected: { data: null, errorsAt: [['failB']] },
    },
    {
      name: 'skipped and included',
      document:
        'mutation ($no: Boolean!) { add(by: 1) multiply(by: 100) @include(if: $no) ... @skip(if: $no) { b: multiply(by: 3) } typed: __typename }',
      variables: { no: false },
      expected: { data: { add: 2, b: 6, typed: 'Mutation' } },
    },
    {
      name: 'the same field of one subgraph twice around one of another, under fragments',
      document:
        'mutation { ...F b: multiplyIn(by: 3) { sum lines owner { id name } } ... on Mutation { c: add(by: 1) } } fragment F on Mutation { a: add(by: 1) }',
      expected: { data: { a: 2, b: { sum: 6, lines: 15, owner: { id: 'id-4', name: 'name-4' } }, c: 7 } },
    },
  ],
};
