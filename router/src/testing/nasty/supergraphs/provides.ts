import type { NastySupergraph } from '../nasty.js';

export const provides: NastySupergraph = {
  name: '@provides on nested objects, lists, interfaces and unions',
  subgraphs: {
    users: `
      type Query { user(id: ID!): User }
      type User @key(fields: "id") { id: ID! name: String! @shareable address: Address @shareable phone: Phone @shareable }
      type Address @key(fields: "street zip") { street: String! zip: Int! city: City @shareable }
      type City { name: String @shareable country: String }
      type Phone @shareable { number: String prefix: String }
      interface Animal { id: ID! name: String }
      type Cat implements Animal @key(fields: "id") { id: ID! name: String @shareable lives: Int }
      type Dog implements Animal @key(fields: "id") { id: ID! name: String @shareable tricks: [String] @shareable }
    `,
    posts: `
      type Query {
        posts: [Post!] @provides(fields: "author { name }")
        top: Post @provides(fields: "author { address { city { name } } }")
        pet: Animal @provides(fields: "... on Cat { name } ... on Dog { name }")
        pets: [Pet!] @provides(fields: "... on Cat { name } ... on Dog { tricks }")
        plain: Post
      }
      type Post @key(fields: "id") { id: ID! author: User text: String related: [Post] @provides(fields: "author { name }") }
      type User @key(fields: "id") { id: ID! name: String! @external address: Address @external }
      type Address @key(fields: "street zip") { street: String! @external zip: Int! @external city: City @external }
      type City { name: String @external }
      union Pet = Cat | Dog
      interface Animal { id: ID! name: String }
      type Cat implements Animal @key(fields: "id") { id: ID! name: String @external }
      type Dog implements Animal @key(fields: "id") { id: ID! name: String @external tricks: [String] @external }
    `,
  },
  values: { 'Post.author': ({ n }) => n + 1, 'User.address': ({ n }) => n, 'Query.plain': () => 2 },
  operations: [
    { name: 'what is provided is not fetched again', document: '{ posts { author { name } } }', requests: 1 },
    { name: 'without @provides it is fetched', document: '{ plain { author { name } } }', requests: 2 },
    {
      name: 'provided here and not there, in one list',
      document: '{ posts { author { name phone { number } } related { author { name address { zip } } } } }',
    },
    {
      name: 'a nested value is provided in part',
      document: '{ top { author { address { city { name } } } } }',
      requests: 1,
    },
    {
      name: 'a nested value is wanted in more than the provided part',
      document: '{ top { author { name address { street city { name country } } } } }',
    },
    { name: 'members of an interface', document: '{ pet { name ... on Cat { lives } } }' },
    {
      name: 'members of a union, each with another provided field',
      document: '{ pets { ... on Cat { name lives } ... on Dog { name tricks } } }',
    },
  ],
};
