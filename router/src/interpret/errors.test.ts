import { beforeEach, describe, expect, it } from '@jest/globals';
import { createInProcess } from '../execution/testing/in-process.js';
import { catalogue, reviews } from './testing/shop.js';

const shop = createInProcess({ catalogue, reviews });
beforeEach(() => {
  shop.sent.length = 0;
  shop.answerWith(() => undefined);
});

describe('errors of the interpreter', () => {
  const run = async (text: string, forbid?: any) => {
    const { data, errors } = await shop.run(text, { forbid });
    return {
      data,
      errors: errors.map(({ path, message, extensions }) => [path?.join('.'), extensions?.code ?? message]),
    };
  };

  it('of an entity stand at every place that wanted it', async () => {
    expect(await run('{ products { id rating } same: product(id: "2") { rating } }')).toEqual({
      data: {
        products: [{ id: '1', rating: 4.5 }, null, { id: '2', rating: null }, { id: '1', rating: 4.5 }],
        same: { rating: null },
      },
      errors: [
        ['products.2.rating', 'No rating.'],
        ['same.rating', 'No rating.'],
      ],
    });
  });

  it('suppress the one for the null that they cause', async () => {
    const { data, errors } = await run('{ products { id stars } }');
    expect(data.products[2]).toBeNull();
    expect(errors).toEqual([['products.2.stars', expect.stringContaining('Cannot return null')]]);
  });

  it('of a subgraph without answer stand at each path that it should have filled, and nowhere else', async () => {
    shop.answerWith(({ subgraph }) =>
      subgraph === 'reviews'
        ? { errors: [{ message: 'down', extensions: { code: 'UNAVAILABLE' } }] }
        : undefined,
    );
    expect(
      await run('{ echo product(id: "1") { name rating size { width height } shipping } reviewed { id } }'),
    ).toEqual({
      data: null,
      errors: [
        ['product.rating', 'UNAVAILABLE'],
        ['product.size.height', 'UNAVAILABLE'],
        ['product.shipping', 'UNAVAILABLE'],
        ['reviewed', 'UNAVAILABLE'],
      ],
    });
  });

  it('are twenty at most for one request that is lost', async () => {
    shop.answerWith(({ subgraph }) => {
      if (subgraph === 'reviews') return { errors: [{ message: 'down' }] };
      return { data: { products: Array.from({ length: 50 }, (_, id) => ({ __typename: 'Product', id })) } };
    });
    const { data, errors } = await run('{ products { rating } }');
    expect(data.products).toHaveLength(50);
    expect(errors).toHaveLength(20);
  });

  it('say NOT_FOUND where an entity is unknown to the subgraph that should complete it', async () => {
    expect(
      await run('{ a: product(id: "unrated") { rating } b: product(id: "unrated") { name stars } }'),
    ).toEqual({
      data: { a: { rating: null }, b: null },
      errors: [['b.stars', 'NOT_FOUND']],
    });
  });

  it('of what was only fetched for another field do not tell its name', async () => {
    shop.answerWith(({ subgraph, query }) =>
      subgraph === 'catalogue' && query.includes('weight')
        ? {
            data: { product: { __typename: 'Product', id: '1', weight: null } },
            errors: [{ message: 'no scale', path: ['product', 'weight'] }],
          }
        : undefined,
    );
    expect(await run('{ product(id: "1") { shipping } }')).toEqual({
      data: { product: { shipping: null } },
      errors: [['product', 'no scale']],
    });
  });

  it('of a required field stand where it was required for', async () => {
    const chain = createInProcess({
      shelf: {
        typeDefs: 'type Query { items: [Item!]! } type Item @key(fields: "id") { id: ID! }',
        resolvers: { Query: { items: () => [{ id: '1' }, { id: '2' }] } },
      },
      scale: { typeDefs: 'type Item @key(fields: "id") { id: ID!  weight: Int }' },
      post: {
        typeDefs: `type Item @key(fields: "id") {
          id: ID!  weight: Int @external  postage: Int @requires(fields: "weight")
        }`,
      },
    });
    const down = { message: 'down', extensions: { code: 'UNAVAILABLE' } };
    chain.answerWith(({ subgraph }) => (subgraph === 'scale' ? { errors: [down] } : undefined));
    const { data, errors } = await chain.run('{ items { id postage } }');
    expect(data).toEqual({ items: ['1', '2'].map((id) => ({ id, postage: null })) });
    expect(errors).toEqual([0, 1].map((index) => ({ ...down, path: ['items', index, 'postage'] })));
    expect(chain.sent.map(({ subgraph }) => subgraph)).toEqual(['shelf', 'scale']);
  });

  it('stand where fields are forbidden, which are not fetched', async () => {
    const forbid = (name: string) => (name === 'echo' ? 'UNAUTHENTICATED' : undefined);
    expect(await run('{ echo x: echo product(id: "1") { id } }', forbid)).toEqual({
      data: { echo: null, x: null, product: { id: '1' } },
      errors: [
        ['echo', 'UNAUTHENTICATED'],
        ['x', 'UNAUTHENTICATED'],
      ],
    });
    expect(shop.sent[0]?.query).not.toContain('echo');
  });

  it('take the data with them where a forbidden field has no null', async () => {
    const { data, errors } = await run('{ top { id } echo }', () => 'FORBIDDEN');
    expect(data).toBeNull();
    expect(errors).toEqual([['top', 'FORBIDDEN']]);
  });

  const answers: [string, string, unknown, unknown, string | undefined][] = [
    ['null in a nullable field', 'name', null, { product: { name: null } }, undefined],
    ['a number for a String', 'name', 3, { product: { name: null } }, 'product.name'],
    ['a text for a Float', 'weight', '3', { product: { weight: null } }, 'product.weight'],
    ['a list for an object', 'brand{id}', [], { product: { brand: null } }, 'product.brand'],
    ['an object for a list', 'grid{value}', {}, { product: { grid: null } }, 'product.grid'],
    ['null in a list of lists', 'grid{value}', [null], { product: { grid: [null] } }, undefined],
    [
      'null in an inner list',
      'grid{value}',
      [[null], []],
      { product: { grid: [null, []] } },
      'product.grid.0.0',
    ],
    [
      'too large an Int',
      'grid{value}',
      [[{ value: 2 ** 31 }]],
      { product: { grid: [null] } },
      'product.grid.0.0.value',
    ],
    [
      'the smallest Int',
      'grid{value}',
      [[{ value: -(2 ** 31) }]],
      { product: { grid: [[{ value: -(2 ** 31) }]] } },
      undefined,
    ],
    [
      'a fraction for an Int',
      'grid{value}',
      [[{ value: 0.5 }]],
      { product: { grid: [null] } },
      'product.grid.0.0.value',
    ],
    ['a number for an ID', 'id', 7, { product: { id: '7' } }, undefined],
    ['a truth value for an ID', 'id', true, { product: null }, 'product.id'],
    ['null for an ID', 'id', null, { product: null }, 'product.id'],
    ['nothing at all', 'name', undefined, { product: { name: null } }, 'product.name'],
  ];
  it.each(answers)('answers %s', async (_case, selection, value, data, path) => {
    const name = selection.replace(/\{.*/, '');
    shop.answerWith(() => ({ data: { product: { [name]: value } } }));
    const result = await run(`{ product(id: "1") { ${selection} } }`);
    expect(result.data).toEqual(data);
    expect(result.errors.map(([at]) => at)).toEqual(path === undefined ? [] : [path]);
  });

  it('of a root field that a subgraph left out are errors, not nulls', async () => {
    shop.answerWith(() => ({ data: {} }));
    expect(await run('{ echo }')).toEqual({ data: { echo: null }, errors: [['echo', 'INTERNAL']] });
  });

  it('without a path keep their message', async () => {
    shop.answerWith(() => ({ data: { echo: null }, errors: [{ message: 'a' }] }));
    expect(await run('{ echo }')).toEqual({ data: { echo: null }, errors: [['echo', 'a']] });
    shop.answerWith(() => ({ data: { echo: 'x' }, errors: [{ message: 'a' }] }));
    expect(await run('{ echo }')).toEqual({ data: { echo: 'x' }, errors: [[undefined, 'a']] });
  });

  it('tell of an answer with too few entities', async () => {
    shop.answerWith(({ subgraph }) => (subgraph === 'reviews' ? { data: { _entities: [] } } : undefined));
    expect(await run('{ product(id: "1") { name rating } }')).toEqual({
      data: { product: { name: 'Product 1', rating: null } },
      errors: [['product.rating', 'UNAVAILABLE']],
    });
  });

  it('survive response names that objects have by nature', async () => {
    expect(
      await run('{ constructor: echo(text: "a") __proto__: echo(text: "b") toString: echo }'),
    ).toMatchObject({
      errors: [],
    });
    const { data } = await shop.run('{ __proto__: echo(text: "b") }');
    expect(JSON.stringify(data)).toBe('{"__proto__":"b"}');
  });
});
