import { beforeEach, describe, expect, it } from '@jest/globals';
import { createInProcess, type InProcess } from '../execution/testing/in-process.js';

const catalogue = {
  typeDefs: `
    type Query {
      product(id: ID!): Product
      products: [Product]!
      search: [Found!]!
      node: Node
      top: Product!
      echo(text: String): String
    }
    type Mutation { rename(id: ID!, name: String!): Product  fail: String }
    type Subscription { renamed: Product }
    union Found = Product | Brand
    interface Node { id: ID! }
    type Product implements Node @key(fields: "id") {
      id: ID!
      name: String
      brand: Brand
      size: Size @shareable
      grid: [[Cell!]]
      weight: Float
    }
    type Cell { value: Int! }
    type Brand implements Node @key(fields: "id") { id: ID!  title: String! }
    type Size @shareable { width: Int }
    type Secret implements Node @inaccessible { id: ID! }
  `,
  resolvers: {
    Query: {
      product: (_: unknown, { id }: any) => (id === 'none' ? null : product(id)),
      products: () => [product('1'), null, product('2'), product('1')],
      search: () => [
        { __typename: 'Product', ...product('1') },
        { __typename: 'Brand', id: 'b', title: 'Brand b' },
      ],
      node: () => ({ __typename: 'Secret', id: 's' }),
      top: () => product('top'),
      echo: (_: unknown, { text }: any) => text ?? 'nothing',
    },
    Mutation: {
      rename: (_: unknown, { id, name }: any) => ({ ...product(id), name }),
      fail: () => {
        throw new Error('It did not work.');
      },
    },
    Product: { __resolveReference: ({ id }: any) => product(id) },
  },
};

const product = (id: string): any => ({
  id,
  name: `Product ${id}`,
  brand: { id: 'b', title: 'Brand b' },
  size: { width: 3 },
  grid: [[{ value: 1 }], null, []],
  weight: 2.5,
});

const reviews = {
  typeDefs: `
    type Query { reviewed: [Product!]! }
    type Product @key(fields: "id") {
      id: ID!
      rating: Float
      stars: Int!
      size: Size @shareable
      reviews: [Review!]!
      weight: Float @external
      shipping: Float @requires(fields: "weight")
    }
    type Size @shareable { height: Int }
    type Review { text: String!  product: Product! }
  `,
  resolvers: {
    Query: { reviewed: () => [{ id: '1' }] },
    Product: {
      __resolveReference: (reference: any) => (reference.id === 'unrated' ? null : reference),
      rating: ({ id }: any) => {
        if (id === '2') throw new Error('No rating.');
        return 4.5;
      },
      stars: ({ id }: any) => (id === '2' ? null : 4),
      size: () => ({ height: 5 }),
      reviews: ({ id }: any) => [{ text: 'good', product: { id } }],
      shipping: ({ weight }: any) => (weight === null ? null : weight * 2),
    },
  },
};

