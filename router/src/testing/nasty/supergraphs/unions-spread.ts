import type { NastySupergraph } from '../nasty.js';

export const unionsSpread: NastySupergraph = {
  name: 'a union with other members in each subgraph',
  subgraphs: {
    a: `
      type Query { found: [Found] both: Found @shareable wrapped: Wrapped }
      union Found = Person | Town
      type Person @key(fields: "id") { id: ID! name: String! favourite: Found @shareable }
      type Town @key(fields: "id") { id: ID! inhabitants: Int }
      type Wrapped { found: Found! list: [[Found!]] }
    `,
    b: `
      type Query { others: [Found!] both: Found @shareable }
      union Found = Person | River
      type Person @key(fields: "id") { id: ID! age: Int favourite: Found @shareable }
      type River @key(fields: "id") { id: ID! length: Float flows: [Found] }
    `,
    c: `
      type River @key(fields: "id") { id: ID! source: String }
      type Town @key(fields: "id") { id: ID! mayor: Person }
      type Person @key(fields: "id") { id: ID! }
    `,
  },
  values: {
    'Query.found': () => [{ type: 'Person', n: 2 }, null, { type: 'Town', n: 1 }],
    'Query.others': () => [
      { type: 'River', n: 1 },
      { type: 'Person', n: 3 },
    ],
    'Query.both': () => 4,
    'Town.mayor': () => 3,
    'Town.inhabitants': () => 100,
    'Person.age': ({ n }) => n * 10,
  },
  operations: [
    {
      name: 'members are asked where they are known',
      document: `{ found { __typename ... on Person { name age } ... on Town { inhabitants mayor { name } } ... on River { source } } }`,
      expected: {
        data: {
          found: [
            { __typename: 'Person', name: 'name-2', age: 20 },
            null,
            { __typename: 'Town', inhabitants: 100, mayor: { name: 'name-3' } },
          ],
        },
      },
    },
    {
      name: 'a fragment on a member that the subgraph does not know',
      document:
        '{ found { ... on River { source length } ... on Person { id } } others { ... on Town { id } ... on River { id source } } }',
    },
    {
      name: 'only the members that all subgraphs of a shared root know',
      document: '{ both { __typename ... on Person { name age } ... on Town { id } } }',
    },
    {
      name: 'nothing but the typename under aliases',
      document:
        '{ found { a: __typename b: __typename } wrapped { t: __typename found { t: __typename } list { t: __typename } } }',
    },
    {
      name: 'an interface-like fragment on the union itself',
      document:
        '{ wrapped { found { ... on Found { ... on Person { name } } } list { ... on Person { age favourite { ... on Person { name age } } } ... on Town { mayor { age } } } } others { ... on River { flows { ... on River { source } ... on Person { age } } } } }',
    },
  ],
};
