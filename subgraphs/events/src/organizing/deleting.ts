import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { createSteering, lockSeriesOf } from '../steering.js';
import type { Steps } from './steps.js';

/** Who would lose something with an event. */
interface Holders {
  readonly registrations: number;
  readonly tickets: number;
  readonly packets: number;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly steps: Steps;
}

/** Deletes events that nobody has anything of. */
export function createDeleting({ db, clock, steps }: Dependencies) {
  const { lockOwned } = createSteering({ clock });

  const remove = (viewer: Viewer, id: string): Promise<void> =>
    db.$transaction(async (tx) => {
      await lockSeriesOf(tx, id);
      const event = await lockOwned(tx, viewer, id);
      const holders = await holdersOf(tx, id);
      if (Object.values(holders).some((count) => count > 0)) throw refusal(holders);
      await leaveSeries(tx, event);
      await tx.registration.deleteMany({ where: { eventId: id } });
      await tx.placeHold.deleteMany({ where: { eventId: id } });
      await tx.event.delete({ where: { id } });
      await steps.forget(tx, viewer, event);
    });

  /** So that its day does not get another event. */
  async function leaveSeries(tx: Transaction, { seriesId, occurrenceOn }: Event): Promise<void> {
    if (!seriesId || !occurrenceOn) return;
    await tx.$executeRaw`
      UPDATE event_series SET excluded_on = array_append(excluded_on, ${occurrenceOn}::date) WHERE id = ${seriesId}::uuid`;
  }

  /** The event is locked: nobody takes a place meanwhile. Tickets that were given back count, the books know them. */
  async function holdersOf(tx: Transaction, eventId: string): Promise<Holders> {
    const [registrations, tickets, holds, packets] = [
      await tx.registration.count({ where: { eventId, status: { in: ['CONFIRMED', 'PENDING'] } } }),
      await tx.ticket.count({ where: { eventId } }),
      await tx.$queryRaw<unknown[]>`
        SELECT 1 FROM place_holds WHERE event_id = ${eventId}::uuid AND expires_at > ${clock.now()}`,
      await tx.inclusion.count({ where: { eventId } }),
    ];
    return { registrations, tickets: tickets + holds.length, packets };
  }

  return { remove };
}

const refusal = (holders: Holders) =>
  new AppError(
    'EVENT_HAS_HOLDERS',
    'Somebody has a place at it, or it is of a packet. Call it off instead.',
    {
      typename: 'EventHasHoldersError',
      path: ['eventId'],
      ...holders,
    },
  );
