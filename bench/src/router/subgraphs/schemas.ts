const link = (imports: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: [${imports}])\n`;

/** The four subgraphs: keys, @provides, @requires and a field with arguments, as a router meets them. */
export const typeDefs = {
  accounts: `${link('"@key", "@shareable"')}
    type Query {
      "The token of whoever asks; null without one."
      viewer: String
      users(first: Int! = 6): [User!]!
    }
    type User @key(fields: "id") {
      id: ID!
      username: String! @shareable
      name: String!
      karma: Int!
    }`,
  products: `${link('"@key"')}
    type Query {
      topProducts(first: Int! = 5): [Product!]!
    }
    type Product @key(fields: "upc") {
      upc: ID!
      name: String!
      price: Int!
      weight: Int!
    }`,
  inventory: `${link('"@key", "@external", "@requires"')}
    type Product @key(fields: "upc") {
      upc: ID!
      price: Int! @external
      weight: Int! @external
      stock: Int!
      shippingEstimate: Int! @requires(fields: "price weight")
    }`,
  reviews: `${link('"@key", "@external", "@provides"')}
    type Review {
      id: ID!
      body: String!
      rating: Int!
      likes: Int!
      author: User! @provides(fields: "username")
      product: Product!
    }
    type User @key(fields: "id") {
      id: ID!
      username: String! @external
      reviews: [Review!]!
    }
    type Product @key(fields: "upc") {
      upc: ID!
      reviews: [Review!]!
    }`,
} as const;

export type SubgraphName = keyof typeof typeDefs;
export const subgraphNames = Object.keys(typeDefs) as SubgraphName[];
