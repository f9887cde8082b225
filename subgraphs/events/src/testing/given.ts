import { createPool, dayMs, hourMs, type Mail, type Viewer } from '@diaspora/kit';
import {
  aViewer,
  createMemoryPrivateStore,
  createTestDatabase,
  patience,
  patientOptions,
  silentLog,
  testClock,
  testSubgraph,
} from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import type { Event } from '../__generated__/prisma/client.js';
import type { ProviderSettings } from '../calendar-sync/index.js';
import { PrismaClient, type Db } from '../database.js';
import { eventIds, registrationIds, userIds } from '../ids.js';
import type { EventColumns } from '../catalog/index.js';
import { createEventsSubgraph } from '../subgraph.js';
import { testConfig } from './config.js';

export { dayMs, hourMs };

/** The subgraph on a database of its own, at noon of the first of June 2026. */
export async function givenEvents({ calendars = {} }: { calendars?: Partial<ProviderSettings> } = {}) {
  const database = await createTestDatabase('events');
  const clock = testClock();
  const first = connectInstance(database.url, clock, calendars);
  const others: ReturnType<typeof connectInstance>[] = [];
  const admins: Pool[] = [];
  return {
    database,
    clock,
    ...first,
    given: builders(first.db, clock),
    /** A second process of the service on the same database, with a pool of its own. */
    anotherInstance: () => {
      const instance = connectInstance(database.url, clock, calendars);
      others.push(instance);
      return instance;
    },
    /** Data of the messages of one key, in the order they were written. */
    published: async (key: string) => {
      const rows = await first.db.$queryRaw<{ type: string; envelope: { data: Record<string, unknown> } }[]>`
        SELECT type, envelope FROM kit.outbox WHERE key = ${key} ORDER BY position`;
      return rows.map(({ type, envelope }) => ({ type, data: envelope.data }));
    },
    /** What another subgraph tells, as the bus would deliver it. */
    tell: async (type: string, data: object, source = 'users') => {
      const handlers = first.subgraph.handlers!.filter(
        (each) => each.source === source && each.type === type,
      );
      const message = { id: crypto.randomUUID(), source, type, key: 'k', time: clock.now() };
      const untraced = { requestId: undefined, traceparent: undefined };
      for (const { schema, handle } of handlers)
        await first.db.$transaction((tx) =>
          handle({ ...message, ...untraced, data: schema.parse(data) }, tx as never),
        );
    },
    /** Runs a job as the worker would. */
    runJob: (name: string) => first.subgraph.jobs![name]!.run({} as never, {} as never),
    /** The superuser in this database. */
    admin: () => {
      const admin = createPool({ url: database.adminUrl, max: 1 });
      admins.push(admin);
      return admin;
    },
    stop: async () => {
      for (const admin of admins) await admin.end();
      for (const instance of [...others, first]) await instance.stopInstance();
      await database.drop();
    },
  };
}

function connectInstance(
  url: string,
  clock: ReturnType<typeof testClock>,
  calendars: Partial<ProviderSettings>,
) {
  const statements: string[] = [];
  const mails: Mail[] = [];
  const pool = createPool({ url, waitMs: patience, onStatement: (sql) => statements.push(sql) });
  const db = new PrismaClient({ adapter: new PrismaPg(pool), ...patientOptions });
  const privateStore = createMemoryPrivateStore();
  const subgraph = createEventsSubgraph({
    ...{ db, clock, privateStore },
    mailer: { send: async (mail) => void mails.push(mail) },
    config: testConfig,
    calendars: {
      ...{ sealingSecret: testConfig.SEALING_SECRET, google: null },
      ...{ redirectUris: ['https://app.example/calendar'], isCalDavOpen: true, ...calendars },
    },
  });
  const client = testSubgraph(subgraph);
  return {
    db,
    pool,
    subgraph,
    privateStore,
    statements,
    /** What was mailed, the oldest first. */
    mails,
    run: (job: { name: string }, payload: object) =>
      subgraph.jobs![job.name]!.run(
        payload as never,
        { log: silentLog, signal: new AbortController().signal } as never,
      ),
    as: client.as,
    anonymous: client.anonymous,
    stopInstance: async () => {
      await client.stop();
      await db.$disconnect();
      await pool.end();
    },
  };
}

