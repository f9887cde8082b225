import { describe, expect, it } from '@jest/globals';
import { parse, type OperationDefinitionNode } from 'graphql';
import { createInProcess } from '../execution/testing/in-process.js';
import type { Fetch, Plan } from '../plan/plan.js';
import { compile } from './index.js';
import { createRequestGraph } from './request-graph.js';
import { shop } from './testing/shop.js';

const document = (text: string) => parse(text).definitions[0] as OperationDefinitionNode;
const nothing = { path: [], variables: [], waitsFor: [], inputRewrites: [], outputRewrites: [] };
const root = (id: number, subgraph: string, text: string, more: Partial<Fetch> = {}): Fetch => ({
  ...{ ...nothing, id, subgraph, document: document(text) },
  ...more,
});
const entity = (id: number, subgraph: string, waitsFor: number[], fields = 'name'): Fetch => ({
  ...root(
    id,
    subgraph,
    `query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { ${fields} } } }`,
  ),
  ...{ path: [`p${id}`], waitsFor, requires: [] },
});
const graphOf = (fetches: Fetch[], kind: Plan['kind'] = 'query') =>
  createRequestGraph({ kind, fetches }).map(({ subgraph, level, fetches: ids, waitsFor }) => ({
    subgraph,
    level,
    fetches: ids,
    waitsFor,
  }));

describe('the request graph', () => {
  it('sends the fetches of one hop to one subgraph in one request', () => {
    expect(
      graphOf([root(0, 'a', '{ x }'), entity(1, 'b', [0]), entity(2, 'b', [0]), entity(3, 'c', [0])]),
    ).toEqual([
      { subgraph: 'a', level: 0, fetches: [0], waitsFor: [] },
      { subgraph: 'b', level: 1, fetches: [1, 2], waitsFor: [0] },
      { subgraph: 'c', level: 1, fetches: [3], waitsFor: [0] },
    ]);
  });

  it('lets what nothing waits for travel with a later request, without more hops', () => {
    const fetches = [root(0, 'a', '{ x }'), entity(1, 'b', [0]), entity(2, 'c', [0]), entity(3, 'b', [2])];
    expect(graphOf(fetches)).toEqual([
      { subgraph: 'a', level: 0, fetches: [0], waitsFor: [] },
      { subgraph: 'c', level: 1, fetches: [2], waitsFor: [0] },
      { subgraph: 'b', level: 2, fetches: [1, 3], waitsFor: [0, 1] },
    ]);
  });

  it('does not hold back what others wait for', () => {
    const fetches = [root(0, 'a', '{ x }'), entity(1, 'b', [0]), entity(2, 'c', [1]), entity(3, 'b', [2])];
    expect(graphOf(fetches).map(({ level }) => level)).toEqual([0, 1, 2, 3]);
  });

  it('keeps mutations apart and in order', () => {
    const fetches = [
      root(0, 'a', 'mutation { x }'),
      root(1, 'a', 'mutation { y }', { waitsFor: [0] }),
      entity(2, 'b', [0, 1]),
      entity(3, 'b', [0, 1]),
    ];
    expect(graphOf(fetches, 'mutation').map((one) => [one.level, one.fetches])).toEqual([
      [0, [0]],
      [1, [1]],
      [2, [2, 3]],
    ]);
  });

  it('asks what is the same once, and names of roots that collide under others', () => {
    const plan: Plan = {
      kind: 'query',
      fetches: [
        root(0, 'a', 'query($r0: ID) { x: one(id: $r0) }', { variables: ['r0'] }),
        root(1, 'a', '{ x: two _0: three }'),
        ...[entity(2, 'b', [0, 1]), entity(3, 'b', [0, 1]), entity(4, 'b', [0, 1], 'id')],
        entity(5, 'a', [], 'id'),
      ],
    };
    const [toA, toB] = createRequestGraph(plan);
    expect(toB?.entities.map(({ fetches }) => fetches.map(({ id }) => id))).toEqual([[2, 3], [4]]);
    expect(toB?.query).toBe(
      'query($r0:[_Any!]!$r1:[_Any!]!){_0:_entities(representations:$r0){...on User{name}}_1:_entities(representations:$r1){...on User{id}}}',
    );
    expect(toA?.query).toBe(
      'query($_1_r0:[_Any!]!$r0:ID){x:one(id:$r0)_1_x:two _0:three _1_0:_entities(representations:$_1_r0){...on User{id}}}',
    );
  });

  it('makes a third of the fetches of a nested query', async () => {
    const text = `{
      users { rank reviews { ...R about { ...P reviews { author { rank reviews { ...R about { ...P } } } } } } }
      top { ...P reviews { ...R author { rank reviews { ...R about { ...P } } } } }
    }
    fragment R on Review { id body }
    fragment P on Product { upc name price ... on Book { shipping inStock } ... on Lamp { inStock } }`;
    const [interpreted, compiled] = [createInProcess(shop), createInProcess(shop, { compile })];
    const { data, errors } = await interpreted.run(text);
    expect(await compiled.run(text)).toMatchObject({ data, errors });
    expect([interpreted.sent.length, compiled.sent.length]).toEqual([16, 6]);
  });
});
