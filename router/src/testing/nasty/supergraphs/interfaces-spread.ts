import type { NastySupergraph } from '../nasty.js';

export const interfacesSpread: NastySupergraph = {
  name: 'an interface whose members and fields are spread over subgraphs',
  subgraphs: {
    catalog: `
      type Query { media: [Media!] medium(id: ID!): Media shelf: Shelf }
      interface Media { id: ID! title: String }
      interface Printed { pages: Int }
      type Book implements Media & Printed @key(fields: "id") { id: ID! title: String pages: Int }
      type Movie implements Media @key(fields: "id") { id: ID! title: String @shareable minutes: Int }
      type Magazine implements Media & Printed @key(fields: "id") { id: ID! title: String pages: Int issue: Issue }
      type Issue { number: Int! month: String }
      type Shelf @key(fields: "id") { id: ID! first: Media all: [Media] }
    `,
    reviews: `
      type Query { reviewed: [Reviewed!]! }
      interface Reviewed { id: ID! reviews(first: Int = 2): [Review!] score: Float }
      type Book implements Reviewed @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review!] score: Float }
      type Movie implements Reviewed @key(fields: "id") { id: ID! title: String @shareable reviews(first: Int = 2): [Review!] score: Float }
      type Review @key(fields: "id") { id: ID! text: String of: Reviewed }
    `,
    stock: `
      type Query { stocked: Stocked }
      interface Stocked { id: ID! place: Place }
      interface Place { name: String }
      type Room implements Place { name: String floor: Int }
      type Store implements Place { name: String city: String }
      type Book implements Stocked @key(fields: "id") { id: ID! place: Room }
      type Magazine implements Stocked @key(fields: "id") { id: ID! place: Store }
    `,
  },
  values: { 'Query.media': () => [0, 1, 2], 'Query.shelf': () => 1, 'Shelf.all': () => [0, 2, null, 1] },
  operations: [
    {
      name: 'fields of the interface only, of all members',
      document: '{ media { __typename id title } }',
      expected: {
        data: {
          media: [
            { __typename: 'Book', id: 'id-0', title: null },
            { __typename: 'Magazine', id: 'id-1', title: 'title-1' },
            { __typename: 'Movie', id: 'id-2', title: 'title-2' },
          ],
        },
      },
    },
    {
      name: 'a fragment on an interface that the subgraph of the field does not know',
      document:
        '{ media { title ... on Reviewed { score reviews { text of { id } } } ... on Stocked { place { name } } } }',
    },
    {
      name: 'interface fields of another concrete type in each member',
      document: `{ media { ... on Book { place { floor name } } ... on Magazine { place { city name } } } }`,
    },
    {
      name: 'one response name for fields of different types under different members',
      document:
        '{ media { ... on Book { x: pages } ... on Movie { x: minutes } ... on Magazine { x: pages i: issue { number } } } }',
    },
    {
      name: 'members that have no subgraph for a fragment answer nothing for it',
      document:
        '{ stocked { id ... on Book { score } ... on Magazine { title } } reviewed { __typename ... on Printed { pages } } }',
    },
    {
      name: 'fragments nested in fragments of narrower and wider types',
      document: `{ shelf { first { ... on Printed { ... on Media { title ... on Book { pages score } } } }
        all { ... on Media { ... on Reviewed { ... on Movie { minutes score } } } } } }`,
    },
  ],
};
