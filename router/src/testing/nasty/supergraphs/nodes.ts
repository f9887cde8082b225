import type { NastySupergraph } from '../nasty.js';

export const nodes: NastySupergraph = {
  name: 'a Node interface with node(id), type names at every level, self-references and depth',
  subgraphs: {
    a: `
      type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! me: User }
      interface Node { id: ID! }
      type User implements Node @key(fields: "id") { id: ID! name: String friend: User friends: [User!] posts: Page! }
      type Page { nodes: [Post] next: Page total: Int! }
      type Post implements Node @key(fields: "id") { id: ID! author: User }
      type Draft implements Node @key(fields: "id") { id: ID! }
    `,
    b: `
      interface Node { id: ID! }
      type Post implements Node @key(fields: "id") { id: ID! title: String comments: [Comment!] parent: Post }
      type Draft implements Node @key(fields: "id") { id: ID! text: String of: Post }
      type Comment implements Node @key(fields: "id") { id: ID! on: Post by: User replies: [Comment] }
      type User @key(fields: "id") { id: ID! karma: Int mentor: User }
    `,
  },
  values: {
    'User.friend': ({ n }) => n + 1,
    'User.mentor': ({ n }) => n + 1,
    'Post.parent': ({ n }) => n + 1,
    'Query.me': () => 0,
    'Query.nodes': ({ args }) =>
      (args['ids'] as string[]).map((id) => ({
        type: ['User', 'Post', 'Draft'][Number(id.slice(-1)) % 3],
        n: Number(id.slice(-1)),
      })),
  },
  operations: [
    {
      name: 'type names at every level, with aliases',
      document:
        '{ __typename q: __typename me { __typename t: __typename friend { __typename posts { __typename nodes { __typename p: __typename comments { __typename on { __typename } } } } } } }',
    },
    {
      name: 'nodes of each type',
      document:
        '{ nodes(ids: ["id-0", "id-1", "id-2", "id-3"]) { __typename id ... on User { name karma } ... on Post { title author { name } } ... on Draft { text of { title } } } }',
    },
    {
      name: 'a type that the subgraph of the field does not return',
      document: '{ node(id: "id-1") { ... on Comment { by { name } } id } }',
    },
    {
      name: 'ten levels within one subgraph',
      document: `{ me ${'{ id friend '.repeat(10)}{ name }${' }'.repeat(10)} }`,
    },
    {
      name: 'ten levels, each in the other subgraph',
      document: `{ me ${'{ friend { mentor '.repeat(5)}{ name karma }${' } }'.repeat(5)} }`,
    },
    {
      name: 'the same entity at many places with different selections',
      document:
        '{ me { name friend { karma mentor { friend { name } } } mentor { name friend { karma } } friends { karma friends { name karma mentor { name } } } } }',
    },
    {
      name: 'comments that reply to comments',
      document:
        '{ me { posts { nodes { comments { by { name } replies { by { karma name } replies { on { title author { name } } } } } } next { total nodes { parent { parent { title } } } } } } }',
    },
    {
      name: 'fields merged over fragments, each with another part',
      gatewayIsWrong: 'a part of a field that is selected twice is lost',
      document:
        '{ me { ...A ...B friend { friend { name } } ... on User { friend { karma } } } node(id: "id-0") { ...A ...B } } fragment A on User { friend { id friend { karma } } } fragment B on Node { ... on User { friend { mentor { name } id } } }',
    },
    {
      name: 'the order of fields is that of their first appearance',
      document:
        '{ me { ...B name ... on User { karma id } ...A } } fragment A on User { friend { id } name } fragment B on User { id friend { name id karma } }',
    },
    {
      name: 'introspection beside data',
      document:
        '{ me { name } __schema { queryType { name } } __type(name: "User") { kind fields { name } } }',
    },
  ],
};
