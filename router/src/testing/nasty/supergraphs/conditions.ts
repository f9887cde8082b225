import type { NastySupergraph } from '../nasty.js';

const variables = { yes: true, no: false };

export const conditions: NastySupergraph = {
  name: '@skip and @include on everything',
  subgraphs: {
    a: `
      type Query { user: User node: Node count: Int! }
      type Mutation { touch: User }
      interface Node { id: ID! }
      type User implements Node @key(fields: "id") { id: ID! name: String friend: User }
      type Group implements Node @key(fields: "id") { id: ID! label: String }
    `,
    b: `
      type Query { motd: String }
      type User @key(fields: "id") { id: ID! age: Int city: City }
      type Group @key(fields: "id") { id: ID! members: [User!] }
      type City { name: String }
    `,
  },
  values: {
    'Query.user': () => 1,
    'User.friend': () => 2,
    'User.city': () => 3,
    'User.name': ({ n }) => `name-${n}`,
    'User.age': ({ n }) => n * 10,
  },
  operations: [
    {
      name: 'fields',
      document:
        'query ($yes: Boolean!, $no: Boolean!) { user { id @skip(if: $yes) name @include(if: $yes) age @include(if: $no) city @skip(if: $no) { name } } }',
      variables,
      expected: { data: { user: { name: 'name-1', city: { name: 'name-3' } } } },
    },
    {
      name: 'fragments',
      document:
        'query ($yes: Boolean!, $no: Boolean!) { user { ... @include(if: $yes) { age } ... on User @skip(if: $yes) { name } ...F @include(if: $no) } } fragment F on User { friend { age } }',
      variables,
      expected: { data: { user: { age: 10 } } },
    },
    {
      name: 'fragments on the root',
      document:
        'query ($no: Boolean!) { ... on Query @include(if: $no) { user { id } } ...R @skip(if: $no) } fragment R on Query { motd }',
      variables: { no: false },
    },
    {
      name: 'both at once: both have to agree',
      document:
        'query ($yes: Boolean!, $no: Boolean!) { a: count @include(if: $yes) @skip(if: $yes) b: count @include(if: $no) @skip(if: $no) c: count @include(if: $yes) @skip(if: $no) }',
      variables,
      expected: { data: { c: 5 } },
    },
    {
      name: 'nothing is left',
      document:
        'query ($no: Boolean!) { user @include(if: $no) { name } count @skip(if: true) ... @include(if: $no) { motd } }',
      variables: { no: false },
      expected: { data: {} },
      requests: 0,
    },
    {
      name: 'nothing is left of an object',
      document: 'query ($no: Boolean!) { user { name @include(if: $no) friend { age @include(if: $no) } } }',
      variables: { no: false },
      expected: { data: { user: { friend: {} } } },
    },
    {
      name: 'a field twice, once excluded',
      document:
        'query ($no: Boolean!) { user { name @include(if: $no) name friend { age } friend @include(if: $no) { name } } }',
      variables: { no: false },
      expected: { data: { user: { name: 'name-1', friend: { age: 20 } } } },
    },
    {
      name: 'what is excluded may have been required or a key',
      document: 'query ($no: Boolean!) { user { id @include(if: $no) age } }',
      variables: { no: false },
      expected: { data: { user: { age: 10 } } },
    },
    {
      name: 'constants',
      document: '{ user { name @skip(if: false) age @include(if: true) friend @include(if: false) { id } } }',
      expected: { data: { user: { name: 'name-1', age: 10 } } },
    },
    {
      name: 'inside abstract types',
      document:
        'query ($no: Boolean!, $yes: Boolean!) { node { ... on User @include(if: $no) { name } ... on Group @include(if: $yes) { label members @skip(if: $yes) { id } } __typename @include(if: $yes) } }',
      variables,
    },
    {
      name: 'defaults of variables decide',
      document:
        'query ($no: Boolean = false, $yes: Boolean! = true) { user { name @skip(if: $yes) age @skip(if: $no) } }',
      expected: { data: { user: { age: 10 } } },
    },
  ],
};
