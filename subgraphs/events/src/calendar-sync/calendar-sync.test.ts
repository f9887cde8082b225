import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { personalDataOf } from '@diaspora/kit/testing';
import type { CalendarConnection } from '../__generated__/prisma/client.js';
import { calendarConnectionIds, eventIds, userIds } from '../ids.js';
import { givenEvents, hourMs } from '../testing/given.js';
import { calendarActions } from './testing/given-calendars.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
let events: Events;
let actions: ReturnType<typeof calendarActions>;
beforeAll(async () => {
  events = await givenEvents();
  actions = calendarActions(events);
});
afterAll(() => events.stop());

type Person = ReturnType<Events['given']['person']>;

/** A connection that is in step for a day. */
async function connectionOf(person: Person, overrides: Partial<CalendarConnection> = {}) {
  const now = events.clock.now();
  const row = await events.db.calendarConnection.create({
    data: {
      ...{ id: calendarConnectionIds.create(), userId: person.id, provider: 'CALDAV', calendarRef: 'x' },
      ...{ sealedCredentials: 'sealed', createdAt: now, nextSyncAt: new Date(now.getTime() + 24 * hourMs) },
      ...overrides,
    },
  });
  return { ...row, publicId: calendarConnectionIds.encode(row.id) };
}

const rowOf = ({ id }: { id: string }) => events.db.calendarConnection.findUniqueOrThrow({ where: { id } });
const isDue = async (connection: { id: string }) =>
  (await rowOf(connection)).nextSyncAt.getTime() === events.clock.now().getTime();

/** As the bus would bring it. */
async function receive(source: string, type: string, data: object): Promise<void> {
  const handler = events.subgraph.handlers!.find((each) => each.source === source && each.type === type)!;
  const message = { data: handler.schema.parse(data) };
  await events.db.$transaction((tx) => handler.handle(message as never, tx as never));
}

