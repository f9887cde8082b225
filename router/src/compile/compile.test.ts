import { createLogger } from '@diaspora/kit/core';
import { describe, expect, it } from '@jest/globals';
import { createContext } from '../context.js';
import { createInProcess, type RunOptions, type SentRequest } from '../execution/testing/in-process.js';
import type { ExecutableParts } from '../execution/executable.js';
import { compile, type Compiled } from './index.js';
import { shop } from './testing/shop.js';

type Result = Compiled | { readonly declined: string };

function createPair() {
  let last: Result | undefined;
  const compiled = createInProcess(shop, {
    compile: (parts: ExecutableParts) => (last = compile(parts)),
  });
  return { compiled, interpreted: createInProcess(shop), result: () => last! };
}

const pair = createPair();
const log = createLogger({ name: 'test', level: 'silent' });
const compiledOf = (text: string, options?: RunOptions): Compiled => {
  pair.compiled.prepare(text, options);
  const result = pair.result();
  if ('declined' in result) throw new Error(result.declined);
  return result;
};

const operations: readonly (readonly [name: string, text: string, variables?: Record<string, unknown>])[] = [
  ['leaves of one subgraph', '{ me { id name rank } }'],
  ['an entity of two subgraphs', '{ users { name reviews { id body } } }'],
  ['aliases', '{ a: me { b: name } c: user(id: "u1") { b: id } }'],
  ['nothing but __typename', '{ __typename }'],
  ['__typename everywhere', '{ __typename me { __typename t: __typename } search { __typename } }'],
  ['an interface', '{ top { upc name ... on Book { pages } ... on Lamp { watts } } }'],
  ['an interface whose fields are elsewhere', '{ top { upc reviews { id } } }'],
  [
    'a union with nulls',
    '{ search { ... on Note { text } ... on Book { name inStock } ... on Lamp { inStock } } }',
  ],
  ['fields of one name and several types', '{ search { ... on Book { rank: name } ... on Note { rank } } }'],
  ['lists of lists', '{ latest { grid { value } } }'],
  ['an entity that is null', '{ latest { id about { upc ... on Book { inStock } } } }'],
  ['what is provided', '{ latest { author { name } } }'],
  ['what is required of nested objects', '{ top { ... on Book { shipping } } }'],
  ['value objects of two subgraphs', '{ top { ... on Book { box { colour depth } } } }'],
  ['custom scalars', '{ top { ... on Lamp { anything } } }'],
  ['variables', 'query($l: [Int], $t: String) { echo(list: $l, text: $t) }', { l: [1, null], t: 'ü"' }],
  ['variables not given', 'query($l: [Int], $t: String = "x") { echo(list: $l, text: $t) }'],
  ['roots of several subgraphs', '{ me { id } top { upc } latest { id } }'],
  [
    'entities in entities',
    '{ users { reviews { about { ... on Book { inStock reviews { author { rank } } } } } } }',
  ],
  [
    'types in lists that differ',
    '{ top { ... on Book { related { name ... on Lamp { inStock } } } reviews { id } } }',
  ],
  [
    'mutations in order',
    'mutation { a: rename(id: "u1", name: "x") { name reviews { id } } b: rename(id: "u3", name: "y") { name } }',
  ],
  [
    'fragments',
    '{ me { ...F } user(id: "u3") { ...F ...G } } fragment F on User { name ...G } fragment G on User { rank }',
  ],
  [
    'conditions',
    'query($no: Boolean!) { me { id name @skip(if: $no) rank @include(if: $no) } }',
    { no: true },
  ],
  ['no such object', '{ user(id: "none") { name reviews { id } } }'],
];

