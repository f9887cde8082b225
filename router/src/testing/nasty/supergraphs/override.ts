import type { NastySupergraph } from '../nasty.js';

export const override: NastySupergraph = {
  name: '@override of leaves, interfaces and required fields',
  subgraphs: {
    old: `
      type Query { posts: [Post] feed: Feed counted: Int }
      type Post @key(fields: "id") { id: ID! title: String createdAt: String owner: Owner stats: Stats slug: String }
      interface Owner { id: ID! }
      type Person implements Owner @key(fields: "id") { id: ID! name: String }
      type Team implements Owner @key(fields: "id") { id: ID! size: Int }
      type Stats @shareable { views: Int likes: Int }
      type Feed @key(fields: "id") { id: ID! posts: [Post!] }
    `,
    new: `
      type Query { counted: Int @override(from: "old") latest: Post }
      type Post @key(fields: "id") {
        id: ID!
        createdAt: String @override(from: "old")
        owner: Owner @override(from: "old")
        stats: Stats @override(from: "old")
        title: String @external
        slug: String @override(from: "old") @requires(fields: "title")
      }
      interface Owner { id: ID! }
      type Person implements Owner @key(fields: "id") { id: ID! email: String }
      type Team implements Owner @key(fields: "id") { id: ID! lead: Person }
      type Stats @shareable { views: Int likes: Int }
    `,
  },
  operations: [
    { name: 'the field is asked of its new owner only', document: '{ posts { title createdAt } counted }' },
    {
      name: 'an interface comes from the new owner, its members from both',
      document: '{ posts { owner { id ... on Person { name email } ... on Team { size lead { name } } } } }',
    },
    {
      name: 'a value type comes from the new owner',
      document: '{ latest { stats { views } } feed { posts { stats { likes } } } }',
    },
    {
      name: 'the new owner requires what the old one still has',
      document: '{ posts { slug } latest { slug title } }',
    },
  ],
};

export const overrideByLabel: NastySupergraph = {
  name: 'progressive @override: either subgraph may answer, as one',
  subgraphs: {
    old: `
      type Query { users: [User!] }
      type User @key(fields: "id") { id: ID! name: String mail: String friends: [User] }
    `,
    new: `
      type Query { newest: User }
      type User @key(fields: "id") {
        id: ID!
        name: String @override(from: "old", label: "percent(30)")
        mail: String @override(from: "old", label: "percent(100)")
        friends: [User] @override(from: "old", label: "percent(0)")
      }
    `,
  },
  operations: [
    { name: 'from the old side', document: '{ users { name mail friends { name } } }' },
    { name: 'from the new side', document: '{ newest { name mail friends { mail } } }' },
  ],
};
