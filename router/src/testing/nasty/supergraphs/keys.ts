import type { NastySupergraph } from '../nasty.js';

export const compositeKeys: NastySupergraph = {
  name: 'keys that are composite, nested and lists',
  subgraphs: {
    a: `
      type Query { places: [Place!] place: Place lists: [Listing!] }
      type Place @key(fields: "building { street { name } number } floor") { building: Building! floor: Int! name: String }
      type Building { street: Street! @shareable number: Int! @shareable colour: String }
      type Street { name: String! @shareable city: String }
      type Listing @key(fields: "tags { name } codes") { tags: [Tag!]! codes: [String!]! title: String }
      type Tag { name: String! @shareable weight: Int }
      type Tenant @key(fields: "place { floor building { number street { name } } } since") { place: Place! since: Int! name: String }
    `,
    b: `
      type Query { tenant: Tenant }
      type Place @key(fields: "building { street { name } number } floor") { building: Building! floor: Int! rent: Int tenants: [Tenant] }
      type Building @shareable { street: Street! number: Int! }
      type Street @shareable { name: String! }
      type Listing @key(fields: "codes tags { name }") { tags: [Tag!]! codes: [String!]! views: Int same: [Listing!] }
      type Tag @shareable { name: String! }
      type Tenant @key(fields: "since place { building { street { name } number } floor }") { place: Place! since: Int! debts: Float }
    `,
  },
  operations: [
    { name: 'nested composite keys', document: '{ places { name rent tenants { name debts } } }' },
    {
      name: 'the client uses names of the key for other things',
      gatewayIsWrong:
        'selections are keyed by response name: an alias of the client overwrites what a key or requirement needs',
      document: '{ places { floor: name building { number: colour street: number } rent } }',
    },
    { name: 'lists in keys', document: '{ lists { title views same { title tags { weight } } } }' },
    {
      name: 'the same key in another order',
      document: '{ tenant { name debts place { rent name building { colour } } } }',
    },
  ],
};
export const severalKeys: NastySupergraph = {
  name: 'entities that share no key with the subgraph that is wanted: upc to id to uuid',
  subgraphs: {
    shop: `
      type Query { products: [Product!] product(upc: ID!): Product }
      type Product @key(fields: "upc") { upc: ID! shelf: String }
    `,
    bridge: `
      type Product @key(fields: "upc") @key(fields: "id") { upc: ID! id: ID! }
    `,
    core: `
      type Product @key(fields: "id") @key(fields: "uuid") { id: ID! uuid: ID! name: String }
    `,
    reviews: `
      type Query { reviewed: [Product] }
      type Product @key(fields: "uuid") { uuid: ID! stars: Int related: [Product!] }
    `,
  },
  operations: [
    { name: 'three hops one way', document: '{ products { stars } }' },
    { name: 'three hops the other way', document: '{ reviewed { shelf } }' },
    {
      name: 'there and back again',
      document: '{ products { related { shelf name related { stars shelf } } } }',
    },
    {
      name: 'every part of one product',
      document: '{ product(upc: "upc-3") { upc id uuid shelf name stars } }',
      expected: {
        data: {
          product: { upc: 'upc-3', id: 'id-3', uuid: 'uuid-3', shelf: 'shelf-3', name: 'name-3', stars: 35 },
        },
      },
      requests: 4,
    },
  ],
};

export const nullKeys: NastySupergraph = {
  name: 'keys that are null for some objects',
  isOneWorld: false,
  subgraphs: {
    a: `
      type Query { books: [Book] author: Author }
      type Book @key(fields: "id") @key(fields: "isbn") { id: ID isbn: String title: String }
      type Author @key(fields: "name { first last }") { name: Name! }
      type Name @shareable { first: String last: String }
    `,
    b: 'type Book @key(fields: "isbn") { isbn: String pages: Int }',
    c: `
      type Book @key(fields: "id") { id: ID stock: Int }
      type Author @key(fields: "name { first last }") { name: Name! books: [Book] }
      type Name @shareable { first: String last: String }
    `,
  },
  values: {
    'Query.books': () => [1, 2, null, 3],
    'Book.isbn': ({ n }) => (n === 2 ? null : `isbn-${n}`),
    'Book.id': ({ n }) => (n === 3 ? null : `id-${n}`),
    'Name.last': () => null,
    'Query.author': () => 1,
  },
  operations: [
    {
      name: 'who has no key has no fields from there',
      document: '{ books { title pages stock } }',
      expected: {
        data: {
          books: [
            { title: 'title-1', pages: 15, stock: 15 },
            { title: 'title-2', pages: null, stock: 25 },
            null,
            { title: 'title-3', pages: 35, stock: null },
          ],
        },
      },
    },
    {
      name: 'a null deep inside a composite key',
      document: '{ author { name { first last } books { title } } }',
      expected: { data: { author: { name: { first: 'first-1', last: null }, books: null } } },
    },
  ],
};

export const unresolvableKeys: NastySupergraph = {
  name: 'keys that cannot be resolved, listed first',
  subgraphs: {
    a: `
      type Query { item: Item items: [Item!] }
      type Item @key(fields: "id", resolvable: false) @key(fields: "code") { id: ID! code: String! name: String }
    `,
    b: `
      type Query { order: Order }
      type Item @key(fields: "id") @key(fields: "code", resolvable: false) { id: ID! code: String! price: Int }
      type Order @key(fields: "id") { id: ID! item: Item items: [Item] }
    `,
    c: `
      type Query { box: Box }
      type Box { item: Item }
      type Item @key(fields: "code", resolvable: false) { code: String! }
    `,
    d: `
      type Query { bag: Bag }
      type Bag { item: Item }
      type Item @key(fields: "id", resolvable: false) { id: ID! }
    `,
  },
  operations: [
    {
      name: 'the other key leads there',
      document: '{ items { price } order { item { name } items { name price } } }',
    },
    { name: 'from a stub with the one key', document: '{ box { item { name price code } } }' },
    { name: 'from a stub with the other key', document: '{ bag { item { name price } } }' },
  ],
};
