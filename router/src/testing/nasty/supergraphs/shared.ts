import type { NastySupergraph } from '../nasty.js';

export const sharedRoots: NastySupergraph = {
  name: 'the same root fields in several subgraphs, and nodes split among them',
  subgraphs: {
    a: `
      type Query { product(id: ID!): Product @shareable category: Category @shareable node(id: ID!): Node @shareable viewer: Viewer @shareable }
      interface Node { id: ID! }
      type Product implements Node { id: ID! @shareable name: String price: Price @shareable }
      type Price @shareable { amount: Int currency: String }
      type Category { main: Product @shareable all: [Category] @shareable label: String }
      type Viewer @shareable { id: ID! settings: Settings }
      type Settings { theme: String }
    `,
    b: `
      type Query { product(id: ID!): Product @shareable category: Category @shareable node(id: ID!): Node @shareable viewer: Viewer @shareable }
      interface Node { id: ID! }
      type Product implements Node { id: ID! @shareable stock: Int price: Price @shareable }
      type Price @shareable { amount: Int currency: String }
      type Category { main: Product @shareable all: [Category] @shareable rank: Int }
      type Viewer @shareable { id: ID! settings: Settings }
      type Settings { language: String }
    `,
    c: `
      type Query { product(id: ID!): Product @shareable node(id: ID!): Node @shareable category: Category @shareable }
      interface Node { id: ID! }
      type Category { main: Product @shareable all: [Category] @shareable }
      type Product implements Node { id: ID! @shareable weight(unit: String): Float }
    `,
  },
  operations: [
    {
      name: 'each part of the object from its subgraph',
      document: '{ product(id: "id-2") { name stock weight price { amount } } }',
      requests: 3,
    },
    {
      name: 'merged deep down and in lists',
      document:
        '{ category { main { name stock } all { label rank all { main { stock price { currency } } label } } } }',
    },
    {
      name: 'two of them under aliases',
      document:
        '{ a: product(id: "id-1") { name weight(unit: "kg") } b: product(id: "id-3") { stock weight } }',
    },
    { name: 'nodes', document: '{ node(id: "id-1") { __typename id ... on Product { price { amount } } } }' },
    {
      name: 'an object without a key whose fields are split',
      document: '{ viewer { id settings { theme language } } }',
    },
  ],
};

export const sharedValues: NastySupergraph = {
  name: 'value types with other fields in each subgraph, merged from several fetches',
  subgraphs: {
    a: `
      type Query { user(id: ID!): User users: [User] }
      type User @key(fields: "id") { id: ID! profile: Profile @shareable visits: [Visit!] @shareable matrix: [[Visit]] @shareable }
      type Profile { name: String picture: Picture @shareable }
      type Picture { url: String size: Int @shareable }
      type Visit { page: String count: Int @shareable }
    `,
    b: `
      type User @key(fields: "id") { id: ID! profile: Profile @shareable visits: [Visit!] @shareable matrix: [[Visit]] @shareable friend: User }
      type Profile { age: Int picture: Picture @shareable }
      type Picture { format: String size: Int @shareable }
      type Visit { seconds: Int count: Int @shareable }
    `,
  },
  operations: [
    {
      name: 'objects',
      document: '{ user(id: "id-1") { profile { name age picture { url format size } } } }',
    },
    {
      name: 'lists, by position',
      document: '{ user(id: "id-2") { visits { page seconds count } matrix { page seconds } } }',
    },
    {
      name: 'for many users, deep',
      gatewayIsWrong: 'objects in lists of lists from two fetches are not merged',
      document:
        '{ users { profile { age } friend { visits { page } profile { name age } friend { matrix { seconds page count } } } } }',
    },
    {
      name: 'one half fails: the other half stays',
      document: '{ user(id: "id-1") { profile { name age } } }',
      faults: {
        field: (type, _n, field) => (type === 'Profile' && field === 'age' ? new Error('no age') : undefined),
      },
    },
  ],
};

export const mixedNullability: NastySupergraph = {
  name: 'fields that one subgraph may leave null and another may not',
  subgraphs: {
    a: `
      type Query { things: [Thing!]! @shareable only: Thing }
      type Thing @key(fields: "id") { id: ID! name: String! @shareable list: [String!]! @shareable part: Part! @shareable }
      type Part @shareable { x: Int! y: Int }
    `,
    b: `
      type Query { things: [Thing] @shareable other: Thing! }
      type Thing @key(fields: "id") { id: ID! name: String @shareable list: [String] @shareable part: Part @shareable size: Int! }
      type Part @shareable { x: Int y: Int! }
    `,
  },
  operations: [
    {
      name: 'nothing is null',
      document: '{ things { name list size part { x y } } other { name part { x } } }',
    },
    {
      name: 'a failing field of a type that is strict here and lax in the API',
      document: '{ only { id size } }',
      faults: {
        field: (type, _n, field) => (type === 'Thing' && field === 'size' ? new Error('no size') : undefined),
      },
    },
    {
      name: 'a strict root takes everything with it',
      document: '{ other { size } only { id } }',
      faults: {
        field: (type, _n, field) => (type === 'Thing' && field === 'size' ? new Error('no size') : undefined),
      },
    },
  ],
};
