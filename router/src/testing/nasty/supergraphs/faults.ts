import type { Faults, NastySupergraph } from '../nasty.js';

const failing = (...coordinates: readonly string[]): Faults => ({
  field: (type, n, field) =>
    coordinates.includes(`${type}.${field}`) || coordinates.includes(`${type}.${field}#${n}`)
      ? new Error(`${field} of ${n} failed`)
      : undefined,
});
const empty = (...coordinates: readonly string[]): Faults => ({
  field: (type, n, field) =>
    coordinates.includes(`${type}.${field}`) || coordinates.includes(`${type}.${field}#${n}`)
      ? null
      : undefined,
});

const subgraphs = {
  a: `
    type Query { user: User strict: User! users: [User!] lax: [User] must: [User!]! nested: [[User!]!] pair: Pair found: Found }
    type Pair { left: User! right: User }
    union Found = User | Pair
    type User @key(fields: "id") { id: ID! name: String! nick: String boss: User! team: Team }
    type Team @key(fields: "id") { id: ID! label: String }
  `,
  b: `
    type User @key(fields: "id") { id: ID! age: Int! mail: String profile: Profile! posts: [Post!]! drafts: [Post] }
    type Profile { text: String! picture: String }
    type Post @key(fields: "id") { id: ID! title: String! }
    type Team @key(fields: "id") { id: ID! size: Int! lead: User }
  `,
  c: `
    type Post @key(fields: "id") { id: ID! likes: Int! }
    type User @key(fields: "id") { id: ID! mail: String @external next: Int @requires(fields: "mail") }
  `,
};
const values: NastySupergraph['values'] = {
  'Query.user': () => 1,
  'Query.strict': () => 1,
  'Query.users': () => [1, 2, 3],
  'Query.lax': () => [1, 2, null, 3],
  'Query.must': () => [1, 2],
  'Query.nested': () => [[1, 2], [], [3]],
  'Query.pair': () => 1,
  'Query.found': () => ({ type: 'User', n: 2 }),
  'Pair.left': () => 1,
  'Pair.right': () => 2,
  'User.boss': ({ n }) => n + 1,
  'User.team': ({ n }) => n,
  'User.nick': ({ n }) => `nick-${n}`,
  'User.mail': ({ n }) => `mail-${n}`,
  'User.posts': ({ n }) => [n, n + 1],
  'User.drafts': ({ n }) => [n, null],
  'Team.lead': ({ n }) => n,
};

/** One schema over the whole world nulls and reports exactly what federation must. */
export const nullPropagation: NastySupergraph = {
  name: 'null propagation through objects, lists and entities',
  subgraphs,
  values,
  operations: [
    {
      name: 'an entity field that may be null',
      document: '{ user { name mail } }',
      faults: empty('User.mail'),
    },
    {
      name: 'an entity field that must not be null takes its object',
      document: '{ user { name age } pair { right { nick age } } }',
      faults: failing('User.age'),
    },
    {
      name: 'and the list, where items must not be null',
      document: '{ users { name age } lax { age } }',
      faults: failing('User.age#2'),
    },
    {
      name: 'and everything, where nothing may be null',
      document: '{ user { name } must { age } }',
      faults: failing('User.age#2'),
    },
    {
      name: 'up through entities of entities',
      document: '{ users { posts { title likes } } }',
      faults: failing('Post.likes#2'),
    },
    {
      name: 'up to the next place that may be null',
      document: '{ lax { drafts { title likes } posts { likes } } }',
      faults: failing('Post.likes#3'),
    },
    {
      name: 'through lists of lists',
      document: '{ nested { age } user { boss { boss { age } } } }',
      faults: failing('User.age#3'),
    },
    {
      name: 'a required parent is null',
      document: '{ user { team { size lead { age profile { text } } } } }',
      faults: empty('Profile.text'),
    },
    {
      name: 'a null with no error under non-null',
      document: '{ lax { profile { text } } }',
      faults: empty('User.profile#2'),
    },
    {
      name: 'two errors where one null is',
      document: '{ lax { age profile { text } } }',
      faults: failing('User.age#1', 'User.profile#1'),
    },
    {
      name: 'under aliases and fragments',
      document:
        '{ x: pair { l: left { ...F } r: right { ... on User { y: age } } } } fragment F on User { z: nick y: age }',
      faults: failing('User.age#2'),
    },
    {
      name: 'in a union',
      document: '{ found { ... on User { age team { size } } } }',
      faults: failing('Team.size'),
    },
    {
      name: 'not what was not asked',
      document: '{ users { name nick } }',
      faults: failing('User.age', 'User.profile'),
    },
    {
      name: 'one object at two places',
      document: '{ pair { left { name mail } right { mail } } user { m: mail } }',
      faults: failing('User.mail#1'),
    },
    {
      name: 'in root fields of one subgraph',
      document: '{ user { nick } users { nick } }',
      faults: failing('User.nick#1'),
    },
  ],
};

