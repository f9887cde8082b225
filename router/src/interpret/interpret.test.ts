import { beforeEach, describe, expect, it } from '@jest/globals';
import { createInProcess } from '../execution/testing/in-process.js';
import { catalogue, reviews } from './testing/shop.js';

const shop = createInProcess({ catalogue, reviews });
beforeEach(() => {
  shop.sent.length = 0;
  shop.answerWith(() => undefined);
});

describe('the interpreter', () => {
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
