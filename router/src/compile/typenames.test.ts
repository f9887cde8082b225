import { describe, expect, it } from '@jest/globals';
import { createInProcess, type SentRequest } from '../execution/testing/in-process.js';
import { compile } from './index.js';
import { shop } from './testing/shop.js';

const countIn = (sent: readonly SentRequest[]) =>
  sent.reduce((count, { query }) => count + query.split('__typename').length - 1, 0);

const createPair = () => [createInProcess(shop), createInProcess(shop, { compile })] as const;

describe('subgraphs are asked for `__typename`', () => {
  it.each([
    [
      'nowhere where each place has one type',
      '{ users { friend { rank } reviews { id author { rank } } } }',
      0,
    ],
    ['once where there are several types', '{ latest { author { rank } about { upc } } }', 1],
    ['where nothing else is asked', '{ me { __typename } }', 1],
    [
      'where objects differ, and in fragments there',
      '{ top { ... on Book { size { width } shipping } } }',
      2,
    ],
  ])('%s', async (_name, text, count) => {
    const [interpreted, compiled] = createPair();
    const { data, errors } = await interpreted.run(text);
    expect(await compiled.run(text)).toMatchObject({ data, errors });
    expect(countIn(compiled.sent)).toBe(count);
    expect(countIn(interpreted.sent)).toBeGreaterThanOrEqual(count);
  });
});

describe('the interpreter takes over from generated code that was told of fewer types', () => {
  const cases = [
    [
      '{ users { name reviews { about { ... on Book { inStock reviews { author { friend { rank } } } } } } } }',
      ['users', 'reviews', 'stock'],
    ],
    [
      '{ top { ... on Book { shipping box { colour depth } } reviews { id author { rank friend { name } } } } }',
      ['users', 'reviews', 'stock'],
    ],
    [
      '{ me { reviews { about { ... on Book { shipping } ... on Lamp { inStock } } } } latest { author { rank } } }',
      ['users', 'products', 'reviews', 'stock'],
    ],
    [
      '{ product(upc: "1") { ... on Book { related { ... on Book { box { depth } shipping } } } } }',
      ['stock'],
    ],
    [
      'mutation { rename(id: "u3", name: "x") { friend { reviews { author { rank } about { ... on Lamp { inStock } } } } } }',
      ['users', 'reviews', 'stock'],
    ],
  ] as const;

  it.each(cases.flatMap(([text, failing]) => failing.map((name) => [name, text] as const)))(
    '%s fails: %s',
    async (name, text) => {
      const [interpreted, compiled] = createPair();
      await compiled.run(text);
      const usual = compiled.sent.splice(0).length;
      for (const world of [interpreted, compiled]) {
        world.answerWith(({ subgraph, query }) =>
          subgraph === name && query.includes('_entities') ? failure : undefined,
        );
      }
      const expected = await interpreted.run(text);
      const { data, errors } = await compiled.run(text);
      expect({ data, errors }).toEqual({ data: expected.data, errors: expected.errors });
      expect(errors).not.toEqual([]);
      expect(compiled.sent.length).toBeLessThanOrEqual(usual);
    },
  );
});

const failure = { data: null, errors: [{ message: 'Down.', extensions: { code: 'UNAVAILABLE' } }] };
