import { createPool, type Viewer } from '@diaspora/kit';
import { aViewer, createTestDatabase, testClock, testSubgraph } from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import type { Event } from '../__generated__/prisma/client.js';
import { connectDatabase, type Db } from '../database.js';
import { eventIds, registrationIds, userIds } from '../ids.js';
import { createEventsSubgraph } from '../subgraph.js';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The subgraph on a database of its own, at noon of the first of June 2026. */
export async function givenEvents() {
  const database = await createTestDatabase('events');
  const clock = testClock();
  const first = connectInstance(database.url, clock);
  const others: ReturnType<typeof connectInstance>[] = [];
  const admins: Pool[] = [];
  return {
    database,
    clock,
    ...first,
    given: builders(first.db, clock),
    /** A second process of the service on the same database, with a pool of its own. */
    anotherInstance: () => {
      const instance = connectInstance(database.url, clock);
      others.push(instance);
      return instance;
    },
    /** Data of the messages of one key, in the order they were written. */
    published: async (key: string) => {
      const rows = await first.db.$queryRaw<{ type: string; envelope: { data: Record<string, unknown> } }[]>`
        SELECT type, envelope FROM kit.outbox WHERE key = ${key} ORDER BY position`;
      return rows.map(({ type, envelope }) => ({ type, data: envelope.data }));
    },
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

function connectInstance(url: string, clock: ReturnType<typeof testClock>) {
  const statements: string[] = [];
  const pool = createPool({ url, onStatement: (sql) => statements.push(sql) });
  const db = connectDatabase(new PrismaPg(pool));
  const subgraph = createEventsSubgraph({ db, clock });
  const client = testSubgraph(subgraph);
  return {
    db,
    pool,
    subgraph,
    statements,
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
        ...overrides,
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
    return db.registration.create({
      data: { id: registrationIds.create(), eventId, userId, status, confirmedAt: now, cancelledAt },
    });
  }

  return { person, event, registration };
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
