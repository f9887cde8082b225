import type { NastySupergraph } from '../nasty.js';

export const interfaceObjectHops: NastySupergraph = {
  name: 'interface objects that are reached through entities of entities',
  subgraphs: {
    things: `
      interface Thing @key(fields: "id") @key(fields: "code") { id: ID! code: String! }
      type Lamp implements Thing @key(fields: "id") @key(fields: "code") { id: ID! code: String! watts: Int }
      type Chair implements Thing @key(fields: "id") @key(fields: "code") { id: ID! code: String! legs: Int twin: Thing }
    `,
    rooms: `
      type Query { room: Room rooms: [Room] }
      type Room @key(fields: "id") { id: ID! things: [Thing!] main: Thing }
      type Thing @key(fields: "code") @interfaceObject { code: String! room: Room }
    `,
    prices: `
      type Room @key(fields: "id") { id: ID! rent: Int owner: Owner }
      type Owner @key(fields: "id") { id: ID! owns: [Thing] }
      type Thing @key(fields: "id") @interfaceObject { id: ID! price: Int ownedBy: Owner }
    `,
  },
  operations: [
    {
      name: 'from one interface object to another by a key that neither shares',
      document: '{ room { main { price code } } }',
    },
    {
      name: 'through two entities to implementations',
      document:
        '{ rooms { owner { owns { __typename ... on Lamp { watts } ... on Chair { legs twin { price } } room { rent } } } } }',
    },
    {
      name: 'both ways round',
      document: '{ room { things { price room { things { ownedBy { owns { price code } } } } } } }',
    },
    {
      name: 'what fails for a type that was not asked is no error',
      gatewayIsWrong: 'it reports errors of what is not in the response',
      document: '{ room { things { __typename ... on Lamp { ownedBy { owns { id } } } } } }',
      faults: {
        field: (type, n, field) =>
          type === 'Owner' && field === 'owns' && n % 2 === 0 ? new Error('nobody knows') : undefined,
      },
    },
    {
      name: 'nothing but type names',
      document: '{ room { main { __typename } owner { owns { __typename } } } }',
    },
  ],
};
