import type { NastySupergraph } from '../nasty.js';

export const lists: NastySupergraph = {
  name: 'lists of lists, of entities too, empty ones and nulls inside',
  subgraphs: {
    a: `
      type Query { grid: [[Cell!]!]! cube: [[[Cell]]] users: [[User]] names: [[String]] empty: [User!]! flags: [[Boolean!]!] mixed: [[Any!]] }
      type Cell { value: Int user: User }
      union Any = User | Cell
      type User @key(fields: "id") { id: ID! teams: [[Team!]] }
      type Team @key(fields: "id") { id: ID! }
    `,
    b: `
      type User @key(fields: "id") { id: ID! name: String! tags: [[String!]] }
      type Team @key(fields: "id") { id: ID! title: String members: [[User]!] }
    `,
  },
  values: {
    'Query.grid': () => [[1, 2], [], [3]],
    'Query.cube': () => [[[1, null], null, []], null, [], [[2]]],
    'Query.users': () => [[1, 2], null, [], [1, null, 3]],
    'Query.names': () => [['x', null], null, []],
    'Query.empty': () => [],
    'Query.mixed': () => [
      [
        { type: 'User', n: 1 },
        { type: 'Cell', n: 2 },
      ],
      null,
      [{ type: 'User', n: 3 }],
    ],
    'Cell.user': ({ n }) => n,
    'User.teams': ({ n }) => [[n, n + 1], []],
    'Team.members': ({ n }) => [[n, null], []],
  },
  operations: [
    {
      name: 'entities in lists of lists',
      document: '{ users { id name } }',
      expected: {
        data: {
          users: [
            [
              { id: 'id-1', name: 'name-1' },
              { id: 'id-2', name: 'name-2' },
            ],
            null,
            [],
            [{ id: 'id-1', name: 'name-1' }, null, { id: 'id-3', name: 'name-3' }],
          ],
        },
      },
    },
    {
      name: 'entities behind lists of lists',
      document: '{ grid { value user { name } } cube { user { name tags } } }',
    },
    {
      name: 'lists of lists behind entities in lists of lists',
      document: '{ users { teams { title members { name teams { title } } } } }',
    },
    { name: 'leaves', document: '{ names flags }' },
    {
      name: 'nothing in it, nobody asked',
      document: '{ empty { name } }',
      requests: 1,
      expected: { data: { empty: [] } },
    },
    {
      name: 'members of a union',
      document: '{ mixed { __typename ... on User { name } ... on Cell { user { name } } } }',
    },
  ],
};
