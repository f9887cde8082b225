import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { aViewer, testSubgraph } from '../testing/subgraph.js';
import { defineSubgraph } from './define-subgraph.js';
import { anyone } from './permissions.js';

let changes = 0;
const count = () => (changes += 1);
const { as } = testSubgraph(
  defineSubgraph({
    name: 'test',
    slices: [
      {
        typeDefs: parse(
          'extend type Query { changes: Int } extend type Mutation { change: Int leave: Int } type X @key(fields: "id") { id: ID! }',
        ),
        resolvers: { Query: { changes: () => changes }, Mutation: { change: count, leave: count } },
        permissions: {
          Query: { changes: anyone },
          Mutation: { change: anyone, leave: anyone },
          X: { id: anyone },
        },
      },
    ],
    createContext: (base) => base,
    impersonatorsMay: ['leave'],
  }),
);
const impersonated = as(aViewer({ impersonatorId: aViewer().id }));

describe('whoever impersonates a person', () => {
  it.each([
    ['mutation { change }'],
    ['mutation { leave change }'],
    ['mutation { leave: change }'],
    ['mutation { ...F } fragment F on Mutation { change }'],
    ['mutation { ... on Mutation { change } }'],
  ])('changes nothing: %s', async (query) => {
    changes = 0;
    expect((await impersonated.execute(query)).codes).toEqual(['FORBIDDEN']);
    expect(changes).toBe(0);
  });

  it('may look, and use what is named', async () => {
    changes = 0;
    expect((await impersonated.execute('{ changes }')).data).toEqual({ changes: 0 });
    expect((await impersonated.execute('mutation { leave }')).data).toEqual({ leave: 1 });
  });

  it('is nobody else: others change things', async () => {
    expect((await as(aViewer()).execute('mutation { change }')).codes).toEqual([]);
  });
});
