import { afterAll } from '@jest/globals';
import { describeSubgraphContract } from '@diaspora/kit/testing';
import { givenUsers } from './testing/given.js';

let users: Awaited<ReturnType<typeof givenUsers>>;

afterAll(() => users.stop());

describeSubgraphContract('users', async () => {
  users = await givenUsers();
  const people = await Promise.all([users.given.person(), users.given.person(), users.given.person()]);
  return {
    subgraph: users.subgraph,
    entities: {
      typename: 'User',
      ids: people.map((person) => person.publicId),
      field: 'displayName offices { id }',
      viewer: people[0].viewer,
    },
    statements: users.statements,
  };
});