const downAt = (...down: readonly string[]): Faults => ({ down });
const missing = (subgraph: string, type: string, n: number, value: Error | null): Faults => ({
  entity: (name, one, number) => (name === subgraph && one === type && number === n ? value : undefined),
});

export const partialFailures: NastySupergraph = {
  name: 'subgraphs that are down and entities that are not there',
  subgraphs,
  values,
  operations: [
    {
      name: 'an entity that a subgraph does not know: what may be null is',
      document: '{ lax { name mail } }',
      faults: missing('b', 'User', 2, null),
      expected: {
        data: {
          lax: [
            { name: 'name-1', mail: 'mail-1' },
            { name: 'name-2', mail: null },
            null,
            { name: 'name-3', mail: 'mail-3' },
          ],
        },
      },
    },
    {
      name: 'an entity that a subgraph does not know, under non-null',
      gatewayIsWrong:
        'a null that the supergraph does not allow is answered without an error (GraphQL, 6.4.4)',
      document: '{ lax { name age } }',
      faults: missing('b', 'User', 2, null),
      expected: {
        data: { lax: [{ name: 'name-1', age: 13 }, null, null, { name: 'name-3', age: 33 }] },
        errorsAt: [['lax', 1]],
      },
    },
    {
      name: 'an entity whose subgraph fails',
      document: '{ users { name mail } }',
      faults: missing('b', 'User', 2, new Error('no such user')),
      expected: {
        data: {
          users: [
            { name: 'name-1', mail: 'mail-1' },
            { name: 'name-2', mail: null },
            { name: 'name-3', mail: 'mail-3' },
          ],
        },
        errorsAt: [['users', 1, 'mail']],
      },
    },
    {
      name: 'a subgraph that is down: the rest is there',
      document: '{ user { name mail team { label size } } }',
      faults: downAt('b'),
      expected: {
        data: { user: { name: 'name-1', mail: null, team: null } },
        errorsAt: [
          ['user', 'mail'],
          ['user', 'team'],
        ],
      },
    },
    {
      name: 'a subgraph that is down under non-null everywhere',
      document: '{ must { name profile { text } } }',
      faults: downAt('b'),
      expected: { data: null, errorsAt: [['must']] },
    },
    {
      name: 'the subgraph of the root is down',
      document: '{ user { name mail } lax { age } }',
      faults: downAt('a'),
      expected: { data: { user: null, lax: null }, errorsAt: [['user'], ['lax']] },
    },
    {
      name: 'and its root must not be null',
      document: '{ strict { name } user { name } }',
      faults: downAt('a'),
      expected: { data: null, errorsAt: [['strict']] },
    },
    {
      name: 'what is required cannot be had',
      document: '{ user { name next } }',
      faults: downAt('b'),
      expected: { data: { user: { name: 'name-1', next: null } }, errorsAt: [['user', 'next']] },
    },
    {
      name: 'the third of three is down, the entities of the second stay',
      document: '{ users { drafts { title likes } } }',
      faults: downAt('c'),
      expected: {
        data: { users: [{ drafts: [null, null] }, { drafts: [null, null] }, { drafts: [null, null] }] },
        errorsAt: [
          ['users', 0, 'drafts', 0],
          ['users', 1, 'drafts', 0],
          ['users', 2, 'drafts', 0],
        ],
      },
    },
    {
      name: 'all are down',
      document: '{ user { mail } found { __typename } }',
      faults: downAt('a', 'b', 'c'),
      expected: { data: { user: null, found: null }, errorsAt: [['user'], ['found']] },
    },
  ],
};
