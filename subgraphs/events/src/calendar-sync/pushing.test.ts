import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLog } from '@diaspora/kit/testing';
import { entryOf } from '../calendar/index.js';
import { calendarConnectionIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';
import type { RemoteCalendar } from './remote.js';
import { createSyncing } from './syncing.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

describe('a calendar at a server that takes its time', () => {
  /** A server that takes eight seconds for each entry, by the clock of the service. */
  function slowServer() {
    const written: string[] = [];
    const remote: RemoteCalendar = {
      put: async ({ eventId }) => {
        written.push(eventId);
        events.clock.advance(8_000);
        return { remoteId: eventId, etag: '1' };
      },
      remove: async () => undefined,
      changes: async () => ({ changes: [], token: '' }),
    };
    return { written, remote };
  }

  it('is written to for twenty seconds at a time, and goes on where it was left', async () => {
    const { db, clock, given } = events;
    const person = given.person();
    const now = clock.now();
    const { id: connectionId } = await db.calendarConnection.create({
      data: {
        ...{ id: calendarConnectionIds.create(), userId: person.id, provider: 'CALDAV', calendarRef: 'x' },
        ...{ sealedCredentials: 'sealed', createdAt: now, nextSyncAt: now },
      },
    });
    const entries = await Promise.all(Array.from({ length: 5 }, async () => entryOf(await given.event())));
    const { written, remote } = slowServer();
    const { sync } = createSyncing({
      ...{ db, clock, outbox: {} as never, giveBackPlace: async () => undefined },
      ...{ entriesOf: async () => entries, open: () => remote },
    });
    const run = async () => {
      await sync({ connectionId }, { log: silentLog, signal: new AbortController().signal });
      return db.calendarConnection.findUniqueOrThrow({ where: { id: connectionId } });
    };
    const begun = await run();
    expect(written).toHaveLength(3);
    expect(begun).toMatchObject({ failures: 0, lastSyncedAt: null });
    expect(begun.nextSyncAt.getTime() - clock.now().getTime()).toBe(5 * 60_000);
    const done = await run();
    expect(written).toEqual(entries.map(({ eventId }) => eventId));
    expect(done.lastSyncedAt).toEqual(clock.now());
  });
});
