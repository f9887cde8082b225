import type { NastySupergraph } from '../nasty.js';

export const inaccessible: NastySupergraph = {
  name: '@inaccessible fields, types, members, enum values and arguments',
  subgraphs: {
    a: `
      type Query { things: [Thing] thing(id: ID!, secret: String = "s" @inaccessible): Thing level: Level found: Found state(of: Level, filter: Filter): State! }
      interface Thing { id: ID! hidden: Int @inaccessible }
      type Open implements Thing @key(fields: "id") { id: ID! hidden: Int @inaccessible level: Level other: Thing }
      type Closed implements Thing @key(fields: "id") @inaccessible { id: ID! hidden: Int }
      union Found = Open | Closed
      enum Level { LOW HIGH TOP @inaccessible }
      enum State { ON OFF @inaccessible }
      input Filter { text: String level: Level hidden: Int = 3 @inaccessible }
    `,
    b: `
      type Open @key(fields: "id") { id: ID! hidden: Int @external shown: Int @requires(fields: "hidden") secret: Secret @inaccessible }
      type Secret @inaccessible { code: String }
    `,
  },
  values: {
    'Query.thing': () => ({ type: 'Open', n: 4 }),
    'Query.things': () => [
      { type: 'Open', n: 1 },
      { type: 'Open', n: 2 },
    ],
    'Query.level': () => 'TOP',
    'Query.state': () => 'OFF',
  },
  operations: [
    { name: 'what is hidden may be required', document: '{ things { id ... on Open { shown level } } }' },
    {
      name: 'an enum value that clients may not see is null',
      gatewayIsWrong:
        'a null that the supergraph does not allow is answered without an error (GraphQL, 6.4.4)',
      document: '{ level thing(id: "id-4") { id } }',
      expected: { data: { level: null, thing: { id: 'id-4' } }, errorsAt: [['level']] },
    },
    {
      name: 'and where null may not be, the parent is null',
      gatewayIsWrong:
        'a null that the supergraph does not allow is answered without an error (GraphQL, 6.4.4)',
      document: '{ state(of: LOW, filter: { text: "x" }) }',
      expected: { data: null, errorsAt: [['state']] },
    },
  ],
};

export const inaccessibleMembers: NastySupergraph = {
  name: 'objects of an @inaccessible type behind an interface and a union',
  subgraphs: inaccessible.subgraphs,
  values: {
    'Query.things': () => [
      { type: 'Open', n: 1 },
      { type: 'Closed', n: 2 },
    ],
    'Query.found': () => ({ type: 'Closed', n: 3 }),
    'Query.level': () => 'LOW',
    'Query.state': () => 'ON',
  },
  operations: [
    {
      name: 'they are null, with an error',
      gatewayIsWrong:
        'a null that the supergraph does not allow is answered without an error (GraphQL, 6.4.4)',
      document: '{ things { __typename id } found { __typename } }',
      expected: {
        data: { things: [{ __typename: 'Open', id: 'id-1' }, null], found: null },
        errorsAt: [['things', 1], ['found']],
      },
    },
  ],
};
