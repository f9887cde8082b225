import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import { buildASTSchema, buildSchema, Kind, parse, validate, type FragmentDefinitionNode } from 'graphql';
import type { Selected } from '../../access/authorize/authorization.js';
import { createCosts } from './cost.js';
import { createLimitCost, type LimitCostParts } from './limit-cost.js';
import { mostCost } from './sum.js';

const types = `
  interface Node { id: ID! dear: Int @cost(weight: 5) }
  type User implements Node {
    id: ID!
    dear: Int
    name: String
    avatar: Image
    score: Score
    tags: [String] @listSize(assumedSize: 1000)
    matrix: [[User]]
    friends(first: Int, last: Int): [User] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
    posts(first: Int = 5): PostConnection
      @listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])
    cheapest: [User] @listSize(assumedSize: 3)
    paged(input: Page): [User] @listSize(slicingArguments: ["input.first"])
  }
  type Image @cost(weight: 7) { url: String }
  type PostConnection { edges: [PostEdge] nodes: [Post] total: Int }
  type PostEdge { node: Post }
  type Post implements Node { id: ID! dear: Int @cost(weight: 9) author: User text: String @cost(weight: 2) }
  union Found = User | Post | Image
  scalar Score @cost(weight: 3)
  input Page { first: Int filter: Filter = {} }
  input Filter @cost(weight: 100) { word: String @cost(weight: 4) and: [Filter] }
  enum Order @cost(weight: 6) { ASC DESC }
  type Query {
    me: User
    count: Int
    users: [User]
    node: Node
    found: Found
    search(word: String @cost(weight: 20), filter: Filter, order: Order): User
    strict(first: Int, last: Int): [User] @listSize(slicingArguments: ["first", "last"])
  }
  type Mutation { enter(filter: Filter): User }
  directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR | INPUT_OBJECT
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
`;
const link = `extend schema @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"])`;
const apiSchema = buildSchema(types);
const costs = createCosts({
  sourceSchema: buildASTSchema(parse(types + link), { assumeValidSDL: true }),
  apiSchema,
  listSize: 10,
});

function selected(text: string): Selected {
  const document = parse(text);
  expect(validate(apiSchema, document)).toEqual([]);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const definition = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!;
  return { definition, fragments };
}
const estimate = (text: string, variables = {}) => costs.of(selected(text)).estimate(variables);

