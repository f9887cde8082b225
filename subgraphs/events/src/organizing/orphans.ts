import { addJob, type Audit, type Clock, type Outbox } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { drain } from '../draining.js';
import { eventIds } from '../ids.js';
import { settleCancelledEvent } from '../jobs.js';
import type { EventsMessages } from '../messages.js';
import { eventCancelled } from './announcements.js';

export type Orphans = ReturnType<typeof createOrphans>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly audit: Audit;
}

const batchSize = 200;

/** Events to come whose organizer has gone for good are called off. */
export function createOrphans({ db, clock, outbox, audit }: Dependencies) {
  /** Others hear of one that was called off in this transaction, and who paid is paid back. */
  async function tellCancelled(tx: Transaction, event: Event, reason: string): Promise<void> {
    const { id, organizerId, cancelledAt } = event;
    await outbox.publish(tx, eventCancelled(event, cancelledAt!));
    await addJob(tx, settleCancelledEvent, { eventId: id });
    await audit.record(tx, {
      action: 'event.cancelled',
      subject: { type: 'Event', id: eventIds.encode(id) },
      personId: organizerId,
      before: { status: 'PUBLISHED' },
      after: { status: 'CANCELLED' },
      reason,
    });
  }

  /** The job after an account was terminated. What has been, and what nobody has seen, stays. */
  async function callOffAllOf(organizerId: string): Promise<void> {
    // Whoever makes events of a series just now, not knowing of it, is waited for.
    await db.$executeRaw`
      SELECT 1 FROM event_series WHERE organizer_id = ${organizerId}::uuid ORDER BY id FOR NO KEY UPDATE`;
    const toCome = { organizerId, status: 'PUBLISHED' as const, endsAt: { gt: clock.now() } };
    const find = async (failed: readonly string[]) =>
      db.event.findMany({
        where: { ...toCome, id: { notIn: [...failed] } },
        orderBy: { startsAt: 'asc' },
        take: batchSize,
        select: { id: true },
      });
    await drain(
      async (failed) => (await find(failed)).map(({ id }) => id),
      (id) => db.$transaction((tx) => callOff(tx, id)),
    );
  }

  async function callOff(tx: Transaction, id: string): Promise<void> {
    const now = clock.now();
    const [event] = await tx.event.updateManyAndReturn({
      where: { id, status: 'PUBLISHED', endsAt: { gt: now } },
      data: { status: 'CANCELLED', cancelledAt: now, updatedAt: now, version: { increment: 1 } },
    });
    if (event) await tellCancelled(tx, event, 'The account of the organizer was terminated.');
  }

  return { tellCancelled, callOffAllOf };
}
