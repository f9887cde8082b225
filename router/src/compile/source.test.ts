import { expect, it } from '@jest/globals';
import { createInProcess, type TestSubgraph } from '../execution/testing/in-process.js';
import { compile, type Compiled } from './index.js';
import { shop } from './testing/shop.js';

const prepare = (subgraphs: Record<string, TestSubgraph>, text: string) => {
  let made: Compiled | { readonly declined: string } | undefined;
  const world = createInProcess(subgraphs, { compile: (parts) => (made = compile(parts)) });
  world.prepare(text);
  return { world, made: made! };
};

it('is the same for the same operation', () => {
  const text =
    '{ top { upc reviews { id author { rank } } } users { reviews { about { ... on Book { shipping } } } } }';
  const [one, other] = [prepare(shop, text).made, prepare(shop, text).made];
  expect(one).toHaveProperty('source', (other as Compiled).source);
});

it('holds nothing of what a document says between quotes', async () => {
  const hostile = '*/ `${process.exit(1)}` \\u2028 "; throw 1; //';
  const text = `{ echo(text: ${JSON.stringify(hostile)}) }`;
  const { world, made } = prepare(shop, text);
  expect((made as Compiled).source).not.toContain('process');
  expect(JSON.parse((await world.run(text)).data.echo)).toEqual({
    text: JSON.parse(JSON.stringify(hostile)),
  });
});

it('declines names that every object has', async () => {
  const { world, made } = prepare(shop, '{ me { constructor: name } }');
  expect(made).toEqual({ declined: 'the name constructor, which every object has' });
  expect((await world.run('{ me { constructor: name } }')).data).toEqual({
    me: { constructor: 'Name "u0"' },
  });
});

it('declines introspection', () => {
  expect(prepare(shop, '{ __schema { queryType { name } } me { id } }').made).toEqual({
    declined: 'introspection',
  });
});