describe('the interpreter', () => {
  let shop: InProcess;
  beforeEach(() => {
    shop = createInProcess({ catalogue, reviews });
  });

  it('joins what several subgraphs know, and asks for each entity once', async () => {
    const { data, errors } = await shop.run('{ products { name shipping reviews { product { name } } } }');
    expect(errors).toEqual([]);
    const one = (id: string) => ({
      name: `Product ${id}`,
      shipping: 5,
      reviews: [{ product: { name: `Product ${id}` } }],
    });
    expect(data).toEqual({ products: [one('1'), null, one('2'), one('1')] });
    const asked = shop.sent.map(({ variables }) => variables.representations?.length);
    expect(asked).toEqual([undefined, 2, 2]);
  });

  it('merges value types that two subgraphs answer in part', async () => {
    const { data } = await shop.run('{ product(id: "1") { size { width height } } }');
    expect(data).toEqual({ product: { size: { width: 3, height: 5 } } });
  });

  it('keeps the order of the operation, with aliases and merged fragments', async () => {
    const { data } = await shop.run(
      `{ product(id: "1") { b: name ...F a: __typename brand { title } } } fragment F on Product { brand { id } name }`,
    );
    expect(JSON.stringify(data)).toBe(
      '{"product":{"b":"Product 1","brand":{"id":"b","title":"Brand b"},"name":"Product 1","a":"Product"}}',
    );
  });

  it('completes abstract types by their type name', async () => {
    const { data } = await shop.run(
      '{ search { ... on Node { id } ... on Product { rating } ... on Brand { title } __typename } }',
    );
    expect(data).toEqual({
      search: [
        { id: '1', rating: 4.5, __typename: 'Product' },
        { id: 'b', title: 'Brand b', __typename: 'Brand' },
      ],
    });
  });

  it('does not show a type that is not part of the API', async () => {
    const { data, errors } = await shop.run('{ node { id } }');
    expect(data).toEqual({ node: null });
    expect(errors).toEqual([expect.objectContaining({ path: ['node'] })]);
    expect(JSON.stringify(errors)).not.toContain('Secret');
  });

  it('answers introspection and type names of the root without any subgraph', async () => {
    const { data } = await shop.run(
      'query ($deep: Boolean!, $name: String!) { kind: __typename __type(name: $name) { name ...F } __schema { queryType { name } } } fragment F on __Type { kind @include(if: $deep) }',
      { variables: { deep: false, name: 'Brand' } },
    );
    expect(data).toEqual({
      kind: 'Query',
      __type: { name: 'Brand' },
      __schema: { queryType: { name: 'Query' } },
    });
    expect(shop.sent).toEqual([]);
  });

  it('leaves out what conditions exclude, and does not fetch it', async () => {
    const text = `query ($yes: Boolean!, $no: Boolean = false, $text: String) {
      echo(text: $text) @skip(if: $yes)
      product(id: "1") { rating @include(if: $no) ...F @skip(if: $yes) ... @include(if: $yes) { name } brand { title @skip(if: $yes) } }
    } fragment F on Product { reviews { text } }`;
    const { data } = await shop.run(text, { variables: { yes: true, text: 'x' } });
    expect(data).toEqual({ product: { name: 'Product 1', brand: {} } });
    expect(shop.sent).toHaveLength(1);
    expect(shop.sent[0]?.variables).toEqual({});
  });

  it('answers an operation of which nothing is left', async () => {
    expect(await shop.run('{ echo @skip(if: true) }')).toMatchObject({ data: {}, errors: [] });
    expect(shop.sent).toEqual([]);
  });

  it('runs mutations in their order, past one that fails', async () => {
    const { data, errors } = await shop.run(
      'mutation { a: rename(id: "1", name: "A") { name } fail b: rename(id: "2", name: "B") { name shipping } }',
    );
    expect(data).toEqual({ a: { name: 'A' }, fail: null, b: { name: 'B', shipping: 5 } });
    expect(errors).toEqual([expect.objectContaining({ message: 'It did not work.', path: ['fail'] })]);
    expect(shop.sent.map(({ kind }) => kind)).toEqual(['mutation', 'query']);
  });

  it('takes the event of a subscription for the answer of its first fetch', async () => {
    const event = { data: { renamed: { __typename: 'Product', id: '1', name: 'new', weight: 1 } } };
    const { data } = await shop.run('subscription { renamed { name shipping } }', { event });
    expect(data).toEqual({ renamed: { name: 'new', shipping: 2 } });
    expect(shop.sent.map(({ subgraph }) => subgraph)).toEqual(['reviews']);
  });

  it('counts what the response costs', async () => {
    const weights = { field: (_: string, name: string) => (name === 'name' ? 10 : 0), type: () => 1 };
    const weighing = createInProcess({ catalogue, reviews }, { weights });
    const { cost } = await weighing.run('{ products { name brand { title } } }');
    expect(cost).toBe(3 * 10 + 6);
  });
});

describe('arguments from a context', () => {
  it('are the values of what holds the object, asked for once for each value', async () => {
    const currency = (of: string) => ({
      id: of,
      currency: of,
      prices: [{ id: '1' }, { id: of }],
      box: { price: { id: '1' } },
    });
    const shops = createInProcess({
      a: {
        typeDefs: `
          type Query { shops: [Shop!]! }
          type Shop @key(fields: "id") @context(name: "shop") { id: ID!  currency: String!  prices: [Price!]!  box: Box }
          type Box { price: Price }
          type Price @key(fields: "id") {
            id: ID!
            text(currency: String @fromContext(field: "$shop { currency }")): String
          }`,
        resolvers: {
          Query: { shops: () => ['EUR', 'USD', 'EUR'].map(currency) },
          Price: {
            __resolveReference: (reference: unknown) => reference,
            text: ({ id }: any, given: any) => `${id} ${given.currency}`,
          },
        },
      },
      b: { typeDefs: 'type Price @key(fields: "id") { id: ID!  rounded: Int }' },
    });
    const { data, errors } = await shops.run('{ shops { prices { text } box { price { text } } } }');
    expect(errors).toEqual([]);
    const shop = (of: string) => ({
      prices: [{ text: `1 ${of}` }, { text: `${of} ${of}` }],
      box: { price: { text: `1 ${of}` } },
    });
    expect(data).toEqual({ shops: [shop('EUR'), shop('USD'), shop('EUR')] });
    expect(shops.sent.filter(({ variables }) => variables.representations)).toHaveLength(4);
    const price: any = shops.engine.supergraph.apiSchema.getType('Price');
    expect(price.getFields().text.args).toEqual([]);
  });
});

describe('errors of the interpreter', () => {
  let shop: InProcess;
  beforeEach(() => {
    shop = createInProcess({ catalogue, reviews });
  });
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
