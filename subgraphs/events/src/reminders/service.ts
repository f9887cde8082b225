import { addJob, minuteMs, type Clock, type Outbox } from '@diaspora/kit';
import type { Db, Transaction } from '../database.js';
import { eventIds, userIds } from '../ids.js';
import { remindParticipants } from '../jobs.js';
import type { EventsMessages } from '../messages.js';
import { reminderOffsets } from './rules.js';

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

/** How many reminders one transaction begins. */
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
    let begun: number;
    do begun = await db.$transaction((tx) => begin(tx, now));
    while (begun === batchSize);
  }

  /**
   * Begins some of those that are due and have not begun. Of the reminders of an event whose moment has come the last one
   * is due; one whose moment had passed before the event was published is none: nobody wants to hear of "tomorrow" at the
   * door. The unique key makes a second worker find nothing to do.
   */
  async function begin(tx: Transaction, now: Date): Promise<number> {
    const horizon = new Date(now.getTime() + reminderOffsets[0] * minuteMs);
    const begun = await tx.$queryRaw<{ eventId: string; offset: number; startsAt: Date }[]>`
      INSERT INTO reminders (event_id, starts_at, offset_minutes, begun_at)
      SELECT e.id, e.starts_at, due.minutes, ${now} FROM events e, LATERAL (
        SELECT min(minutes) AS minutes FROM unnest(${[...reminderOffsets]}::int[]) AS minutes
        WHERE e.starts_at - minutes * interval '1 minute' BETWEEN e.published_at AND ${now}) AS due
      WHERE e.status = 'PUBLISHED' AND e.starts_at > ${now} AND e.starts_at <= ${horizon}
        AND due.minutes IS NOT NULL AND NOT EXISTS (SELECT FROM reminders r
          WHERE r.event_id = e.id AND r.starts_at = e.starts_at AND r.offset_minutes = due.minutes)
      ORDER BY e.starts_at, e.id LIMIT ${batchSize}
      ON CONFLICT DO NOTHING
      RETURNING event_id AS "eventId", offset_minutes AS "offset", starts_at AS "startsAt"`;
    for (const { eventId, offset, startsAt } of begun)
      await addJob(tx, remindParticipants, {
        eventId,
        offset,
        startsAt: startsAt.toISOString(),
        after: null,
      });
    return begun.length;
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
