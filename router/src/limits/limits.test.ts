import { describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery, parse, type DocumentNode } from 'graphql';
import { aliases } from './aliases.js';
import { depth } from './depth.js';
import { documentBytes } from './document-bytes.js';
import { rootFields } from './root-fields.js';

type Weigh = (document: DocumentNode) => number;
const bomb = (levels: number) =>
  `{ ...f0 } ${Array.from({ length: levels }, (_, n) => `fragment f${n} on Query { a: x ...f${n + 1} ...f${n + 1} }`).join(' ')} fragment f${levels} on Query { a: x }`;

const cases: [string, Weigh, string, number][] = [
  ['depth of one field', depth, '{ a }', 1],
  ['depth of nested fields', depth, '{ a { b { c } } d }', 3],
  ['depth through inline fragments', depth, '{ a { ... on A { b } } }', 2],
  [
    'depth through fragments',
    depth,
    '{ a { ...f } } fragment f on A { b { ...g } } fragment g on B { c }',
    3,
  ],
  ['depth of the deepest operation', depth, 'query A { a } query B { a { b } }', 2],
  ['depth of a fragment cycle', depth, '{ ...f } fragment f on Q { a { ...f } }', 1],
  ['depth of introspection', depth, getIntrospectionQuery(), 1],
  ['no aliases', aliases, '{ a { b } }', 0],
  ['nested aliases', aliases, '{ x: a { y: b c } }', 2],
  [
    'aliases of a fragment, once for each spread',
    aliases,
    '{ a { ...f } b { ...f } } fragment f on A { x: c }',
    2,
  ],
  ['aliases of spreads of spreads, in no time', aliases, bomb(40), 2 ** 41 - 1],
  ['root fields', rootFields, '{ a { b c } d }', 2],
  ['root fields in fragments', rootFields, '{ ...f ... on Query { c } } fragment f on Query { a b }', 3],
  ['bytes, not characters', documentBytes, '{ a } # ș', 10],
];

describe('limits weigh', () => {
  it.each(cases)('%s', (_name, weigh, text, weight) => {
    expect(weigh(parse(text))).toBe(weight);
  });
});
