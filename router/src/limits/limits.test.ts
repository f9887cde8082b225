import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import { buildSchema, getIntrospectionQuery, parse, validate, type DocumentNode } from 'graphql';
import { z } from 'zod';
import { aliases } from './aliases.js';
import { depth } from './depth.js';
import { directives } from './directives.js';
import { documentBytes } from './document-bytes.js';
import { height } from './height.js';
import { limitRules } from './limit-rules.js';
import { limitSettings } from './settings.js';
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
  ['height of nested fields', height, '{ a { b c } d { e } }', 5],
  ['height counts a name once in a selection', height, '{ a { b } a { c } x: a { b } }', 5],
  ['height through fragments', height, '{ a { ...f b } } fragment f on A { b c }', 4],
  ['height of spreads of spreads, in no time', height, bomb(40), 2 ** 41 - 1],
  ['height of introspection', height, getIntrospectionQuery(), 1],
  [
    'directives wherever they stand',
    directives,
    'query ($v: Int @a) @b { c @d ... @e { f } ...g @h } fragment g on Q @i { j }',
    6,
  ],
  ['bytes, not characters', documentBytes, '{ a } # ș', 10],
];

describe('limits weigh', () => {
  it.each(cases)('%s', (_name, weigh, text, weight) => {
    expect(weigh(parse(text))).toBe(weight);
  });
});

describe('limit rules', () => {
  const schema = buildSchema('type Query { a: Query }');
  const deep = parse('{ a { a { a { a } } } }');
  function judge(depth: string) {
    const exceeded: string[] = [];
    const lines: string[] = [];
    const log = createLogger({
      name: 'test',
      level: 'info',
      destination: { write: (line) => void lines.push(line) },
    });
    const settings = z.object(limitSettings).parse({ MAX_DEPTH: depth });
    const observe = { exceeded: (limit: string, mode: string) => void exceeded.push(`${limit} ${mode}`) };
    const errors = validate(schema, deep, limitRules(settings, { observe, log }));
    return { errors: errors.map(({ extensions }) => extensions), exceeded, logged: lines.length };
  }

  it.each([
    ['4', [], [], 0],
    ['3', [{ limit: 'depth', allowed: 3, actual: 4 }], ['depth enforce'], 0],
    ['3:measure', [], ['depth measure'], 1],
    ['off', [], [], 0],
  ])('MAX_DEPTH=%s', (setting, errors, exceeded, logged) => {
    expect(judge(setting)).toEqual({ errors, exceeded, logged });
  });
});

describe('settings', () => {
  const parse = (env: Record<string, string>) => z.object(limitSettings).safeParse(env);
  it.each([
    ['MAX_HEIGHT', '10:measure', { most: 10, mode: 'measure' }],
    ['MAX_COST', '1000', { most: 1_000, mode: 'enforce' }],
    ['MAX_COST', 'off', { most: Infinity, mode: 'off' }],
    ['RATE_LIMIT_USER', '10000/60s', { points: 10_000, seconds: 60, mode: 'enforce' }],
    ['RATE_LIMIT_ADDRESS', '5/1s:measure', { points: 5, seconds: 1, mode: 'measure' }],
    [
      'RATE_LIMIT_CLIENT',
      'partner=5/1s, anonymous=7/1s:measure',
      {
        partner: { points: 5, seconds: 1, mode: 'enforce' },
        anonymous: { points: 7, seconds: 1, mode: 'measure' },
      },
    ],
  ] as const)('%s=%s', (name, text, value) => {
    expect(parse({ [name]: text }).data?.[name]).toEqual(value);
  });

  it.each([
    ['MAX_HEIGHT', '0'],
    ['MAX_COST', '10:refuse'],
    ['RATE_LIMIT_USER', '10'],
    ['RATE_LIMIT_USER', '10/60'],
    ['RATE_LIMIT_USER', '10/60s:off'],
    ['RATE_LIMIT_CLIENT', '10/60s'],
  ])('refuses %s=%s', (name, text) => {
    expect(parse({ [name]: text }).success).toBe(false);
  });
});
