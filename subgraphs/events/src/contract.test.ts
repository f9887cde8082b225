import { afterAll } from '@jest/globals';
import { describeSubgraphContract } from '@diaspora/kit/testing';
import { givenEvents } from './testing/given.js';

let events: Awaited<ReturnType<typeof givenEvents>>;

afterAll(() => events.stop());

describeSubgraphContract('events', async () => {
  events = await givenEvents();
  const { viewer } = events.given.person();
  const rows = await Promise.all(
    Array.from({ length: 5 }, () => events.given.event({ onlineUrl: 'https://meet.example/a' })),
  );
  return {
    subgraph: events.subgraph,
    entities: {
      typename: 'Event',
      ids: rows.map((event) => event.publicId),
      field:
        'title status onlineUrl organizer { id } viewerEligibility { isAllowed } viewerRegistration { id event { id } }',
      viewer,
    },
    statements: () => events.statements.length,
  };
});
