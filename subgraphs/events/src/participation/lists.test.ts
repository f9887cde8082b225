import { createOutbox, parsePage } from '@diaspora/kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messages } from '../messages.js';
import { createPlaces } from '../places/index.js';
import { givenEvents } from '../testing/given.js';
import { createParticipationLoaders } from './loaders.js';
import { createParticipation } from './service.js';
import { createTransitions } from './transitions.js';

describe('first pages of many lists of registrations', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  let organizer: ReturnType<typeof events.given.person>;
  let people: ReturnType<typeof events.given.person>[];
  const eventKeys: string[] = [];

  /** The organizer's ten events have 0 to 9 registrations, every third of them cancelled. */
  beforeAll(async () => {
    events = await givenEvents();
    organizer = events.given.person();
    people = [organizer, ...Array.from({ length: 8 }, () => events.given.person())];
    for (let count = 0; count < 10; count++) {
      const event = await events.given.event({ organizerId: organizer.id });
      eventKeys.push(event.id);
      for (const [index, { id }] of people.slice(0, count).entries()) {
        await events.given.registration(event, id, (count + index) % 3 === 2 ? 'CANCELLED' : 'CONFIRMED');
      }
    }
  });
  afterAll(() => events.stop());

  it('are what each event and each person alone would show', async () => {
    const { db, clock } = events;
    const outbox = createOutbox(messages, { clock });
    const places = createPlaces({ clock, outbox });
    const nobody = async () => undefined;
    const queue = {
      offerNext: nobody,
      passOnAfter: () => Promise.reject(new Error()),
      claim: nobody,
      settle: nobody,
    };
    const transitions = createTransitions({ clock, outbox, places });
    const alone = createParticipation({ db, clock, places, transitions, queue });
    const loaders = createParticipationLoaders(db, clock, null);
    for (const args of [{ first: 2 }, { last: 2 }, { first: 0 }, { first: 100 }]) {
      const page = parsePage(args, [{ field: 'id', direction: 'desc', type: 'uuid' }]);
      expect(await loaders.firstRegistrationsOfEvent('CONFIRMED', page).loadMany(eventKeys)).toEqual(
        await Promise.all(eventKeys.map((id) => alone.listForEvent(id, 'CONFIRMED', page))),
      );
      expect(await loaders.firstRegistrationsOfUser(page).loadMany(people.map(({ id }) => id))).toEqual(
        await Promise.all(people.map(({ id }) => alone.listForUser(id, page))),
      );
    }
  });

  it.each([
    ['of the event', 'registrations(first: 2) { nodes { id status } }'],
    ['of the organizer', 'organizer { registrations(last: 2) { nodes { id status } } }'],
  ])('%s cost as many statements under ten events as under one', async (_case, field) => {
    const cost = async (size: number) => {
      const before = events.statements.length;
      const query = `query ($id: ID!) { events(filter: { organizerId: $id }, first: ${size}) { nodes { ${field} } } }`;
      const { data, codes } = await events.as(organizer.viewer).execute(query, { id: organizer.publicId });
      expect(codes).toEqual([]);
      expect(data.events.nodes).toHaveLength(size);
      return events.statements.length - before;
    };
    expect(await cost(10)).toBe(await cost(1));
  });

  it('show what a mutation of the same request has done', async () => {
    const [first, second] = [await events.given.event(), await events.given.event()];
    const fields = 'registration { user { registrations(first: 10) { nodes { id } } } }';
    const { data } = await events.as(events.given.person().viewer).execute(`mutation {
      one: registerForEvent(input: { eventId: "${first.publicId}" }) { ${fields} }
      two: registerForEvent(input: { eventId: "${second.publicId}" }) { ${fields} } }`);
    expect(data.one.registration.user.registrations.nodes).toHaveLength(1);
    expect(data.two.registration.user.registrations.nodes).toHaveLength(2);
  });
});