describe('estimated cost', () => {
  const cases: [string, string, Record<string, unknown>, number][] = [
    ['leaves are free', '{ count }', {}, 0],
    ['introspection is free', '{ __typename __schema { types { name } } }', {}, 0],
    ['an object is 1', '{ me { name } }', {}, 1],
    ['by every alias again', '{ a: me { name } b: me { name } }', {}, 2],
    ['an object with @cost', '{ me { avatar { url } } }', {}, 8],
    ['a scalar with @cost', '{ me { score } }', {}, 4],
    ['a mutation is 10 more', 'mutation { enter { name } }', {}, 11],
    ['a list of unknown size', '{ users { name } }', {}, 10],
    ['a list of lists', '{ me { matrix { name } } }', {}, 101],
    ['a list of assumed size', '{ me { cheapest { avatar { url } } } }', {}, 1 + 3 * 8],
    ['a list of free leaves', '{ me { tags } }', {}, 1],
    ['lists in lists multiply', '{ users { cheapest { name } } }', {}, 10 * (1 + 3)],
    ['a slicing argument', '{ me { friends(first: 4) { name } } }', {}, 5],
    ['the larger of two', '{ me { friends(first: 4, last: 6) { name } } }', {}, 7],
    ['a slicing argument by variable', 'query ($n: Int) { me { friends(first: $n) { name } } }', { n: 3 }, 4],
    ['by variable, not given', 'query ($n: Int) { me { friends(first: $n) { name } } }', {}, 11],
    ['a slicing argument of nothing', '{ me { friends(first: 0) { avatar { url } } } }', {}, 1],
    ['a negative one', '{ me { friends(first: -5) { name } } }', {}, 1],
    ['no slicing argument, no assumed size', '{ me { friends { name } } }', {}, 11],
    ['a slicing argument in an input', '{ me { paged(input: { first: 2 }) { name } } }', {}, 1 + 1 + 2],
    [
      'in an input, by variable',
      'query ($n: Int) { me { paged(input: { first: $n }) { name } } }',
      { n: 2 },
      4,
    ],
    ['sized fields', '{ me { posts(first: 2) { edges { node { id } } total } } }', {}, 1 + 1 + 2 * 2],
    [
      'several sized fields',
      '{ me { posts(first: 2) { edges { node { id } } nodes { id } } } }',
      {},
      2 + 4 + 2,
    ],
    ['sized by the default of the argument', '{ me { posts { nodes { id } } } }', {}, 1 + 1 + 5],
    [
      'sized fields in a fragment',
      '{ me { posts(first: 3) { ...P } } } fragment P on PostConnection { nodes { id } }',
      {},
      5,
    ],
    [
      'one fragment, sized twice',
      '{ me { a: posts(first: 3) { ...P } b: posts(first: 4) { ...P } } } fragment P on PostConnection { nodes { id } }',
      {},
      1 + 4 + 5,
    ],
    ['an interface: the dearest of its types', '{ node { dear } }', {}, 1 + 9],
    ['a field of an object goes by that of its interface', '{ me { dear } }', {}, 1 + 5],
    ['a union: the dearest of its types', '{ found { ... on User { name } ... on Post { text } } }', {}, 7],
    ['a union: what is asked of it', '{ found { ... on User { score dear } ... on Post { id } } }', {}, 9],
    [
      'nested type conditions',
      '{ node { ... on Node { ... on User { avatar { url } } ... on Post { id } } } }',
      {},
      8,
    ],
    ['a skipped field', '{ me @skip(if: true) { name } count }', {}, 0],
    ['a field skipped by variable', 'query ($s: Boolean!) { me @skip(if: $s) { name } }', { s: true }, 0],
    [
      'a field included by variable',
      'query ($i: Boolean!) { me @include(if: $i) { name } users { ...F @skip(if: $i) } } fragment F on User { avatar { url } }',
      { i: true },
      1 + 10,
    ],
    ['an argument with @cost', '{ search(word: "a") { name } }', {}, 21],
    ['an argument that is not given', '{ search { name } }', {}, 1],
    ['an enum with @cost', '{ search(order: ASC) { name } }', {}, 7],
    [
      'an input object is 1, its fields with @cost',
      '{ search(filter: { word: "a" }) { name } }',
      {},
      1 + 1 + 4,
    ],
    [
      'input objects in lists',
      '{ search(filter: { and: [{ word: "a" }, { word: "b" }] }) { name } }',
      {},
      1 + 1 + 2 * 5,
    ],
    [
      'input objects by variable',
      'query ($f: Filter) { search(filter: $f) { name } }',
      { f: { word: 'a', and: [{}] } },
      1 + 1 + 4 + 1,
    ],
  ];
  it.each(cases)('%s', (_name, text, variables, cost) => {
    expect(estimate(text, variables).cost).toBe(cost);
  });

  it('saturates', () => {
    const deep = (levels: number): string =>
      levels === 0 ? 'name' : `friends(first: 2000000000) { ${deep(levels - 1)} }`;
    expect(estimate(`{ me { ${deep(40)} } }`).cost).toBe(mostCost);
    expect(estimate('query ($n: Int) { me { friends(first: $n) { name } } }', { n: Infinity }).cost).toBe(
      mostCost,
    );
  });

  it('is found in no time for fragments that spread each other', () => {
    const levels = 60;
    const body = (n: number) =>
      `a: friends(first: $n) { ...F${n + 1} } b: friends(first: 1) { ...F${n + 1} ...F${n + 1} }`;
    const bomb = Array.from({ length: levels }, (_, n) => `fragment F${n} on User { ${body(n)} }`).join(' ');
    const text = `query ($n: Int) { me { ...F0 } } ${bomb} fragment F${levels} on User { name }`;
    expect(estimate(text, { n: 1 }).cost).toBe(mostCost);
    expect(estimate(text, { n: 0 }).cost).toBeGreaterThan(2 ** 5);
  });

  it('is found in no time where every spread has another size', () => {
    const levels = 40;
    const body = (n: number) => `a: posts(first: $n) { ...F${n + 1} } b: posts(first: 1) { ...F${n + 1} }`;
    const bomb = Array.from(
      { length: levels },
      (_, n) => `fragment F${n} on PostConnection { nodes { author { ${body(n)} } } }`,
    ).join(' ');
    const text = `query ($n: Int) { me { posts { ...F0 } } } ${bomb} fragment F${levels} on PostConnection { total }`;
    expect(estimate(text, { n: 2 }).cost).toBe(mostCost);
  });
});

