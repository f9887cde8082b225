import type { NastySupergraph } from '../nasty.js';

export const requiresArguments: NastySupergraph = {
  name: '@requires of a field with arguments',
  subgraphs: {
    products: `
      type Query { products: [Product!] product(id: ID!): Product }
      enum Currency { EUR USD }
      input Around { digits: Int = 2 mode: String }
      type Product @key(fields: "id") {
        id: ID! price(currency: Currency! = EUR, around: Around): Int weight(unit: String): Float
        parts(first: Int): [Part!] maker: Maker
      }
      type Part { name(short: Boolean = false): String size: Int }
      type Maker @key(fields: "id") { id: ID! name(language: String): String }
    `,
    shipping: `
      type Query { shipped: [Product] }
      enum Currency { EUR USD }
      input Around { digits: Int = 2 mode: String }
      type Product @key(fields: "id") {
        id: ID!
        price(currency: Currency! = EUR, around: Around): Int @external
        weight(unit: String): Float @external
        parts(first: Int): [Part!] @external
        maker: Maker @external
        cost: Int @requires(fields: "price(currency: USD) weight(unit: \\"kg\\")")
        duty: Int @requires(fields: "price(currency: EUR, around: { digits: 0, mode: \\"up\\" })")
        label(size: Int): String @requires(fields: "parts(first: 2) { name(short: true) }")
        origin: String @requires(fields: "maker { id name(language: \\"ro\\") }")
      }
      type Part { name(short: Boolean = false): String @external }
      type Maker @key(fields: "id") { id: ID! name(language: String): String @external }
    `,
  },
  operations: [
    { name: 'the client does not ask for it', document: '{ products { cost } }' },
    {
      name: 'the client asks for it with other arguments',
      gatewayIsWrong: 'the client gets the value that was fetched with the arguments of a requirement',
      document: '{ products { price(currency: EUR) cost weight(unit: "g") } }',
    },
    {
      name: 'the client asks for it with equal arguments',
      document: '{ products { price(currency: USD) cost weight(unit: "kg") } }',
    },
    {
      name: 'the client asks without arguments, which have a default',
      gatewayIsWrong: 'a field required with arguments gets the value of the same field with other arguments',
      document: '{ products { price cost weight duty } }',
    },
    {
      name: 'the client gives its name to something else',
      gatewayIsWrong:
        'selections are keyed by response name: an alias of the client overwrites what a key or requirement needs',
      document: '{ products { price: id weight: __typename cost duty } }',
    },
    {
      name: 'the client asks under an alias',
      document: '{ products { p: price(currency: USD) w: weight cost } }',
    },
    {
      name: 'two fields require it with different arguments',
      gatewayIsWrong: 'a field required with arguments gets the value of the same field with other arguments',
      document: '{ products { cost duty } }',
    },
    {
      name: 'two fields require it with different arguments, and the client has a third way',
      gatewayIsWrong: 'a field required with arguments gets the value of the same field with other arguments',
      document: '{ shipped { duty price(currency: USD, around: { digits: 1 }) cost } }',
    },
    {
      name: 'nested fields with arguments, in a list',
      gatewayIsWrong: 'the client gets the value that was fetched with the arguments of a requirement',
      document: '{ products { label parts(first: 3) { name size } } }',
    },
    {
      name: 'nested fields, where the client asks the same list with others',
      gatewayIsWrong: 'the client gets the value that was fetched with the arguments of a requirement',
      document:
        '{ products { label(size: 3) parts(first: 2) { name(short: false) } origin maker { name(language: "en") } } }',
    },
    {
      name: 'a variable decides about the arguments',
      document:
        'query ($c: Currency! = EUR, $u: String) { products { price(currency: $c) weight(unit: $u) cost } }',
      variables: { u: 'lb' },
    },
    {
      name: 'equal by a variable',
      document: 'query ($c: Currency!) { products { price(currency: $c) cost } }',
      variables: { c: 'USD' },
    },
    {
      name: 'the same entity at two places with different arguments',
      gatewayIsWrong: 'a field required with arguments gets the value of the same field with other arguments',
      document:
        '{ a: product(id: "id-1") { price(currency: EUR) cost } b: product(id: "id-1") { price(currency: USD) duty } }',
    },
  ],
};
