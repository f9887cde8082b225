import { describe, expect, it } from '@jest/globals';
import { parse, print, stripIgnoredCharacters, type OperationDefinitionNode } from 'graphql';
import { createInProcess, type InProcess } from '../execution/testing/in-process.js';
import { plannerDocument } from './planner-document.js';
import type { Fetch } from './plan.js';
import { createShape } from './shape.js';

const shop = createInProcess({
  catalogue: {
    typeDefs: `
      type Query { product: Product  products: [Product!]!  first: Product }
      type Mutation { one: Product  three: Int }
      type Subscription { changed: Product }
      type Product @key(fields: "id") @key(fields: "code") {
        id: ID!
        code: String!
        name: String
        maker: Maker
        price(currency: String): Float
        size(unit: String): Size
      }
      type Size { width(round: Boolean): Int  height: Int }
      type Maker @key(fields: "id") { id: ID! }`,
  },
  stock: {
    typeDefs: `
      type Query { stocked: [Product!]! }
      type Mutation { two: Int }
      type Product @key(fields: "id") {
        id: ID!
        count: Int!
        price(currency: String): Float @external
        size(unit: String): Size @external
        dollars: Float @requires(fields: "price(currency: \\"USD\\")")
        euros: Float @requires(fields: "price(currency: \\"EUR\\")")
        plain: Float @requires(fields: "price")
        volume: Float @requires(fields: "size(unit: \\"m\\") { width(round: true) height }")
      }
      type Size @external { width(round: Boolean): Int  height: Int }`,
  },
  makers: {
    typeDefs: `type Maker @key(fields: "id") { id: ID!  title: String  country: String @shareable }`,
  },
});

const plan = (text: string) => shop.prepare(text).plan.fetches;
const textOf = ({ document }: Fetch) => stripIgnoredCharacters(print(document));
const summary = (fetches: readonly Fetch[]) =>
  fetches.map(({ subgraph, path, waitsFor }) => [subgraph, path.join('.'), waitsFor]);

describe('a plan', () => {
  it('lets a fetch wait for those only that supply what it needs', () => {
    const fetches = plan('{ product { name maker { title } count } stocked { count name } }');
    expect(summary(fetches).sort()).toEqual(
      [
        ['catalogue', '', []],
        ['stock', '', []],
        ['makers', 'product.maker', [fetches.findIndex((one) => one.subgraph === 'catalogue')]],
        ['stock', 'product', [fetches.findIndex((one) => one.subgraph === 'catalogue')]],
        ['catalogue', 'stocked.@', [fetches.findIndex((one) => one.subgraph === 'stock' && !one.requires)]],
      ].sort(),
    );
  });

  it('keeps mutations in their order', () => {
    expect(summary(plan('mutation { one { name count } two three }'))).toEqual([
      ['catalogue', '', []],
      ['stock', 'one', [0]],
      ['stock', '', [0, 1]],
      ['catalogue', '', [0, 1, 2]],
    ]);
  });

  it('of a subscription begins with what is subscribed', () => {
    expect(summary(plan('subscription { changed { name count } }'))).toEqual([
      ['catalogue', '', []],
      ['stock', 'changed', [0]],
    ]);
  });

  it('numbers fetches by their place', () => {
    const fetches = plan('{ products { dollars euros plain count maker { title } } }');
    expect(fetches.map(({ id }) => id)).toEqual(fetches.map((_, index) => index));
    for (const { id, waitsFor } of fetches) for (const other of waitsFor) expect(other).toBeLessThan(id);
  });

  it('tells what a subgraph has no null for', () => {
    const [, fetch] = plan('{ product { count } }');
    expect(fetch?.requires).toEqual([
      {
        kind: 'InlineFragment',
        typeCondition: 'Product',
        selections: [
          { kind: 'Field', name: '__typename', isNonNull: true },
          { kind: 'Field', name: 'id', isNonNull: true },
        ],
      },
    ]);
  });

  it('fetches nothing for what is answered locally', () => {
    expect(
      plan(
        '{ __typename a: __typename __schema { queryType { name } } ...F } fragment F on Query { __typename }',
      ),
    ).toEqual([]);
  });

  it('gives only the variables that a fetch uses', () => {
    const fetches = shop.prepare(
      'query ($a: String, $b: Boolean!) { product { price(currency: $a) count @include(if: $b) } }',
      { variables: { a: 'EUR', b: true } },
    ).plan.fetches;
    expect(fetches.map(({ variables }) => variables)).toEqual([['a'], []]);
  });
});

describe('a variable named representations', () => {
  it('is refused in one line', () => {
    const text = 'query ($representations: String) { product { price(currency: $representations) } }';
    expect(() => plan(text)).toThrow(/^The variable "representations" has the name .*rename it\.$/);
  });
});

