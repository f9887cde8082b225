import { dayMs, type Clock, type JobContext, type Outbox } from '@diaspora/kit';
import type { CalendarConnection } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { EventsMessages } from '../messages.js';
import { calendarConnectionIds, userIds } from '../ids.js';
import { isSuspended } from '../suspensions.js';
import { pullChanges, type GiveBackPlace } from './pulling.js';
import { pushEntries, type ReadEntries } from './pushing.js';
import { AccessRefused, CalendarGone, SyncTokenExpired, type RemoteCalendar } from './remote.js';
import { longestRunMs, mostRefusals, nextAttemptAfter, nextSyncAfter } from './rules.js';

export interface SyncingDependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly entriesOf: ReadEntries;
  readonly giveBackPlace: GiveBackPlace;
  /** Opens a connected calendar with what is kept of its credentials, until the signal. */
  readonly open: (connection: CalendarConnection, signal: AbortSignal) => RemoteCalendar;
}

type Run = Pick<JobContext, 'log' | 'signal'>;

/**
 * Brings one connected calendar in step: first what the person changed there, then what has changed here. Cut short, it
 * begins again and does nothing twice: entries have one id each there, and how far changes were read is noted with them.
 */
export function createSyncing({ db, clock, outbox, entriesOf, giveBackPlace, open }: SyncingDependencies) {
  async function sync({ connectionId }: { connectionId: string }, { log, signal }: Run): Promise<void> {
    const connection = await db.calendarConnection.findUnique({ where: { id: connectionId } });
    if (connection?.status !== 'ACTIVE') return;
    if (await isSuspended(db, connection.userId, clock.now())) return wait(connection);
    try {
      const remote = open(connection, AbortSignal.any([signal, AbortSignal.timeout(longestRunMs)]));
      if (connection.direction === 'BOTH_WAYS') await pull(connection, remote);
      const isDone = await pushEntries({ db, clock, entriesOf, remote, connection });
      await succeeded(connection, isDone);
    } catch (error) {
      await failed(connection, error);
      log.warn(
        { provider: connection.provider, reason: (error as Error).name },
        'A calendar was not synchronised',
      );
    }
  }

  async function pull(connection: CalendarConnection, remote: RemoteCalendar): Promise<void> {
    const read = (token: string | null) =>
      pullChanges({ db, clock, giveBackPlace, remote, connection, token });
    await read(connection.syncToken).catch((error: unknown) => {
      if (!(error instanceof SyncTokenExpired)) throw error;
      return read(null);
    });
  }

  /** Nothing is written for a person who is kept out. That it is over is heard of; to look each day is for what was missed. */
  async function wait({ id, nextSyncAt }: CalendarConnection): Promise<void> {
    const data = { nextSyncAt: new Date(clock.now().getTime() + dayMs) };
    await db.calendarConnection.updateMany({ where: { id, nextSyncAt }, data });
  }

  /** Whoever asked for another look meanwhile (`nextSyncAt`) gets it. */
  async function succeeded(connection: CalendarConnection, isDone: boolean): Promise<void> {
    const { id, nextSyncAt } = connection;
    const now = clock.now();
    const done = { ...(isDone && { lastSyncedAt: now }), failures: 0, refusals: 0 };
    await db.calendarConnection.updateMany({ where: { id }, data: done });
    await db.calendarConnection.updateMany({
      where: { id, nextSyncAt },
      data: { nextSyncAt: nextSyncAfter(connection, isDone, now) },
    });
  }

  async function failed({ id, failures, refusals }: CalendarConnection, error: unknown): Promise<void> {
    const isRefused = error instanceof AccessRefused;
    if (error instanceof CalendarGone) return disconnect(id, 'CALENDAR_REMOVED');
    if (isRefused && refusals + 1 >= mostRefusals) return disconnect(id, 'ACCESS_REFUSED');
    await db.calendarConnection.updateMany({
      where: { id },
      data: {
        failures: failures + 1,
        refusals: isRefused ? refusals + 1 : refusals,
        nextSyncAt: nextAttemptAfter(failures + 1, clock.now()),
      },
    });
  }

  /** The credentials go with it. The person is told, by whoever hears of it. */
  async function disconnect(id: string, reason: 'ACCESS_REFUSED' | 'CALENDAR_REMOVED'): Promise<void> {
    await db.$transaction(async (tx) => {
      const [connection] = await tx.calendarConnection.updateManyAndReturn({
        where: { id, status: 'ACTIVE' },
        data: { status: 'DISCONNECTED', disconnection: reason, sealedCredentials: null, syncToken: null },
      });
      if (!connection) return;
      const connectionId = calendarConnectionIds.encode(id);
      const { provider } = connection;
      const userId = userIds.encode(connection.userId);
      const data = { connectionId, userId, provider, reason, disconnectedAt: clock.now().toISOString() };
      await outbox.publish(tx, { type: 'calendar.disconnected', key: userId, data });
    });
  }

  return { sync };
}
