import type { NastySupergraph } from '../nasty.js';

export const requiresNested: NastySupergraph = {
  name: '@requires of nested objects, lists, interfaces and other required fields',
  subgraphs: {
    base: `
      type Query { orders: [Order] order(id: ID!): Order }
      type Order @key(fields: "id") { id: ID! lines: [Line!] grid: [[Cell]] payer: Payer subject: Subject customer: Customer }
      type Line { quantity: Int! item: Item note: String }
      type Item @key(fields: "sku") { sku: ID! weight: Int }
      type Cell { x: Int y: Int }
      union Payer = Person | Company
      type Person @key(fields: "id") { id: ID! first: String }
      type Company @key(fields: "id") { id: ID! vat: String seat: Seat }
      type Seat { town: String country: String }
      interface Subject { title: String }
      type Note implements Subject { title: String text: String }
      type Gift implements Subject { title: String ribbon: Boolean }
      type Customer @key(fields: "id") { id: ID! }
    `,
    customers: `
      type Customer @key(fields: "id") { id: ID! level: Int town: Town }
      type Town @key(fields: "id") { id: ID! name: String }
    `,
    sums: `
      type Order @key(fields: "id") {
        id: ID!
        lines: [Line!] @external
        grid: [[Cell]] @external
        payer: Payer @external
        subject: Subject @external
        customer: Customer @external
        total: Int @requires(fields: "lines { quantity item { weight } }")
        area: Int @requires(fields: "grid { x y }")
        payerName: String @requires(fields: "payer { ... on Person { first } ... on Company { vat seat { town } } }")
        subjectText: String @requires(fields: "subject { title ... on Note { text } ... on Gift { ribbon } }")
        discount: Int @requires(fields: "customer { level }")
      }
      type Line { quantity: Int! @external item: Item @external }
      type Item @key(fields: "sku") { sku: ID! weight: Int @external }
      type Cell { x: Int @external y: Int @external }
      union Payer = Person | Company
      type Person @key(fields: "id") { id: ID! first: String @external }
      type Company @key(fields: "id") { id: ID! vat: String @external seat: Seat @external }
      type Seat { town: String @external }
      interface Subject { title: String }
      type Note implements Subject { title: String @external text: String @external }
      type Gift implements Subject { title: String @external ribbon: Boolean @external }
      type Customer @key(fields: "id") { id: ID! level: Int @external loyal: Boolean @requires(fields: "level") }
    `,
    mail: `
      type Order @key(fields: "id") {
        id: ID! total: Int @external discount: Int @external
        letter: String @requires(fields: "total discount") 
        urgent: Boolean @requires(fields: "letterhead")
        letterhead: String @external
      }
    `,
    print: `
      type Order @key(fields: "id") { id: ID! total: Int @external letterhead: String @requires(fields: "total") }
    `,
  },
  operations: [
    { name: 'objects in lists, with an entity inside', document: '{ orders { total } }' },
    {
      name: 'lists of lists',
      gatewayIsWrong: 'lists of lists in a requirement are told as lists of nulls',
      document: '{ orders { area } }',
    },
    {
      name: 'members of a union',
      document: '{ orders { payerName payer { __typename ... on Person { name: first } } } }',
    },
    {
      name: 'members of an interface',
      gatewayIsWrong:
        'selections are keyed by response name: an alias of the client overwrites what a key or requirement needs',
      document: '{ orders { subjectText subject { ... on Note { title: text } } } }',
    },
    {
      name: 'a field of another entity, of a third subgraph',
      document: '{ orders { discount customer { loyal town { name } } } }',
    },
    { name: 'what requires what requires', document: '{ orders { letter urgent } }' },
    {
      name: 'the client asks for parts of what is required under aliases',
      gatewayIsWrong:
        'selections are keyed by response name: an alias of the client overwrites what a key or requirement needs',
      document: '{ orders { lines { q: quantity quantity: note } total customer { level: id } discount } }',
    },
    {
      name: 'one requirement fails and another is unknown: each field has its own error, or none',
      document: '{ order(id: "id-1") { letterhead discount } }',
      faults: {
        entity: (subgraph) =>
          subgraph === 'print' ? new Error('no paper') : subgraph === 'customers' ? null : undefined,
      },
      expected: {
        data: { order: { letterhead: null, discount: null } },
        errorsAt: [['order', 'letterhead']],
      },
    },
    {
      name: 'everything at once',
      gatewayIsWrong: 'lists of lists in a requirement are told as lists of nulls',
      document:
        '{ order(id: "id-2") { total area payerName subjectText discount letter urgent letterhead } }',
    },
  ],
};
