import type { NastySupergraph } from '../nasty.js';

export const federationOne: NastySupergraph = {
  name: 'subgraphs of federation 1: extend type, @extends, @external keys',
  subgraphs: {
    accounts: `# federation 1
      type Query { me: User users: [User] }
      type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String size: Size }
      type Size { width: Int height: Int }
    `,
    reviews: `# federation 1
      extend type Query { reviews: [Review!] }
      extend type User @key(fields: "id") { id: ID! @external reviews: [Review] name: String @external greeting: String @requires(fields: "name") }
      type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "name") }
      type Size { width: Int height: Int }
    `,
    inventory: `# federation 1
      type User @extends @key(fields: "email") { email: String! @external owns: [Item!] size: Size @external fits: Boolean @requires(fields: "size { width }") }
      type Size @extends { width: Int @external }
      type Item @key(fields: "sku") { sku: ID! owner: User }
    `,
    modern: `
      extend type Item @key(fields: "sku") { sku: ID! @external price: Int }
      type Review @key(fields: "id") { id: ID! @external stars: Int }
    `,
  },
  operations: [
    {
      name: 'external keys of both styles',
      document: '{ me { reviews { body stars } owns { price owner { name } } } }',
    },
    { name: 'requirements over external fields', document: '{ users { greeting fits } }' },
    { name: 'provided names', document: '{ reviews { author { name } } }', requests: 1 },
    {
      name: 'from the far side back',
      document: '{ reviews { author { email owns { sku owner { id reviews { id } } } size { height } } } }',
    },
  ],
};
