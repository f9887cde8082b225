import { describe, expect, it } from '@jest/globals';
import { parse, print, stripIgnoredCharacters, validate } from 'graphql';
import { compile } from '../compile/index.js';
import { compose } from '../execution/testing/in-process.js';
import { readSupergraph } from '../supergraph/supergraph.js';
import { differences } from '../testing/nasty/compare.js';
import { composeNasty } from '../testing/nasty/compose.js';
import { createContestants } from '../testing/nasty/contestants.js';
import { createMonolith } from '../testing/nasty/oracles.js';
import { readRequest } from '../testing/nasty/request.js';
import { nastySubgraphs } from './worker/testing/nasty.js';
import { writeOutInterfaces } from './write-out-interfaces.js';

const supergraph = readSupergraph(
  compose({
    a: {
      typeDefs: `
        type Query { node(id: ID): Node  dog: Dog  any: Any  account: Account  lonely: Dog }
        type Mutation { one: Node  two: Node }
        interface Node { id: ID!  next(first: Int): Node }
        interface Named { name: String }
        type Dog implements Node & Named { id: ID!  next(first: Int): Dog  name: String }
        type Cat implements Node { id: ID!  next(first: Int): Node }
        type Stone { weight: Int  node: Node }
        union Any = Dog | Stone
        interface Account @key(fields: "id") { id: ID!  friend: Node }
        type User implements Account @key(fields: "id") { id: ID!  friend: Node }
        type Admin implements Account @key(fields: "id") { id: ID!  friend: Node }`,
    },
    b: { typeDefs: `type Account @key(fields: "id") @interfaceObject { id: ID!  title: String }` },
  }),
);

const text = (document: string) => stripIgnoredCharacters(print(parse(document)));

function writeOut(document: string): string | undefined {
  const written = writeOutInterfaces(parse(document), supergraph);
  if (!written) return undefined;
  expect(validate(supergraph.apiSchema, written)).toEqual([]);
  return stripIgnoredCharacters(print(written));
}

describe('writing out interfaces', () => {
  it.each([
    [
      'asks each type for the fields of the interface',
      '{ node { id } }',
      '{ node { __typename ... on Cat { id } ... on Dog { id } } }',
    ],
    [
      'at every level, by the type that the field has there',
      '{ node { next { id } } }',
      `{ node { __typename
          ... on Cat { next { __typename ... on Cat { id } ... on Dog { id } } }
          ... on Dog { next { id } } } }`,
    ],
    [
      'keeps aliases, arguments, variables and directives of fields',
      'query ($id: ID, $n: Int) { x: node(id: $id) { y: next(first: $n) @include(if: true) { z: __typename } } }',
      `query ($id: ID, $n: Int) { x: node(id: $id) { __typename
          ... on Cat { y: next(first: $n) @include(if: true)
            { __typename ... on Cat { z: __typename } ... on Dog { z: __typename } } }
          ... on Dog { y: next(first: $n) @include(if: true) { z: __typename } } } }`,
    ],
    [
      'gives each type what fragments ask of it, named ones and nested ones too',
      `{ node { ...F ... on Dog { ... on Named { name } } ... { id } } }
       fragment F on Node { ... on Cat { next { __typename } } }`,
      `{ node { __typename
          ... on Cat { next { __typename ... on Cat { __typename } ... on Dog { __typename } } id }
          ... on Dog { name id } } }`,
    ],
    [
      'leaves out types that nothing is asked of',
      '{ node { ... on Named { name } } }',
      '{ node { __typename ... on Dog { name } } }',
    ],
    [
      'keeps fragments with directives',
      '{ node { ... on Dog @include(if: true) { id } } }',
      '{ node { __typename ... on Dog { ... on Dog @include(if: true) { id } } } }',
    ],
    [
      'below unions and in fragments of them',
      '{ any { ... on Node { id } ... on Stone { node { id } } } }',
      `{ any { __typename
          ... on Dog { id } ... on Stone { node { __typename ... on Cat { id } ... on Dog { id } } } } }`,
    ],
    [
      'keeps the order of mutations',
      'mutation { two { id } one { __typename } }',
      `mutation { two { __typename ... on Cat { id } ... on Dog { id } }
         one { __typename ... on Cat { __typename } ... on Dog { __typename } } }`,
    ],
    [
      'leaves interface objects as they are, but not what is below them',
      '{ account { id title ...F } } fragment F on Admin { friend { id } }',
      '{ account { id title ... on Admin { friend { __typename ... on Cat { id } ... on Dog { id } } } } }',
    ],
  ])('%s', (_, document, expected) => {
    expect(writeOut(document)).toBe(text(expected));
  });

  it('does nothing where there is no interface', () => {
    expect(writeOut('{ dog { id next { id } } account { title } }')).toBeUndefined();
  });

  it('gives up on what grows too large, soon', () => {
    const deep = (levels: number) => `{ node { ${'next { '.repeat(levels)} id ${'} '.repeat(levels)} } }`;
    expect(writeOut(deep(10))).toBeDefined();
    expect(writeOut(deep(200))).toBeUndefined();
    const doubled = Array.from({ length: 40 }, (_, n) => `fragment F${n + 1} on Node { ...F${n} ...F${n} }`);
    expect(writeOut(`{ node { ...F40 } } fragment F0 on Node { id } ${doubled.join(' ')}`)).toBeUndefined();
  });
});

describe('an operation that the planner alone has too many ways for', () => {
  const composed = composeNasty('nasty', nastySubgraphs());
  const contestants = createContestants(composed, compile);
  const monolith = createMonolith(composed);

  it.each([
    '{ one { f0 f1 f2 next { f0 f1 f2 } } }',
    '{ one { f0 next { f1 next { f2 } } } }',
    '{ a: one { x: f0 next { ...F } ... on A { y: next { z: f2 ...F } } } two { __typename next { ...F } } } fragment F on Node { f0 f1 ... on B { f2 } }',
  ])('%s is answered rightly', async (document) => {
    const request = readRequest(composed.api, document)!;
    const prepared = contestants.prepare(request);
    const truth = await monolith.answer(request);
    expect(truth.errors).toEqual([]);
    expect(differences(await prepared.interpret(), truth)).toEqual([]);
    expect(prepared.compiled && differences(await prepared.compiled(), truth)).toEqual([]);
  });
});
