import { messagesFrom, type Clock, type MessageHandler } from '@diaspora/kit';
import { z } from 'zod';
import type { Db, Transaction } from '../database.js';
import { eventIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { requestSync } from './service.js';

const events = messagesFrom<EventsMessages, Transaction>('events');

const place = z.object({ userId: z.string() });
const anEvent = z.object({ eventId: z.string() });

/** The calendars of a person have to be looked at. */
export const createMarkPerson =
  ({ clock }: { clock: Clock }) =>
  async (tx: Transaction, userId: string): Promise<void> => {
    await tx.calendarConnection.updateMany({
      where: { userId, status: 'ACTIVE' },
      data: { nextSyncAt: clock.now() },
    });
  };

/**
 * Which calendars have to be looked at. This subgraph listens to its own messages: whatever changes an event or a place
 * tells of it already, in the transaction of the change.
 */
export function calendarMarks({ clock }: { clock: Clock }): MessageHandler<Transaction>[] {
  const mark = createMarkPerson({ clock });
  const markPerson = (tx: Transaction, userId: string) => mark(tx, userIds.decode(userId));
  const markEvent = async (tx: Transaction, eventId: string): Promise<void> => {
    const key = eventIds.decode(eventId);
    await tx.$executeRaw`
      UPDATE calendar_connections SET next_sync_at = ${clock.now()} WHERE status = 'ACTIVE' AND user_id IN (
        SELECT user_id FROM registrations WHERE event_id = ${key}::uuid
        UNION SELECT unnest(organizer_id || co_host_ids) FROM events WHERE id = ${key}::uuid)`;
  };
  return [
    events.on('registration.confirmed', place, ({ data }, tx) => markPerson(tx, data.userId)),
    events.on('registration.cancelled', place, ({ data }, tx) => markPerson(tx, data.userId)),
    events.on('event.published', anEvent, ({ data }, tx) => markEvent(tx, data.eventId)),
    events.on('event.changed', anEvent, ({ data }, tx) => markEvent(tx, data.eventId)),
    events.on('event.cancelled', anEvent, ({ data }, tx) => markEvent(tx, data.eventId)),
  ];
}

/** What a person's plan grants has changed: changes made in the calendar are for those whose plan says so. */
export async function keepWithinPlan(
  tx: Transaction,
  { userId, entitlements }: { userId: string; entitlements: readonly string[] },
): Promise<void> {
  if (entitlements.includes('CALENDAR_SYNC')) return;
  await tx.calendarConnection.updateMany({
    where: { userId, direction: 'BOTH_WAYS' },
    data: { direction: 'TO_CALENDAR', syncToken: null },
  });
}

const batchSize = 1_000;

/** The job behind the crontab: gives each calendar that is due a job of its own. */
export const createDueSyncs =
  ({ db, clock }: { db: Db; clock: Clock }) =>
  async (): Promise<void> => {
    const due = await db.calendarConnection.findMany({
      where: { status: 'ACTIVE', nextSyncAt: { lte: clock.now() } },
      orderBy: { nextSyncAt: 'asc' },
      take: batchSize,
      select: { id: true },
    });
    for (const { id } of due) await requestSync(db, id);
  };
