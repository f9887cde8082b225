import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestClient } from '@diaspora/kit/testing';
import type { Event } from '../__generated__/prisma/client.js';
import { registrationIds } from '../ids.js';
import { dayMs, givenEvents } from '../testing/given.js';

const registerForEvent = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) {
  registration { id status confirmedAt cancelledAt user { id } event { id registeredCount freePlaces viewerEligibility { isAllowed reasonCode } } }
  event { id registeredCount }
  userErrors { __typename code path ... on SoldOutError { isWaitlistOpen } }
} }`;
const cancelRegistration = `mutation ($input: CancelRegistrationInput!) { cancelRegistration(input: $input) {
  registration { id status cancelledAt event { registeredCount viewerEligibility { isAllowed } } } userErrors { code path }
} }`;

describe('participation', () => {
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

  it('takes a place, counts it and tells others', async () => {
    const event = await events.given.event({ capacity: 2 });
    const person = events.given.person();
    const { data } = await register(events.as(person.viewer), event.publicId);
    const { registration } = data.registerForEvent;
    expect(data.registerForEvent).toEqual({
      userErrors: [],
      event: { id: event.publicId, registeredCount: 1 },
      registration: {
        id: registration.id,
        status: 'CONFIRMED',
        confirmedAt: events.clock.now().toISOString(),
        cancelledAt: null,
        user: { id: person.publicId },
        event: {
          id: event.publicId,
          registeredCount: 1,
          freePlaces: 1,
          viewerEligibility: { isAllowed: false, reasonCode: 'ALREADY_REGISTERED' },
        },
      },
    });
    const confirmedAt = events.clock.now().toISOString();
    expect(await events.published(event.publicId)).toEqual([
      {
        type: 'registration.confirmed',
        data: {
          registrationId: registration.id,
          eventId: event.publicId,
          userId: person.publicId,
          confirmedAt,
        },
      },
    ]);
    expect((await events.db.event.findUniqueOrThrow({ where: { id: event.id } })).version).toBe(1);
  });

  it('answers the same registration to a second call, also when ten come at once', async () => {
    const event = await events.given.event({ capacity: 1 });
    const client = events.as(events.given.person().viewer);
    const answers = await Promise.all(Array.from({ length: 10 }, () => register(client, event.publicId)));
    const ids = answers.map(({ data }) => data.registerForEvent.registration?.id as string);
    expect(new Set(ids).size).toBe(1);
    expect(await counted(event.id)).toBe(1);
    expect(await events.published(event.publicId)).toHaveLength(1);
  });

  it('gives a place back once, tells others, and revives the registration of who comes again', async () => {
    const event = await events.given.event({ capacity: 1 });
    const person = events.given.person();
    const client = events.as(person.viewer);
    const { id } = (await register(client, event.publicId)).data.registerForEvent.registration as {
      id: string;
    };
    const answers = await Promise.all(Array.from({ length: 5 }, () => leave(client, id)));
    for (const { data } of answers) {
      expect(data.cancelRegistration).toMatchObject({
        registration: {
          id,
          status: 'CANCELLED',
          event: { registeredCount: 0, viewerEligibility: { isAllowed: true } },
        },
        userErrors: [],
      });
    }
    expect(await counted(event.id)).toBe(0);
    const again = await register(client, event.publicId);
    expect(again.data.registerForEvent.registration).toMatchObject({
      id,
      status: 'CONFIRMED',
      cancelledAt: null,
    });
    const types = (await events.published(event.publicId)).map(({ type }) => type);
    expect(types).toEqual(['registration.confirmed', 'registration.cancelled', 'registration.confirmed']);
  });

  it('does not register anew when a call with a key is repeated after leaving', async () => {
    const event = await events.given.event();
    const client = events.as(events.given.person().viewer);
    const first = await register(client, event.publicId, { idempotencyKey: 'late' });
    const { id } = first.data.registerForEvent.registration as { id: string };
    await leave(client, id);
    const repeated = await register(client, event.publicId, { idempotencyKey: 'late' });
    expect(repeated.data.registerForEvent.registration).toMatchObject({ id, status: 'CANCELLED' });
    const other = await events.given.event();
    const misused = await register(client, other.publicId, { idempotencyKey: 'late' });
    expect(misused.data.registerForEvent.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it('lets a refused call with a key succeed later', async () => {
    const event = await events.given.event({ capacity: 1 });
    const [first, second] = [
      events.as(events.given.person().viewer),
      events.as(events.given.person().viewer),
    ];
    const { id } = (await register(first, event.publicId)).data.registerForEvent.registration as {
      id: string;
    };
    const refused = await register(second, event.publicId, { idempotencyKey: 'patient' });
    expect(refused.data.registerForEvent).toMatchObject({
      registration: null,
      event: { registeredCount: 1 },
      userErrors: [{ __typename: 'SoldOutError', code: 'SOLD_OUT', path: ['eventId'], isWaitlistOpen: true }],
    });
    await leave(first, id);
    const accepted = await register(second, event.publicId, { idempotencyKey: 'patient' });
    expect(accepted.data.registerForEvent.userErrors).toEqual([]);
  });

  describe('eligibility', () => {
    const past = new Date('2026-05-01T10:00:00Z');
    const cases: [string, Partial<Event>, string | null, string | null][] = [
      ['an open event', {}, null, null],
      ['an event with a place left', { capacity: 2, registeredCount: 1 }, null, null],
      ['a full event', { capacity: 1, registeredCount: 1 }, 'SOLD_OUT', 'SOLD_OUT'],
      ['a cancelled event', { status: 'CANCELLED' }, 'EVENT_CANCELLED', 'REGISTRATION_CLOSED'],
      ['an event that is over', { startsAt: past }, 'EVENT_OVER', 'REGISTRATION_CLOSED'],
      ['an event that has begun', { startsAt: past, endsAt: new Date('2026-06-02T10:00:00Z') }, null, null],
    ];

    it.each(cases)(
      'of %s agrees with what registering answers',
      async (_case, overrides, reasonCode, code) => {
        const event = await events.given.event(overrides);
        const client = events.as(events.given.person().viewer);
        const query = 'query ($id: ID!) { event(id: $id) { viewerEligibility { isAllowed reasonCode } } }';
        const { data } = await client.execute(query, { id: event.publicId });
        expect(data.event.viewerEligibility).toEqual({ isAllowed: reasonCode === null, reasonCode });
        const answer = await register(client, event.publicId);
        const codes = (answer.data.registerForEvent.userErrors as { code: string }[]).map(
          (error) => error.code,
        );
        expect(codes).toEqual(code === null ? [] : [code]);
        expect(await recount(event.id)).toBe(code === null ? 1 : 0);
      },
    );

    it('asks visitors to sign in and refuses their registration', async () => {
      const event = await events.given.event();
      const query =
        'query ($id: ID!) { event(id: $id) { viewerRegistration { id } viewerEligibility { isAllowed reasonCode } } }';
      const { data } = await events.anonymous.execute(query, { id: event.publicId });
      expect(data.event).toEqual({
        viewerRegistration: null,
        viewerEligibility: { isAllowed: false, reasonCode: 'SIGN_IN_REQUIRED' },
      });
      expect((await register(events.anonymous, event.publicId)).codes).toEqual(['UNAUTHENTICATED']);
      expect((await leave(events.anonymous, registrationIds.encode(registrationIds.create()))).codes).toEqual(
        ['UNAUTHENTICATED'],
      );
      expect(await recount(event.id)).toBe(0);
    });

    it('does not let anybody into what they cannot see', async () => {
      const client = events.as(events.given.person().viewer);
      for (const overrides of [{ status: 'DRAFT' }, { visibility: 'PRIVATE' }] as const) {
        const event = await events.given.event(overrides);
        const { data } = await register(client, event.publicId);
        expect(data.registerForEvent).toMatchObject({
          event: null,
          userErrors: [{ code: 'NOT_FOUND', path: ['eventId'] }],
        });
        expect(await recount(event.id)).toBe(0);
      }
      const { data } = await register(client, 'evt_nonsense');
      expect(data.registerForEvent.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
    });

    it('refuses to give back a place at an event that is over, and places of others', async () => {
      const event = await events.given.event();
      const client = events.as(events.given.person().viewer);
      const { id } = (await register(client, event.publicId)).data.registerForEvent.registration as {
        id: string;
      };
      const stranger = await leave(events.as(events.given.person().viewer), id);
      expect(stranger.data.cancelRegistration).toMatchObject({
        registration: null,
        userErrors: [{ code: 'NOT_FOUND', path: ['registrationId'] }],
      });
      const past = new Date(events.clock.now().getTime() - dayMs);
      await events.db.event.update({
        where: { id: event.id },
        data: { startsAt: new Date(past.getTime() - 1), endsAt: past },
      });
      const late = await leave(client, id);
      expect(late.data.cancelRegistration.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
      expect(await recount(event.id)).toBe(1);
    });
  });
});