describe('a field required with arguments', () => {
  it('is fetched beside what the client asks of the same field', () => {
    const [first, second] = plan('{ product { price(currency: "EUR") dollars } }');
    expect(textOf(first!)).toMatch(/price\(currency:"EUR"\).*(_required_\d+_price):price\(currency:"USD"\)/);
    const alias = /(_required_\d+_price)/.exec(textOf(first!))?.[1];
    expect(second?.requires?.[0]?.selections).toContainEqual({ kind: 'Field', name: 'price', alias });
  });

  it('splits the fetch that would have to tell it twice', () => {
    const [, ...others] = plan('{ product { dollars euros plain count } }');
    expect(others.map(textOf).map((text) => /on Product\{(.*)\}\}\}/.exec(text)?.[1])).toEqual([
      expect.stringContaining('dollars'),
      expect.any(String),
      expect.any(String),
    ]);
    const told = others.map(({ requires }) => JSON.stringify(requires).match(/"name":"price"/g)?.length);
    expect(told).toEqual([1, 1, 1]);
  });

  it('may stand inside another', () => {
    const [first, second] = plan('{ product { volume size(unit: "km") { width } } }');
    expect(textOf(first!)).toMatch(/_required_\d+_size:size\(unit:"m"\)\{/);
    expect(textOf(first!)).toMatch(/_required_\d+_width:width\(round:true\)/);
    expect(JSON.stringify(second?.requires)).toContain('"name":"width"');
  });

  it('is no part of the API', () => {
    const { apiSchema, sourceSchema } = shop.engine.supergraph;
    for (const schema of [apiSchema, sourceSchema]) {
      const names = Object.keys((schema.getType('Product') as any).getFields());
      expect(names.filter((name) => name.startsWith('_'))).toEqual([]);
    }
  });
});

describe('an alias', () => {
  it.each([
    ['{ product { id: name count } }', '_alias_id:name'],
    ['{ product { __typename: name count } }', '_alias___typename:name'],
    ['{ product { title: name count } }', 'title:name'],
    ['{ product { _alias_id: name count } }', '_alias__alias_id:name'],
  ])('in %s is fetched apart from keys', (text, fetched) => {
    expect(textOf(plan(text)[0]!)).toContain(fetched);
  });
});

describe('the document for the planner', () => {
  const cases: [string, Record<string, unknown>, string | undefined][] = [
    ['{ a @skip(if: true) b }', {}, '{b}'],
    ['{ a @include(if: false) }', {}, undefined],
    ['query ($x: Boolean!) { a @skip(if: $x) @include(if: true) b }', { x: false }, '{a b}'],
    ['query ($x: Boolean!) { a @skip(if: $x) @include(if: $x) b }', { x: false }, '{b}'],
    ['query ($x: Boolean!) { a(n: 1) { b @skip(if: $x) } }', { x: true }, '{a(n:1){__typename}}'],
    ['query ($x: Boolean!, $n: Int) { a(n: $n) @skip(if: $x) b }', { x: true }, '{b}'],
    ['query ($x: Boolean!, $n: Int) { a(n: $n) @skip(if: $x) b }', { x: false }, 'query($n:Int){a(n:$n)b}'],
    ['query ($x: Boolean!) { ... @include(if: $x) { a } b }', { x: false }, '{b}'],
    ['query ($x: Boolean!) { ...F @include(if: $x) b } fragment F on Query { a }', { x: false }, '{b}'],
    [
      'query ($x: Boolean!) { ...F @include(if: $x) b } fragment F on Query { a }',
      { x: true },
      '{...F b}fragment F on Query{a}',
    ],
    ['query ($x: Boolean!) { ...F b } fragment F on Query { a @skip(if: $x) }', { x: true }, '{b}'],
    [
      '{ ...F b } fragment F on Query { __typename ...G } fragment G on Query { __schema { types { name } } }',
      {},
      '{b}',
    ],
    ['{ a @custom { b } }', {}, '{a@custom{b}}'],
    [
      'subscription ($x: Boolean!) { a @include(if: $x) { b c @skip(if: $x) } }',
      { x: true },
      'subscription{a{b}}',
    ],
  ];
  it.each(cases)('of %s with %j', (text, conditionValues, expected) => {
    const { definitions } = parse(text);
    const document = plannerDocument({
      definition: definitions[0] as OperationDefinitionNode,
      fragments: new Map(definitions.slice(1).map((node: any) => [node.name.value, node])),
      conditionValues,
      rootTypeName: 'Query',
      neededNames: new Set(),
    });
    expect(document && stripIgnoredCharacters(print(document))).toBe(expected);
  });
});

describe('the shape of a response', () => {
  const names = (text: string, ...path: string[]): string[] => {
    const executed = shapeOf(shop, text);
    let type: any = executed.rootType;
    let selections = executed.root;
    for (const name of path) {
      const field = selections.fieldsOf(type).find(({ responseName }) => responseName === name)!;
      type = shop.engine.supergraph.apiSchema.getType(String(field.type).replace(/[[\]!]/g, ''));
      selections = field.selections!;
    }
    return selections.fieldsOf(type).map(({ responseName }) => responseName);
  };

  it('merges the selections of equal fields, in the order of their first appearance', () => {
    const text =
      '{ product { id maker { id } } ...F } fragment F on Query { product { maker { title } name id } first { id } }';
    expect(names(text)).toEqual(['product', 'first']);
    expect(names(text, 'product')).toEqual(['id', 'maker', 'name']);
    expect(names(text, 'product', 'maker')).toEqual(['id', 'title']);
  });

  it('is computed once for each place and type', () => {
    const { root, rootType } = shapeOf(shop, '{ product { id } }');
    expect(root.fieldsOf(rootType)).toBe(root.fieldsOf(rootType));
  });
});

function shapeOf({ engine }: InProcess, text: string) {
  const { definitions } = parse(text);
  return createShape({
    schema: engine.supergraph.apiSchema,
    definition: definitions[0] as OperationDefinitionNode,
    fragments: new Map(definitions.slice(1).map((node: any) => [node.name.value, node])),
    conditionValues: {},
    neededNames: engine.supergraph.neededNames,
  });
}
