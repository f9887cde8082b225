import { AppError } from '@diaspora/kit';
import { Prisma, type Transaction } from '../database.js';
import { isSeatFree, readSeats } from '../ticketing/index.js';
import type { Part } from './lines.js';

interface Wish {
  readonly ticketTypeId: string | null;
  readonly now: Date;
  /** The purchase whose own seats are free for it. */
  readonly purchaseId: string;
  /** Seats that other lines of it have. */
  readonly taken: ReadonlySet<string>;
}

/** The seats a part gets where they are numbered, none where they are not; null when there are not enough. The event is locked. */
export async function chooseSeats(tx: Transaction, part: Part, wish: Wish): Promise<string[] | null> {
  if (part.seatIds.length > 0) return chosenSeats(tx, part, wish);
  const [plan] = await tx.$queryRaw<{ isNumbered: boolean }[]>`
    SELECT EXISTS (SELECT FROM event_seats WHERE event_id = ${part.eventId}::uuid) AS "isNumbered"`;
  if (!plan?.isNumbered) return [];
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM event_seats seat
    WHERE event_id = ${part.eventId}::uuid AND id <> ALL(${[...wish.taken]}::uuid[])
      AND (ticket_type_id IS NULL OR ticket_type_id = ${wish.ticketTypeId}::uuid)
      AND (claim_id IS NULL OR claim_id = ${wish.purchaseId}::uuid OR claimed_until <= ${wish.now})
      AND NOT EXISTS (SELECT FROM tickets WHERE seat_id = seat.id AND status = 'VALID')
    ORDER BY ticket_type_id NULLS LAST, position, id LIMIT ${part.places}`;
  return found.length === part.places ? found.map(({ id }) => id) : null;
}

/** Throws unless these seats are of the event and of the type, and nobody has them. */
async function chosenSeats(tx: Transaction, part: Part, wish: Wish): Promise<string[]> {
  const ids = [...part.seatIds];
  const seats = await readSeats(
    tx,
    Prisma.sql`seat.id = ANY(${ids}::uuid[]) AND seat.event_id = ${part.eventId}::uuid
      AND (seat.ticket_type_id IS NULL OR seat.ticket_type_id = ${wish.ticketTypeId}::uuid)`,
  );
  if (seats.length < ids.length)
    throw new AppError('NOT_FOUND', 'There is no such seat for this.', { path: ['lines', 'seatIds'] });
  const gone = seats.find((seat) => wish.taken.has(seat.id) || !isSeatFree(seat, wish.now, wish.purchaseId));
  if (gone) throw new AppError('SEAT_TAKEN', `Seat ${gone.label} is taken.`, { path: ['lines', 'seatIds'] });
  return ids;
}

/** Keeps seats for a purchase until then. */
export async function claimSeats(
  tx: Transaction,
  { purchaseId, seatIds, until }: { purchaseId: string; seatIds: readonly string[]; until: Date },
): Promise<void> {
  if (seatIds.length === 0) return;
  await tx.eventSeat.updateMany({
    where: { id: { in: [...seatIds] } },
    data: { claimId: purchaseId, claimedUntil: until },
  });
}

export async function releaseSeats(tx: Transaction, purchaseId: string, seatIds: readonly string[]) {
  if (seatIds.length === 0) return;
  await tx.eventSeat.updateMany({
    where: { id: { in: [...seatIds] }, claimId: purchaseId },
    data: { claimId: null, claimedUntil: null },
  });
}
