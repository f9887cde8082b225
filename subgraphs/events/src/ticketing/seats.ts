import { AppError, parseInput, type Page, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { Prisma, type Transaction } from '../database.js';
import { eventIds, eventSeatIds, ticketTypeIds } from '../ids.js';
import { eventSnapshot } from '../organizing/index.js';
import { noteOwn } from '../own-parts.js';
import { withTicket, type SeatModel } from './loaders.js';
import { isSeatFree, seatInput } from './rules.js';
import type { createSale, TicketingDependencies } from './service.js';

type Dependencies = TicketingDependencies & { readonly lockForSale: ReturnType<typeof createSale> };

export interface SeatRow {
  readonly id: string;
  readonly eventId: string;
  readonly ticketTypeId: string | null;
  readonly label: string;
  readonly position: number;
  readonly claimId: string | null;
  readonly claimedUntil: Date | null;
  readonly isSold: boolean;
}

/** Seats of an event with whether somebody has a valid ticket for them, in the order of the plan. */
export const readSeats = (tx: Transaction, where: Prisma.Sql): Promise<SeatRow[]> => tx.$queryRaw<SeatRow[]>`
  SELECT seat.id, seat.event_id AS "eventId", seat.ticket_type_id AS "ticketTypeId", seat.label, seat.position,
    seat.claim_id AS "claimId", seat.claimed_until AS "claimedUntil",
    EXISTS (SELECT FROM tickets WHERE seat_id = seat.id AND status = 'VALID') AS "isSold"
  FROM event_seats seat WHERE ${where} ORDER BY seat.position, seat.id`;

interface SeatPlan {
  readonly label: string;
  readonly ticketTypeId?: string | null | undefined;
}

/** The number of seats of an event, and which they are where they are numbered. */
export function createSeats({ db, clock, outbox, audit, places, lockForSale }: Dependencies) {
  /** Gives an event so many seats, or these. */
  const changeSeats = (
    viewer: Viewer,
    { eventId, expectedVersion, ...input }: { eventId: string; expectedVersion: number },
  ): Promise<Event> => {
    const id = eventIds.decode(eventId);
    const { capacity, numberedSeats } = parseInput(seatInput, input);
    return db.$transaction(async (tx) => {
      const [event] = await lockForSale(tx, viewer, [id]);
      if (event!.version !== expectedVersion)
        throw new AppError('CONFLICT', 'The event has changed meanwhile.', {
          path: ['expectedVersion'],
          payload: { event },
        });
      await replacePlan(tx, event!, numberedSeats ?? []);
      // An empty plan takes the numbers away and leaves the number.
      const seats = capacity ?? (numberedSeats!.length || event!.capacity);
      if (seats !== null) await places.assertCapacityFits(tx, event!, seats);
      const changed = await tx.event.update({
        where: { id },
        data: { capacity: seats, version: event!.version + 1, updatedAt: clock.now() },
      });
      await noteOwn(tx, changed, 'capacity', 'tickets');
      await audit.record(tx, {
        action: 'event.seatsChanged',
        subject: { type: 'Event', id: eventId },
        personId: changed.organizerId,
        before: { capacity: event!.capacity },
        after: { capacity: seats, numbered: numberedSeats?.length ?? 0 },
      });
      if (changed.status === 'PUBLISHED') await outbox.publish(tx, eventSnapshot('event.changed', changed));
      await places.freed(tx, id);
      return changed;
    });
  };

  /** Seats keep who they are by their label; those that somebody has or holds stay. */
  async function replacePlan(tx: Transaction, event: Event, plan: readonly SeatPlan[]): Promise<void> {
    const now = clock.now();
    const known = await readSeats(tx, Prisma.sql`seat.event_id = ${event.id}::uuid`);
    const labels = new Set(plan.map(({ label }) => label));
    const gone = known.filter(({ label }) => !labels.has(label));
    const taken = gone.filter((seat) => !isSeatFree(seat, now));
    if (taken.length > 0)
      throw new AppError('HAS_HOLDERS', `Somebody has seat ${taken[0]!.label}.`, { path: ['numberedSeats'] });
    await tx.eventSeat.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } });
    const typeIds = await typesOf(tx, event.id, plan);
    const rows = plan.map(({ label }, position) => ({
      id: eventSeatIds.create(),
      label,
      position,
      ticketTypeId: typeIds[position]!,
    }));
    await tx.$executeRaw`
      INSERT INTO event_seats (id, event_id, label, position, ticket_type_id)
      SELECT id, ${event.id}::uuid, label, position, "ticketTypeId"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row (id uuid, label text, position int, "ticketTypeId" uuid)
      ON CONFLICT (event_id, label) DO UPDATE SET position = excluded.position, ticket_type_id = excluded.ticket_type_id`;
  }

  async function typesOf(tx: Transaction, eventId: string, plan: readonly SeatPlan[]) {
    const ids = plan.map(({ ticketTypeId }) => (ticketTypeId ? ticketTypeIds.decode(ticketTypeId) : null));
    const types = new Set(ids.filter((id) => id !== null));
    const found = await tx.ticketType.count({ where: { eventId, id: { in: [...types] } } });
    if (found < types.size)
      throw new AppError('NOT_FOUND', 'The event has no such type of ticket.', { path: ['numberedSeats'] });
    return ids;
  }

  const listSeats = (eventId: string, page: Page): Promise<SeatModel[]> =>
    db.eventSeat.findMany({
      where: { AND: [{ eventId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
      include: withTicket,
    });

  const isFree = ({ tickets, ...seat }: SeatModel): boolean =>
    isSeatFree({ ...seat, isSold: tickets.length > 0 }, clock.now());

  return { changeSeats, listSeats, isSeatFree: isFree };
}
