import { describe, expect, it } from '@jest/globals';
import { createInProcess } from '../execution/testing/in-process.js';
import { compile, type Compiled } from './index.js';

const reviewsOf = (upcs: readonly string[]) => upcs.map((upc) => ({ product: { upc } }));
const products: Record<string, object> = {
  '1': { upc: '1', price: 5, size: 2, maker: 'ü' },
  '"2"': { upc: '"2"', price: 7, size: null, maker: null },
  '3': { upc: '3', price: 5, size: 2, maker: 'a\\b' },
};

/** Reviews know products by their key, the shop knows what stock requires of them. */
const subgraphs = {
  reviews: {
    typeDefs: `
      type Query { reviews: [Review]!  pinned: [Review] }
      type Review { product: Product }
      type Product @key(fields: "upc") { upc: ID! }
    `,
    resolvers: {
      Query: {
        reviews: () => [...reviewsOf(['3', '1', '"2"', '3', 'none']), null, { product: null }],
        pinned: () => reviewsOf(['"2"', '1', '1']),
      },
    },
  },
  shop: {
    typeDefs: `type Product @key(fields: "upc") { upc: ID!  price: Int!  size: Int  maker: String }`,
    resolvers: { Product: { __resolveReference: ({ upc }: any) => products[upc] ?? null } },
  },
  stock: {
    typeDefs: `
      type Product @key(fields: "upc") {
        upc: ID!  price: Int! @external  size: Int @external  maker: String @external
        weight: Int @requires(fields: "price size")
        origin: String @requires(fields: "maker")
        count: Int
      }
    `,
    resolvers: {
      Product: {
        weight: ({ price, size }: any) => price * (size ?? 100),
        origin: ({ upc, maker }: any) => `${maker} of ${upc}`,
        count: ({ upc }: any) => upc.length,
      },
    },
  },
};

function prepare(text: string) {
  let last: ReturnType<typeof compile> | undefined;
  const compiled = createInProcess(subgraphs, { compile: (parts) => (last = compile(parts)) });
  compiled.prepare(text);
  return { compiled, interpreted: createInProcess(subgraphs), source: (last as Compiled).source };
}

/** How many collectors do not walk the response. */
const derived = (source: string) => source.split('const moved =').length - 1;

describe('what an earlier part sent and was answered decides what a later one asks', () => {
  it.each([
    ['of the fields it requires', '{ reviews { product { weight } } }', 1],
    [
      'of several fields at several places',
      '{ reviews { product { weight } } pinned { product { weight } } }',
      1,
    ],
    ['of its key only', '{ reviews { product { size weight count } } }', 2],
    [
      'of text that needs escapes',
      '{ reviews { product { origin weight count } } pinned { product { origin } } }',
      3,
    ],
    ['of nothing, when it comes first', '{ reviews { product { size } } }', 0],
    [
      'of nothing, when that was asked elsewhere',
      '{ reviews { product { size } } pinned { product { count } } }',
      0,
    ],
  ])('%s', async (_name, text, count) => {
    const { compiled, interpreted, source } = prepare(text);
    const expected = await interpreted.run(text);
    const { data, errors } = await compiled.run(text);
    expect({ data, errors }).toEqual({ data: expected.data, errors: [] });
    expect(derived(source)).toBe(count);
  });

  it('of nothing where it was not answered: the interpreter takes over', async () => {
    const text = '{ reviews { product { weight count } } pinned { product { weight } } }';
    const { compiled, interpreted } = prepare(text);
    for (const world of [compiled, interpreted])
      world.answerWith(({ subgraph }) =>
        subgraph === 'shop' ? { data: null, errors: [{ message: 'No.' }] } : undefined,
      );
    const [expected, { data, errors }] = [await interpreted.run(text), await compiled.run(text)];
    expect({ data, errors }).toEqual({ data: expected.data, errors: expected.errors });
    expect(errors).not.toEqual([]);
    expect(compiled.sent.length).toBeLessThanOrEqual(3);
  });
});
