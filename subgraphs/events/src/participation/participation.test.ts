import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer, type TestClient } from '@diaspora/kit/testing';
import type { Event } from '../__generated__/prisma/client.js';
import { registrationIds, userIds } from '../ids.js';
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

  describe('the last places', () => {
    const crowd = (size: number) => Array.from({ length: size }, () => events.given.person().viewer);

    it('are oversold when people check and then act', async () => {
      const event = await events.given.event({ capacity: 5 });
      await Promise.all(
        crowd(50).map(async ({ id: userId }) => {
          if ((await recount(event.id)) >= 5) return;
          const data = {
            id: registrationIds.create(),
            eventId: event.id,
            userId,
            status: 'CONFIRMED' as const,
          };
          await events.db.registration.create({ data: { ...data, confirmedAt: events.clock.now() } });
        }),
      );
      expect(await recount(event.id)).toBeGreaterThan(5);
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
          crowd(people).map((viewer, index) => register(instances[index % 2]!.as(viewer), event.publicId)),
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
          const { data } = await register(client, event.publicId);
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

  describe('who sees registrations', () => {
    type Who =
      'anonymous' | 'program' | 'program that may' | 'stranger' | 'participant' | 'organizer' | 'super user';
    let viewers: Record<Who, Viewer | null>;
    let event: Awaited<ReturnType<typeof events.given.event>>;
    let registrationId: string;
    beforeAll(async () => {
      const [stranger, participant, organizer] = [
        events.given.person(),
        events.given.person(),
        events.given.person(),
      ];
      const root = events.given.person({ roles: ['SUPER_USER'] });
      viewers = {
        anonymous: null,
        program: aViewer({ kind: 'service', roles: ['SERVICE'], scopes: ['events:read'] }),
        'program that may': aViewer({
          kind: 'service',
          roles: ['serviciu_clienti'],
          scopes: ['registrations:read'],
        }),
        'super user': root.viewer,
        stranger: stranger.viewer,
        participant: participant.viewer,
        organizer: organizer.viewer,
      };
      event = await events.given.event({ organizerId: organizer.id, onlineUrl: 'https://meet.example/a' });
      const { data } = await register(events.as(participant.viewer), event.publicId);
      registrationId = data.registerForEvent.registration.id;
    });

    it.each<[Who, boolean]>([
      ['anonymous', false],
      ['program', false],
      ['program that may', true],
      ['stranger', false],
      ['participant', false],
      ['organizer', true],
      ['super user', true],
    ])('of an event: %s %s', async (who, isAllowed) => {
      const query = 'query ($id: ID!) { event(id: $id) { registrations(first: 10) { nodes { id } } } }';
      const { data, codes } = await events.as(viewers[who]).execute(query, { id: event.publicId });
      expect(data.event.registrations).toEqual(isAllowed ? { nodes: [{ id: registrationId }] } : null);
      expect(codes).toEqual(isAllowed ? [] : ['FORBIDDEN']);
    });

    it.each<[Who, boolean]>([
      ['anonymous', false],
      ['stranger', false],
      ['participant', true],
      ['organizer', false],
      ['super user', false],
    ])('of a person: %s %s', async (who, isAllowed) => {
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
        registrations(first: 10) { nodes { id event { id } } } } } }`;
      const r = [{ __typename: 'User', id: userIds.encode(viewers.participant!.id) }];
      const { data, codes } = await events.as(viewers[who]).execute(query, { r });
      const nodes = [{ id: registrationId, event: { id: event.publicId } }];
      expect(data._entities[0].registrations).toEqual(isAllowed ? { nodes } : null);
      expect(codes).toEqual(isAllowed ? [] : ['FORBIDDEN']);
    });

    it.each<[Who, boolean]>([
      ['anonymous', false],
      ['stranger', false],
      ['participant', true],
      ['organizer', true],
      ['super user', true],
    ])('by reference: %s %s', async (who, isAllowed) => {
      const query =
        'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Registration { id user { id } } } }';
      const r = [
        { __typename: 'Registration', id: registrationId },
        { __typename: 'Registration', id: 'reg_nonsense' },
      ];
      const { data, codes } = await events.as(viewers[who]).execute(query, { r });
      const user = { id: userIds.encode(viewers.participant!.id) };
      expect(data._entities).toEqual([isAllowed ? { id: registrationId, user } : null, null]);
      expect(codes).toEqual([]);
    });

    it.each<[Who, boolean]>([
      ['anonymous', false],
      ['stranger', false],
      ['participant', true],
      ['organizer', true],
      ['super user', true],
    ])('and the link to join: %s %s', async (who, isAllowed) => {
      const query = 'query ($id: ID!) { event(id: $id) { onlineUrl } }';
      const { data, codes } = await events.as(viewers[who]).execute(query, { id: event.publicId });
      expect(data.event.onlineUrl).toBe(isAllowed ? 'https://meet.example/a' : null);
      expect(codes).toEqual([]);
    });
  });

  it('pages through registrations in both directions', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ organizerId: organizer.id });
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { data } = await register(events.as(events.given.person().viewer), event.publicId);
      ids.push(data.registerForEvent.registration.id as string);
    }
    const page = async (args: string) => {
      const query = `query ($id: ID!) { event(id: $id) { registrations(${args}) { nodes { id } pageInfo { hasNextPage endCursor startCursor } } } }`;
      const { data } = await events.as(organizer.viewer).execute(query, { id: event.publicId });
      const { nodes, pageInfo } = data.event.registrations as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; startCursor: string; endCursor: string };
      };
      return { ids: nodes.map((node) => node.id), pageInfo };
    };
    const first = await page('first: 3');
    expect([first.ids, first.pageInfo.hasNextPage]).toEqual([ids.slice(0, 3), true]);
    expect((await page(`first: 3, after: "${first.pageInfo.endCursor}"`)).ids).toEqual(ids.slice(3));
    const last = await page('last: 2');
    expect(last.ids).toEqual(ids.slice(3));
    expect((await page(`last: 9, before: "${last.pageInfo.startCursor}"`)).ids).toEqual(ids.slice(0, 3));
  });
});
