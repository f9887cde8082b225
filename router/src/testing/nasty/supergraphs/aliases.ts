import type { NastySupergraph } from '../nasty.js';

export const aliases: NastySupergraph = {
  name: 'aliases that collide: with keys, with each other under other types, with other arguments',
  subgraphs: {
    a: `
      type Query { items: [Item] pair: Pair }
      union Item = Book | Film | Song
      type Book @key(fields: "id") { id: ID! title(upper: Boolean): String pages: Int! next: Film }
      type Film @key(fields: "id") { id: ID! title(upper: Boolean): String minutes: Float! next: Book }
      type Song @key(fields: "id") { id: ID! title(upper: Boolean): String verses: [String!] next: Song }
      type Pair { left: Book right: Book }
    `,
    b: `
      type Book @key(fields: "id") { id: ID! price(in: String = "EUR"): Int author: Person }
      type Film @key(fields: "id") { id: ID! price(in: String = "EUR"): Int director: Person }
      type Song @key(fields: "id") { id: ID! price(in: String = "EUR"): Int singers: [Person] }
      type Person @key(fields: "id") { id: ID! name: String born: Int }
    `,
    c: 'type Person @key(fields: "id") { id: ID! fans: [Person!] shoe(unit: String): Float }',
  },
  values: {
    'Query.items': () => [{ type: 'Book', n: 1 }, { type: 'Film', n: 2 }, { type: 'Song', n: 3 }, null],
    'Query.pair': () => 1,
    'Pair.left': () => 1,
    'Pair.right': () => 1,
  },
  operations: [
    {
      name: 'the same name with other arguments under other types',
      document:
        '{ items { ... on Book { t: title(upper: true) } ... on Film { t: title(upper: false) } ... on Song { t: title } } }',
    },
    {
      name: 'the same name with other arguments under other types, from an entity fetch',
      document:
        '{ items { ... on Book { p: price(in: "USD") } ... on Film { q: price p: price(in: "RON") } } }',
    },
    {
      name: 'the same name for objects of one type by different fields',
      document:
        '{ items { ... on Book { who: author { name } } ... on Film { who: director { born fans { name } } } } }',
    },
    {
      name: 'the name of a key for something else',
      gatewayIsWrong:
        'selections are keyed by response name: an alias of the client overwrites what a key or requirement needs',
      document:
        '{ items { ... on Book { id: title price } ... on Film { id: title __typename price } ... on Song { id: title x: id price } } }',
    },
    {
      name: 'keys and names exchanged',
      gatewayIsWrong:
        'selections are keyed by response name: an alias of the client overwrites what a key or requirement needs',
      document:
        '{ pair { left { id: title title: id author { id: name name: id shoe } } right { title: pages price: title(upper: true) p: price } } }',
    },
    {
      name: '__typename under other names, and other fields under the names of types',
      document:
        '{ items { __typename ... on Book { type: __typename Book: id } ... on Film { type: __typename typename: id } } t: __typename }',
    },
    {
      name: 'one field under three names with three arguments',
      document:
        '{ pair { left { a: price(in: "A") b: price(in: "B") c: price author { a: shoe(unit: "cm") b: shoe(unit: "in") } } } }',
    },
    {
      name: 'names that look like internals',
      document:
        '{ _entities: pair { __left: left { _0: id representations: price } toString: right { constructor: title hasOwnProperty: price prototype: author { valueOf: name __proto: shoe } } } }',
    },
    {
      name: 'the name __proto__',
      document: '{ pair { left { __proto__: title price } __proto__: right { id } } }',
    },
  ],
};