describe('a compiled operation answers as the interpreter does', () => {
  it.each(operations)('%s', async (_name, text, variables = {}) => {
    const expected = await pair.interpreted.run(text, { variables });
    expect(compiledOf(text, { variables }).source).toContain('function write');
    expect(expected.errors).toEqual([]);
    const { data, errors } = await pair.compiled.run(text, { variables });
    expect({ data, errors }).toEqual({ data: expected.data, errors: [] });
  });

  it('for plain answers too, without asking what they hold of each string', async () => {
    const world = createInProcess(shop, { compile });
    world.answerWith(() => ({ data: { me: { id: 'u1', name: 'Ada', rank: 'GOLD' } }, isPlain: true }));
    const executable = world.prepare('{ me { id name rank } }');
    const result = await executable.execute({ variables: {}, context: createContext({ log }) });
    expect(result).toMatchObject({ data: '{"me":{"id":"u1","name":"Ada","rank":"GOLD"}}', isAscii: true });
  });

  it('writes the fields in the order of the operation', async () => {
    const executable = pair.compiled.prepare('{ top { price __typename upc } }');
    const { data } = await executable.execute({ variables: {}, context: createContext({ log }) });
    expect(data).toBe(
      '{"top":[{"price":10,"__typename":"Book","upc":"1"},{"price":20,"__typename":"Lamp","upc":"2"},{"price":30,"__typename":"Book","upc":"3"}]}',
    );
  });

  it('for the event of a subscription', async () => {
    const event = { data: { joined: { __typename: 'User', id: 'u1', name: 'Ada' } } };
    const text = 'subscription { joined { name reviews { id } } }';
    compiledOf(text);
    const { data } = await pair.compiled.run(text, { event });
    expect(data).toEqual({ joined: { name: 'Ada', reviews: [{ id: 'r1' }, { id: 'r5' }] } });
  });

  it('for a forbidden field of the root, with its error', async () => {
    const forbid = (name: string) => (name === 'me' ? ('FORBIDDEN' as const) : undefined);
    compiledOf('{ me { id } latest { id } }', { forbid });
    const expected = await pair.interpreted.run('{ me { id } latest { id } }', { forbid });
    const { data, errors } = await pair.compiled.run('{ me { id } latest { id } }', { forbid });
    expect({ data, errors }).toEqual({ data: expected.data, errors: expected.errors });
    expect(errors).toHaveLength(1);
  });

  it('and adds up the same cost', async () => {
    const weights = { field: (type: string) => (type === 'Query' ? 3 : 0.5), type: () => 1 };
    const text = '{ latest { id about { upc } grid { value } } me { reviews { id } } }';
    const [interpreted, compiled] = [
      createInProcess(shop, { weights }),
      createInProcess(shop, { weights, compile }),
    ];
    const { cost } = await compiled.run(text);
    expect(cost).toBeGreaterThan(40);
    expect(cost).toBe((await interpreted.run(text)).cost);
  });
});

describe('what generated code does not expect', () => {
  /** What the subgraph would have answered. */
  const answerOf = ({ subgraph, variables }: SentRequest): any => {
    if (subgraph === 'reviews') return { latest: latest() };
    const entity = { users: { rank: 'GOLD' }, stock: { inStock: true } }[subgraph];
    return { _entities: variables.representations.map(() => entity) };
  };
  const latest = () => [
    { id: 'r1', author: { __typename: 'User', id: 'u1' }, about: { __typename: 'Book', upc: '1' } },
    { id: 'r2', author: { __typename: 'User', id: 'u3' }, about: null },
  ];
  const text = '{ latest { id author { rank } about { upc ... on Book { inStock } } } }';
  const cases: readonly (readonly [name: string, subgraph: string, change: (data: any) => object])[] = [
    [
      'an error beside the data',
      'reviews',
      (data) => ({ data, errors: [{ message: 'Oh.', path: ['latest', 1, 'about'] }] }),
    ],
    [
      'no data at all',
      'users',
      () => ({ data: null, errors: [{ message: 'Down.', extensions: { code: 'UNAVAILABLE' } }] }),
    ],
    [
      'an error of one entity',
      'users',
      (data) => ({ data, errors: [{ message: 'Oh.', path: ['_entities', 0, 'rank'] }] }),
    ],
    [
      'null where there is none',
      'reviews',
      (data) => ({ data: { latest: data.latest.map((one: any) => ({ ...one, author: null })) } }),
    ],
    [
      'a leaf of another kind',
      'users',
      (data) => ({ data: { _entities: data._entities.map(() => ({ rank: 5 })) } }),
    ],
    [
      'an enum value that clients do not know',
      'users',
      (data) => ({ data: { _entities: data._entities.map(() => ({ rank: 'SECRET' })) } }),
    ],
    [
      'an unknown type',
      'reviews',
      (data) => ({
        data: { latest: data.latest.map((one: any) => ({ ...one, about: { __typename: 'Pen', upc: '1' } })) },
      }),
    ],
    ['no list where there should be one', 'reviews', () => ({ data: { latest: { id: 1 } } })],
    ['fewer entities than were asked for', 'stock', () => ({ data: { _entities: [] } })],
    [
      'a field that is missing',
      'reviews',
      (data) => ({ data: { latest: data.latest.map(({ about: _, ...one }: any) => one) } }),
    ],
  ];

  it.each(cases)(
    '%s: the interpreter answers, and nothing is fetched twice',
    async (_name, subgraph, change) => {
      const [interpreted, compiled] = [createInProcess(shop), createInProcess(shop, { compile })];
      const results = [];
      for (const world of [interpreted, compiled]) {
        world.answerWith((request) =>
          request.subgraph === subgraph ? { errors: undefined, ...change(answerOf(request)) } : undefined,
        );
        const { data, errors } = await world.run(text);
        results.push({ data, errors });
      }
      expect(results[1]).toEqual(results[0]);
      expect(compiled.sent.length).toBe(interpreted.sent.length);
    },
  );
});
