import { addJob, minuteMs, type Clock, type Outbox } from '@diaspora/kit';
import { Prisma, type Db, type Transaction } from '../database.js';
import { eventIds, userIds } from '../ids.js';
import { remindParticipants } from '../jobs.js';
import type { EventsMessages } from '../messages.js';
import { dueOffset, reminderOffsets } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
}

export interface Reminder {
  readonly eventId: string;
  /** Minutes before the start. */
  readonly offset: number;
  /** The start it is for: an event that was moved since has reminders of its own. */
  readonly startsAt: string;
  /** The participant after whom to go on. */
  readonly after: string | null;
}

const batchSize = 500;
/** How many participants one message names. */
const pageSize = 200;

/**
 * Reminders are looked for and never planned ahead: what is due follows from the event as it is. A moved, cancelled or
 * left event has nothing to undo.
 */
export function createReminders({ db, clock, outbox }: Dependencies) {
  /** The job behind the crontab: begins each reminder that is due, once for a start. */
  async function remindDue(): Promise<void> {
    const now = clock.now();
    const horizon = new Date(now.getTime() + reminderOffsets[0] * minuteMs);
    const events = await db.event.findMany({
      where: { status: 'PUBLISHED', startsAt: { gt: now, lte: horizon } },
      orderBy: { startsAt: 'asc' },
      select: { id: true, startsAt: true, publishedAt: true },
    });
    for (let at = 0; at < events.length; at += batchSize) {
      const due = events.slice(at, at + batchSize).flatMap((event) => {
        const offset = dueOffset(event, now);
        return offset === null ? [] : [{ eventId: event.id, startsAt: event.startsAt, offset }];
      });
      if (due.length > 0) await db.$transaction((tx) => begin(tx, due, now));
    }
  }

  /** The unique key of event, start and offset makes a second worker, and the next minute, find nothing to do. */
  async function begin(
    tx: Transaction,
    due: readonly { eventId: string; startsAt: Date; offset: number }[],
    now: Date,
  ): Promise<void> {
    const begun = await tx.$queryRaw<{ eventId: string; offset: number; startsAt: Date }[]>`
      INSERT INTO reminders (event_id, starts_at, offset_minutes, begun_at)
      VALUES ${Prisma.join(
        due.map(
          ({ eventId, startsAt, offset }) =>
            Prisma.sql`(${eventId}::uuid, ${startsAt}, ${offset}::int, ${now})`,
        ),
      )}
      ON CONFLICT DO NOTHING
      RETURNING event_id AS "eventId", offset_minutes AS "offset", starts_at AS "startsAt"`;
    for (const { eventId, offset, startsAt } of begun)
      await addJob(tx, remindParticipants, {
        eventId,
        offset,
        startsAt: startsAt.toISOString(),
        after: null,
      });
  }

  /** The job: tells a page of those who take part now, and goes on with the next. Killed in between, it goes on there. */
  const remind = (reminder: Reminder): Promise<void> =>
    db.$transaction(async (tx) => {
      const { eventId, offset, startsAt, after } = reminder;
      const event = await tx.event.findUnique({ where: { id: eventId } });
      if (event?.status !== 'PUBLISHED' || event.startsAt.toISOString() !== startsAt) return;
      if (event.startsAt <= clock.now()) return;
      const participants = await tx.registration.findMany({
        where: { eventId, status: 'CONFIRMED', ...(after && { id: { gt: after } }) },
        orderBy: { id: 'asc' },
        take: pageSize,
        select: { id: true, userId: true },
      });
      if (participants.length === 0) return;
      const key = eventIds.encode(eventId);
      const participantIds = participants.map(({ userId }) => userIds.encode(userId));
      const data = { eventId: key, startsAt, minutesBefore: offset, participantIds };
      await outbox.publish(tx, { type: 'event.reminderDue', key, data });
      if (participants.length === pageSize)
        await addJob(tx, remindParticipants, { ...reminder, after: participants.at(-1)!.id });
    });

  return { remindDue, remind };
}