function builders(db: Db, clock: { now(): Date }) {
  let count = 0;

  function person(overrides: Partial<Viewer> = {}) {
    const viewer = aViewer(overrides);
    return { viewer, id: viewer.id, publicId: userIds.encode(viewer.id) };
  }

  /** A published free event in Berlin a week from now, unless said otherwise. */
  async function event(overrides: Partial<Event> = {}) {
    const now = clock.now();
    const startsAt = overrides.startsAt ?? new Date(now.getTime() + 7 * dayMs);
    const endsAt = overrides.endsAt ?? new Date(startsAt.getTime() + 2 * hourMs);
    const row = await db.event.create({
      data: {
        id: eventIds.create(),
        organizerId: userIds.create(),
        title: `Event ${++count}`,
        description: 'About it.',
        language: 'ro',
        domain: 'OTHERS',
        type: 'FREE',
        status: 'PUBLISHED',
        visibility: 'PUBLIC',
        startsAtLocal: startsAt,
        endsAtLocal: endsAt,
        timeZone: 'UTC',
        startsAt,
        endsAt,
        countryCode: 'DE',
        city: 'Berlin',
        cityKey: 'berlin',
        searchText: `event ${count}`,
        capacity: null,
        createdAt: now,
        updatedAt: now,
        publishedAt: overrides.status === 'DRAFT' ? null : now,
        ...(overrides.status === 'CANCELLED' && { cancelledAt: now }),
        ...(overrides as EventColumns),
      },
    });
    return { ...row, publicId: eventIds.encode(row.id) };
  }

  /** A person's place, without its being counted. */
  async function registration(
    { id: eventId }: { id: string },
    userId: string,
    status: 'CONFIRMED' | 'CANCELLED' = 'CONFIRMED',
  ) {
    const now = clock.now();
    const cancelledAt = status === 'CANCELLED' ? now : null;
    const places = status === 'CONFIRMED' ? 1 : 0;
    return db.registration.create({
      data: { id: registrationIds.create(), eventId, userId, status, places, confirmedAt: now, cancelledAt },
    });
  }

  /** That users have told of a person. */
  const known = ({ id: userId }: { id: string }) =>
    db.person.create({ data: { userId, displayName: 'Somebody', nameKey: 'somebody', version: 0 } });

  /** That a person who has a registration went in. */
  async function enter({ id: eventId }: { id: string }, userId: string) {
    const where = { eventId_userId: { eventId, userId } };
    const { id: admissionId } = await db.registration.findUniqueOrThrow({ where });
    await db.checkIn.create({
      data: {
        ...{ kind: 'REGISTRATION', admissionId, eventId, holderId: userId },
        ...{ isInside: true, enteredAt: clock.now() },
      },
    });
  }

  async function checkIn(event: { id: string }, userId: string) {
    await registration(event, userId);
    await enter(event, userId);
  }

  return { person, known, event, registration, enter, checkIn };
}

/** Input of createEvent, complete. */
export const anEventInput = (overrides: object = {}) => ({
  idempotencyKey: crypto.randomUUID(),
  title: 'Seară românească',
  description: 'Muzică și mâncare.',
  language: 'ro',
  domain: 'ART_AND_CRAFTS',
  type: 'FREE',
  startsAt: '2026-07-01T19:00:00',
  endsAt: '2026-07-01T22:00:00',
  timeZone: 'Europe/Berlin',
  place: { countryCode: 'DE', city: 'Berlin', venue: 'Kulturhaus' },
  ...overrides,
});