const waiting = async (connection: { id: string }) => {
  const [row] = await events.db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM graphile_worker._private_jobs WHERE key = ${`syncCalendar:${connection.id}`}`;
  return row!.count;
};

describe('connected calendars', () => {
  const documents: Record<string, (id: string) => string> = {
    calendarConnections: () => '{ calendarConnections { id provider direction status } }',
    beginGoogleCalendar: () =>
      'mutation { beginGoogleCalendar(input: { redirectUri: "https://app.example/calendar" }) { authorizationUrl } }',
    completeGoogleCalendar: () =>
      'mutation { completeGoogleCalendar(input: { callbackUrl: "https://app.example/calendar?state=a&code=b" }) { connection { id } } }',
    connectCalDavCalendar: () =>
      'mutation { connectCalDavCalendar(input: { serverUrl: "http://127.0.0.1:9", username: "a", password: "b" }) { connection { id } } }',
    setCalendarDirection: (id) =>
      `mutation { setCalendarDirection(input: { connectionId: "${id}", direction: TO_CALENDAR }) { connection { id } } }`,
    disconnectCalendar: (id) =>
      `mutation { disconnectCalendar(input: { connectionId: "${id}" }) { userErrors { code } } }`,
    showInCalendars: () =>
      `mutation { showInCalendars(input: { eventId: "${eventIds.encode(eventIds.create())}" }) { connections { id } } }`,
  };

  it.each(Object.keys(documents))('are nobody’s but their person’s: %s', async (name) => {
    const person = events.given.person();
    const connection = await connectionOf(person);
    const document = documents[name]!(connection.publicId);
    const refused: [Viewer | null, string][] = [
      [null, 'UNAUTHENTICATED'],
      [{ ...person.viewer, kind: 'service' }, 'FORBIDDEN'],
      [{ ...person.viewer, impersonatorId: userIds.create() }, 'FORBIDDEN'],
    ];
    for (const [viewer, code] of refused)
      expect((await events.as(viewer).execute(document)).codes).toEqual([code]);
    const root = events.given.person({ roles: ['SUPER_USER'] });
    for (const other of [events.given.person(), root]) {
      const { data } = await events.as(other.viewer).execute(document);
      expect(JSON.stringify(data ?? {})).not.toContain(connection.publicId);
    }
    expect(await rowOf(connection)).toEqual(
      expect.objectContaining({ status: 'ACTIVE', nextSyncAt: connection.nextSyncAt }),
    );
  });

  it('take changes back for those whose plan says so, and as long as it does', async () => {
    const [person, subscriber] = [events.given.person(), actions.subscriber()];
    const [plain, premium] = [await connectionOf(person), await connectionOf(subscriber)];
    expect((await actions.bothWays(person, plain.publicId)).refusal).toBe('FORBIDDEN');
    expect((await actions.bothWays(subscriber, premium.publicId)).connection.direction).toBe('BOTH_WAYS');
    const userId = subscriber.publicId;
    await receive('payments', 'subscription.activated', { userId, entitlements: ['CALENDAR_SYNC', 'OTHER'] });
    expect((await rowOf(premium)).direction).toBe('BOTH_WAYS');
    await receive('payments', 'subscription.ended', { userId });
    expect(await rowOf(premium)).toMatchObject({
      direction: 'TO_CALENDAR',
      status: 'ACTIVE',
      syncToken: null,
    });
    await actions.bothWays(subscriber, premium.publicId);
    await receive('payments', 'subscription.activated', { userId, entitlements: ['OTHER'] });
    expect((await rowOf(premium)).direction).toBe('TO_CALENDAR');
    // A pause takes away what the plan grants.
    await actions.bothWays(subscriber, premium.publicId);
    await receive('payments', 'subscription.changed', { userId, entitlements: [] });
    expect((await rowOf(premium)).direction).toBe('TO_CALENDAR');
  });

  it('are five of one person at most', async () => {
    const person = events.given.person();
    for (let count = 0; count < 5; count++) await connectionOf(person);
    const input = { serverUrl: 'http://127.0.0.1:9/', username: 'a', password: 'b' };
    expect((await actions.mutate(person, 'connectCalDavCalendar', input)).refusal).toBe('CALENDAR_REFUSED');
    const { data } = await events.as(person.viewer).execute('{ calendarConnections { id } }');
    expect(data.calendarConnections).toHaveLength(5);
  });

  it.each(['registration.confirmed', 'registration.cancelled'])(
    'are looked at after %s of their person',
    async (type) => {
      const [person, other] = [events.given.person(), events.given.person()];
      const [mine, ended, theirs] = [
        await connectionOf(person),
        await connectionOf(person, { status: 'DISCONNECTED' }),
        await connectionOf(other),
      ];
      await receive('events', type, { userId: person.publicId });
      expect(await Promise.all([mine, ended, theirs].map(isDue))).toEqual([true, false, false]);
    },
  );

  it.each(['event.published', 'event.changed', 'event.cancelled'])(
    'are looked at after %s by who goes there',
    async (type) => {
      const [organizer, goer, other] = [events.given.person(), events.given.person(), events.given.person()];
      const event = await events.given.event({ organizerId: organizer.id });
      await events.given.registration(event, goer.id);
      const connections = await Promise.all([organizer, goer, other].map((person) => connectionOf(person)));
      await receive('events', type, { eventId: event.publicId });
      expect(await Promise.all(connections.map(isDue))).toEqual([true, true, false]);
    },
  );

  it('are given a job each when they are due, and one job however often', async () => {
    const now = events.clock.now();
    const due = await connectionOf(events.given.person(), { nextSyncAt: now });
    const later = await connectionOf(events.given.person());
    const ended = await connectionOf(events.given.person(), { nextSyncAt: now, status: 'DISCONNECTED' });
    for (let time = 0; time < 3; time++) await actions.syncDue();
    expect(await Promise.all([due, later, ended].map(waiting))).toEqual([1, 0, 0]);
  });

  it('are exported without what opens them, and end with their person', async () => {
    const person = events.given.person();
    const event = await events.given.event();
    const { id: connectionId } = await connectionOf(person);
    const entry = { connectionId, eventId: event.id, remoteId: 'a', etag: 'b', fingerprint: 'c' };
    await events.db.syncedEntry.create({ data: entry });
    const { exported, erase } = personalDataOf(events.subgraph.jobs!, events.privateStore);
    const { records } = await exported(person.id);
    expect(records['calendarConnections']).toMatchObject([{ provider: 'CALDAV', status: 'ACTIVE' }]);
    expect(JSON.stringify(records)).not.toContain('sealed');
    await erase(person.id);
    expect(await events.db.calendarConnection.count({ where: { userId: person.id } })).toBe(0);
    expect(await events.db.syncedEntry.count({ where: { eventId: event.id } })).toBe(0);
  });
});
