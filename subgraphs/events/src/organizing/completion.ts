import type { Clock, Outbox } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { checkedInCount } from '../check-in/index.js';
import type { Db, Transaction } from '../database.js';
import { drain } from '../draining.js';
import type { EventsMessages } from '../messages.js';
import { eventCompleted } from './announcements.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
}

const batchSize = 500;

/** Tells others of events that are over. Looked for and never planned ahead: an event that moves has nothing to move. */
export function createCompletion({ db, clock, outbox }: Dependencies) {
  /** The job behind the crontab. */
  const tellCompleted = (): Promise<void> =>
    drain(async (failed) => {
      // Prisma passes values of enums in a way that keeps PostgreSQL from the partial index.
      const over = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM events WHERE status = 'PUBLISHED' AND completion_told_at IS NULL AND ends_at <= ${clock.now()}
          AND id <> ALL(${[...failed]}::uuid[]) ORDER BY ends_at LIMIT ${batchSize}`;
      return over.map(({ id }) => id);
    }, tell);

  /** The update locks the row and looks again: of two workers one tells, and an event that moved meanwhile is not over. */
  async function tell(id: string): Promise<void> {
    await db.$transaction(async (tx) => {
      const now = clock.now();
      const [event]: Event[] = await tx.event.updateManyAndReturn({
        where: { id, status: 'PUBLISHED', completionToldAt: null, endsAt: { lte: now } },
        data: { completionToldAt: now },
      });
      if (event) await announce(tx, event, now);
    });
  }

  const announce = async (tx: Transaction, event: Event, at: Date): Promise<void> => {
    await outbox.publish(tx, eventCompleted(event, at, await checkedInCount(tx, event.id)));
  };

  /** Scans that were made without a connection arrived late: the counts are told again. The event is locked. */
  async function tellAgain(tx: Transaction, id: string): Promise<void> {
    const event = await tx.event.update({ where: { id }, data: { version: { increment: 1 } } });
    await announce(tx, event, clock.now());
  }

  return { tellCompleted, tellAgain };
}
