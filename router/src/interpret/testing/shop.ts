/** Products and what is found by them. */
export const catalogue = {
  typeDefs: `
    type Query {
      product(id: ID!): Product
      products: [Product]!
      search: [Found!]!
      node: Node
      top: Product!
      echo(text: String): String
    }
    type Mutation { rename(id: ID!, name: String!): Product  fail: String }
    type Subscription { renamed: Product }
    union Found = Product | Brand
    interface Node { id: ID! }
    type Product implements Node @key(fields: "id") {
      id: ID!
      name: String
      brand: Brand
      size: Size @shareable
      grid: [[Cell!]]
      weight: Float
    }
    type Cell { value: Int! }
    type Brand implements Node @key(fields: "id") { id: ID!  title: String! }
    type Size @shareable { width: Int }
    type Secret implements Node @inaccessible { id: ID! }
  `,
  resolvers: {
    Query: {
      product: (_: unknown, { id }: any) => (id === 'none' ? null : product(id)),
      products: () => [product('1'), null, product('2'), product('1')],
      search: () => [
        { __typename: 'Product', ...product('1') },
        { __typename: 'Brand', id: 'b', title: 'Brand b' },
      ],
      node: () => ({ __typename: 'Secret', id: 's' }),
      top: () => product('top'),
      echo: (_: unknown, { text }: any) => text ?? 'nothing',
    },
    Mutation: {
      rename: (_: unknown, { id, name }: any) => ({ ...product(id), name }),
      fail: () => {
        throw new Error('It did not work.');
      },
    },
    Product: { __resolveReference: ({ id }: any) => product(id) },
  },
};

const product = (id: string): any => ({
  id,
  name: `Product ${id}`,
  brand: { id: 'b', title: 'Brand b' },
  size: { width: 3 },
  grid: [[{ value: 1 }], null, []],
  weight: 2.5,
});

/** Adds to products, and knows nothing of the one with the id `unrated`. */
export const reviews = {
  typeDefs: `
    type Query { reviewed: [Product!]! }
    type Product @key(fields: "id") {
      id: ID!
      rating: Float
      stars: Int!
      size: Size @shareable
      reviews: [Review!]!
      weight: Float @external
      shipping: Float @requires(fields: "weight")
    }
    type Size @shareable { height: Int }
    type Review { text: String!  product: Product! }
  `,
  resolvers: {
    Query: { reviewed: () => [{ id: '1' }] },
    Product: {
      __resolveReference: (reference: any) => (reference.id === 'unrated' ? null : reference),
      rating: ({ id }: any) => {
        if (id === '2') throw new Error('No rating.');
        return 4.5;
      },
      stars: ({ id }: any) => (id === '2' ? null : 4),
      size: () => ({ height: 5 }),
      reviews: ({ id }: any) => [{ text: 'good', product: { id } }],
      shipping: ({ weight }: any) => (weight === null ? null : weight * 2),
    },
  },
};
