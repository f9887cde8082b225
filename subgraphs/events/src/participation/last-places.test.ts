import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestClient } from '@diaspora/kit/testing';
import { registrationIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';

const registerForEvent = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) {
  registration { id status confirmedAt cancelledAt user { id } event { id registeredCount freePlaces viewerEligibility { isAllowed reasonCode } } }
  event { id registeredCount }
  userErrors { __typename code path ... on SoldOutError { isWaitlistOpen } }
} }`;
const cancelRegistration = `mutation ($input: CancelRegistrationInput!) { cancelRegistration(input: $input) {
  registration { id status cancelledAt event { registeredCount viewerEligibility { isAllowed } } } userErrors { code path }
} }`;

describe('the last places', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  const register = (client: TestClient, eventId: string, more: object = {}) =>
    client.execute(registerForEvent, { input: { eventId, ...more } });
  const leave = (client: TestClient, registrationId: string) =>
    client.execute(cancelRegistration, { input: { registrationId } });
  const recount = (eventId: string) =>
    events.db.registration.count({ where: { eventId, status: 'CONFIRMED' } });
  const counted = async (id: string) =>
    (await events.db.event.findUniqueOrThrow({ where: { id } })).registeredCount;

  /** Asks again when the service has no connection left, as a device does: it is one registration all the same. */
  const untilAnswered = async (client: TestClient, eventId: string): ReturnType<typeof register> => {
    const answer = await register(client, eventId);
    return answer.codes.includes('UNAVAILABLE') ? untilAnswered(client, eventId) : answer;
  };

  const crowd = (size: number) => Array.from({ length: size }, () => events.given.person().viewer);

  it('are oversold when people check and then act', async () => {
    const event = await events.given.event({ capacity: 5 });
    const people = crowd(10);
    const seen = await Promise.all(people.map(() => recount(event.id)));
    for (const [index, { id: userId }] of people.entries()) {
      if (seen[index]! >= 5) continue;
      const place = { id: registrationIds.create(), eventId: event.id, userId, status: 'CONFIRMED' as const };
      await events.db.registration.create({ data: { ...place, confirmedAt: events.clock.now() } });
    }
    expect(await recount(event.id)).toBe(10);
  });

  it.each([
    [50, 5],
    [200, 20],
  ])(
    'go to exactly as many of %i people as there are: %i, over two processes',
    async (people, capacity) => {
      const event = await events.given.event({ capacity });
      const instances = [events, events.anotherInstance()];
      const answers = await Promise.all(
        crowd(people).map((viewer, index) => untilAnswered(instances[index % 2]!.as(viewer), event.publicId)),
      );
      const payloads = answers.map(
        ({ data }) => data.registerForEvent as { registration: object; userErrors: object[] },
      );
      expect(payloads.filter(({ registration }) => registration)).toHaveLength(capacity);
      const refused = payloads.filter(({ registration }) => !registration);
      expect(refused).toHaveLength(people - capacity);
      for (const { userErrors } of refused) {
        expect(userErrors).toMatchObject([{ __typename: 'SoldOutError', isWaitlistOpen: true }]);
      }
      expect([await counted(event.id), await recount(event.id)]).toEqual([capacity, capacity]);
      expect(await events.published(event.publicId)).toHaveLength(capacity);
    },
    120_000,
  );

  it('are counted right while people come, go and come again, and the capacity changes', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ capacity: 8, organizerId: organizer.id });
    const update = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { userErrors { code } } }`;
    const changes = [10, 9, 12].map((capacity, index) =>
      events
        .as(organizer.viewer)
        .execute(update, { input: { eventId: event.publicId, expectedVersion: index + 1, capacity } }),
    );
    const visits = crowd(30).map(async (viewer) => {
      const client = events.as(viewer);
      for (let round = 0; round < 3; round++) {
        const { data } = await untilAnswered(client, event.publicId);
        const id = data.registerForEvent.registration?.id as string | undefined;
        if (id && round < 2) await leave(client, id);
      }
    });
    await Promise.all([...changes, ...visits]);
    const { registeredCount, capacity } = await events.db.event.findUniqueOrThrow({
      where: { id: event.id },
    });
    expect(registeredCount).toBe(await recount(event.id));
    expect(registeredCount).toBeLessThanOrEqual(capacity!);
    const types = (await events.published(event.publicId)).map(({ type }) => type);
    const count = (wanted: string) => types.filter((type) => type === wanted).length;
    expect(count('registration.confirmed') - count('registration.cancelled')).toBe(registeredCount);
  });

  it('cannot be oversold by any statement', async () => {
    const event = await events.given.event({ capacity: 1, registeredCount: 1 });
    const write = events.db.event.update({ where: { id: event.id }, data: { registeredCount: 2 } });
    await expect(write).rejects.toThrow('events_capacity_is_kept');
  });
});
