import type { TestSubgraph } from '../../execution/testing/in-process.js';

const user = (id: string): any => ({
  __typename: 'User',
  id,
  name: `Name "${id}"`,
  rank: id === 'u3' ? null : 'GOLD',
});
const product = (upc: string): any => ({
  __typename: Number(upc) % 2 ? 'Book' : 'Lamp',
  upc,
  name: `Thing ${upc}`,
  price: 10 * Number(upc),
  size: { width: Number(upc), height: null },
  box: { colour: 'red' },
  pages: 100,
  watts: 4.5,
});
const review = (number: number): any => ({
  id: `r${number}`,
  body: number === 4 ? null : `Text ${number} \\ ü`,
  author: user(`u${number % 4}`),
  about: number === 3 ? null : product(String(1 + (number % 4))),
  grid: [[{ value: number }, null], [], null],
});
const reviews = Array.from({ length: 8 }, (_, number) => review(number));

/** Entities, interfaces, unions, lists of lists, nulls, value objects of two subgraphs, @requires of nested objects. */
export const shop: Record<string, TestSubgraph> = {
  users: {
    typeDefs: `
      enum Rank { GOLD SILVER SECRET @inaccessible }
      type Query { me: User  users: [User!]!  user(id: ID!): User  echo(text: String, list: [Int]): String }
      type Mutation { rename(id: ID!, name: String!): User  fail: User }
      type Subscription { joined: User }
      type User @key(fields: "id") { id: ID!  name: String! @shareable  rank: Rank  friend: User }
    `,
    resolvers: {
      Query: {
        me: () => user('u0'),
        users: () => ['u0', 'u1', 'u2', 'u3'].map(user),
        user: (_: unknown, { id }: any) => (id === 'none' ? null : user(id)),
        echo: (_: unknown, args: any) => JSON.stringify(args),
      },
      Mutation: {
        rename: (_: unknown, { id, name }: any) => ({ ...user(id), name }),
        fail: () => {
          throw new Error('No.');
        },
      },
      User: {
        __resolveReference: ({ id }: any) => (id === 'u2' ? null : user(id)),
        friend: ({ id }: any) => (id === 'u1' ? null : user('u1')),
      },
    },
  },
  products: {
    typeDefs: `
      type Query { top: [Product!]!  search: [Found]  product(upc: ID!): Product }
      union Found = Book | Lamp | Note
      interface Product { upc: ID!  name: String  price: Int!  size: Size }
      type Book implements Product @key(fields: "upc") {
        upc: ID!  name: String  price: Int!  size: Size  box: Box @shareable  pages: Int  related: [Product]
      }
      type Lamp implements Product @key(fields: "upc") {
        upc: ID!  name: String  price: Int!  size: Size  watts: Float
      }
      type Note { text: String!  rank: Int }
      type Size { width: Int @shareable  height: Int }
      type Box { colour: String }
    `,
    resolvers: {
      Query: {
        top: () => ['1', '2', '3'].map(product),
        search: () => [product('1'), null, { __typename: 'Note', text: 'n', rank: 1 }, product('2')],
        product: (_: unknown, { upc }: any) => product(upc),
      },
      Book: {
        __resolveReference: ({ upc }: any) => product(upc),
        related: () => [product('1'), null, product('2')],
      },
      Lamp: { __resolveReference: ({ upc }: any) => product(upc) },
    },
  },
  reviews: {
    typeDefs: `
      type Query { latest: [Review!]! }
      type Review @key(fields: "id") {
        id: ID!  body: String  author: User! @provides(fields: "name")  about: Product  grid: [[Cell]]
      }
      type Cell { value: Int! }
      type User @key(fields: "id") { id: ID!  name: String! @external  reviews: [Review!]! }
      interface Product { upc: ID!  reviews: [Review!] }
      type Book implements Product @key(fields: "upc") { upc: ID!  reviews: [Review!] }
      type Lamp implements Product @key(fields: "upc") { upc: ID!  reviews: [Review!] }
    `,
    resolvers: {
      Query: { latest: () => reviews },
      Review: { __resolveReference: ({ id }: any) => reviews.find((one) => one.id === id) },
      User: {
        __resolveReference: (reference: any) => reference,
        reviews: ({ id }: any) => reviews.filter(({ author }) => author.id === id),
      },
      Book: { __resolveReference: (reference: any) => reference, reviews: (one: any) => reviewsOf(one) },
      Lamp: { __resolveReference: (reference: any) => reference, reviews: (one: any) => reviewsOf(one) },
    },
  },
  stock: {
    typeDefs: `
      type Book @key(fields: "upc") {
        upc: ID!
        price: Int! @external
        size: Size @external
        box: Box @shareable
        shipping: Float @requires(fields: "price size { width }")
        inStock: Boolean!
      }
      type Size { width: Int @external }
      type Box { depth: Int }
      scalar Any
      type Lamp @key(fields: "upc") { upc: ID!  inStock: Boolean!  anything: Any }
    `,
    resolvers: {
      Book: {
        __resolveReference: (reference: any) => reference,
        shipping: ({ price, size }: any) => price * (size?.width ?? 1),
        inStock: () => true,
        box: () => ({ depth: 7 }),
      },
      Lamp: {
        __resolveReference: (reference: any) => reference,
        inStock: () => false,
        anything: () => ({ list: [1, { two: 'ü' }] }),
      },
    },
  },
};

const reviewsOf = ({ upc }: any) => reviews.filter(({ about }) => about?.upc === upc);