describe('weights for the actual cost', () => {
  it.each([
    ['User', 'name', 0],
    ['User', 'avatar', 0],
    ['User', 'score', 3],
    ['User', 'dear', 5],
    ['Post', 'dear', 9],
    ['Post', 'text', 2],
  ])('of %s.%s', (type, field, weight) => {
    expect(costs.weights.field(type, field)).toBe(weight);
  });

  it.each([
    ['User', 1],
    ['Image', 7],
  ])('of %s', (type, weight) => {
    expect(costs.weights.type(type)).toBe(weight);
  });

  it('are the defaults without a link', () => {
    const plain = createCosts({ sourceSchema: apiSchema, apiSchema, listSize: 10 });
    expect([plain.weights.type('Image'), plain.weights.field('Post', 'text')]).toEqual([1, 0]);
  });
});

describe('limits', () => {
  const lines: string[] = [];
  const log = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  const limit = (text: string, settings: Partial<LimitCostParts['settings']>, variables = {}) => {
    const exceeded: string[] = [];
    const observe = {
      exceeded: (name: string, mode: string) => void exceeded.push(`${name} ${mode}`),
      cost: () => undefined,
    };
    const off = { most: Infinity, mode: 'off' } as const;
    const limitCost = createLimitCost({
      settings: { MAX_COST: off, MAX_LIST_SIZE: off, ...settings },
      observe,
    });
    lines.length = 0;
    try {
      const cost = limitCost(costs.of(selected(text)), variables, { log });
      return { cost, exceeded, logged: lines.length };
    } catch (error: any) {
      return { status: error.status, ...error.extensions, exceeded };
    }
  };
  const dear = '{ users { name } }';

  it('refuse what is too dear, with estimate and limit', () => {
    expect(limit(dear, { MAX_COST: { most: 9, mode: 'enforce' } })).toEqual({
      status: 400,
      code: 'COST_ESTIMATED_TOO_EXPENSIVE',
      cost: { estimated: 10, max: 9 },
      exceeded: ['cost enforce'],
    });
    expect(limit(dear, { MAX_COST: { most: 10, mode: 'enforce' } })).toMatchObject({
      cost: 10,
      exceeded: [],
    });
  });

  it('only tell where they are measured', () => {
    expect(limit(dear, { MAX_COST: { most: 9, mode: 'measure' } })).toEqual({
      cost: 10,
      exceeded: ['cost measure'],
      logged: 1,
    });
    expect(limit(dear, {})).toEqual({ cost: 10, exceeded: [], logged: 0 });
  });

  it.each([
    ['of objects', 'query ($n: Int) { me { friends(last: $n) { name } } }'],
    ['that are sized and not selected', 'query ($n: Int) { me { posts(first: $n) { total } } }'],
    ['in an input', 'query ($n: Int) { me { paged(input: { first: $n }) { name } } }'],
  ])('refuse lists that are too long, %s', (_name, text) => {
    const settings = { MAX_LIST_SIZE: { most: 100, mode: 'enforce' } as const };
    expect(limit(text, settings, { n: 100 })).toMatchObject({ exceeded: [] });
    expect(limit(text, settings, { n: 101 })).toMatchObject({
      status: 400,
      code: 'LIST_TOO_LONG',
      allowed: 100,
      actual: 101,
    });
  });

  it.each([
    ['none', '{ strict { name } }', false],
    ['one', '{ strict(first: 1) { name } }', true],
    ['null', '{ strict(first: null) { name } }', false],
    ['both', '{ strict(first: 1, last: 1) { name } }', false],
    ['a default', '{ me { posts { total } } }', true],
  ])('refuse, where one slicing argument is wanted: %s', (_name, text, isGood) => {
    const answer = limit(text, { MAX_COST: { most: 1_000, mode: 'enforce' } });
    expect(answer).toMatchObject(
      isGood ? { exceeded: [] } : { status: 400, code: 'COST_QUERY_PARSE_FAILURE' },
    );
  });
});
