import type { NastySupergraph } from '../nasty.js';

export const interfaceObjects: NastySupergraph = {
  name: 'fields added to all implementations by @interfaceObject',
  subgraphs: {
    accounts: `
      type Query { accounts: [Account!]! account(id: ID!): Account me: Admin }
      interface Account @key(fields: "id") { id: ID! name: String }
      type Admin implements Account @key(fields: "id") { id: ID! name: String rights: [String!] }
      type Member implements Account @key(fields: "id") { id: ID! name: String since: Int boss: Account }
      type Robot implements Account @key(fields: "id") { id: ID! name: String maker: Member }
    `,
    posts: `
      type Query { latest: Post authors: [Account] }
      type Account @key(fields: "id") @interfaceObject { id: ID! posts(first: Int = 1): [Post!] banned: Boolean! }
      type Post @key(fields: "id") { id: ID! text: String author: Account! }
    `,
    ranks: `
      type Account @key(fields: "id") @interfaceObject {
        id: ID! name: String @external posts(first: Int = 1): [Post!] @external
        rank: Int title: String @requires(fields: "name") output: Int @requires(fields: "posts(first: 3) { text }")
      }
      type Post @key(fields: "id") { id: ID! text: String @external likes: Int }
    `,
    badges: `
      type Query { badge: Badge }
      type Account @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }
      type Badge { of: Account others: [Account!] }
    `,
  },
  operations: [
    {
      name: 'fields of the interface object on the interface',
      document: '{ accounts { id banned rank posts { text } } }',
    },
    {
      name: 'the type is the implementation, never the interface',
      document:
        '{ authors { __typename id } latest { author { __typename } } badge { of { __typename id } } }',
    },
    {
      name: 'a fragment on an implementation below an interface object',
      document:
        '{ latest { author { ... on Member { since name } ... on Admin { rights banned } ... on Robot { maker { since rank } } } } }',
    },
    {
      name: 'fields of the implementation, of the interface and of two interface objects',
      document: '{ authors { name rank banned ... on Member { boss { rank name __typename } } } }',
    },
    {
      name: 'what an interface object requires comes from the owner',
      document: '{ authors { title } me { title rank } }',
    },
    {
      name: 'what it requires comes from another interface object, with arguments',
      document: '{ accounts { output posts { id likes } } }',
    },
    {
      name: 'an interface object that is not resolvable',
      document: '{ badge { of { name } others { rank __typename ... on Robot { name } } } }',
    },
    {
      name: 'an implementation reached directly gets the fields',
      document: '{ me { banned posts(first: 2) { author { name __typename } } } }',
    },
    {
      name: 'an interface object inside a fragment on an implementation',
      document:
        '{ account(id: "id-1") { ... on Member { posts { text author { ... on Account { banned } } } } } }',
    },
    {
      name: 'a field with requirements under a type condition: the planner alone would never end',
      document: '{ authors { ... on Admin { title } ... on Robot { rank } } }',
      isAskedOfGateway: false,
    },
    { name: 'only the key', document: '{ authors { id } latest { author { id } } }' },
  ],
};
