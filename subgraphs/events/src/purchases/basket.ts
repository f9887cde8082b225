import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Event, Purchase, PurchaseLine } from '../__generated__/prisma/client.js';
import { statusOf } from '../catalog/index.js';
import type { Transaction } from '../database.js';
import type { Places } from '../places/index.js';
import { heldQuantity } from '../ticketing/index.js';
import type { Vouchers } from '../vouchers/index.js';
import { assertWithinLimit } from './admitting.js';
import { eventIdsOf, partsOf, placesByEvent, type Part } from './lines.js';
import { chooseSeats } from './seats.js';

export type Basket = ReturnType<typeof createBasket>;

interface Dependencies {
  readonly clock: Clock;
  readonly places: Places;
  readonly vouchers: Vouchers;
  readonly mayWait: MayWait;
}

/** Whether somebody would be let wait for so many places. */
export type MayWait = (tx: Transaction, viewer: Viewer, event: Event, places: number) => Promise<boolean>;

/** What is bought, whether it is being bought or was paid. */
export interface Wanted {
  readonly ticketTypeId: string | null;
  readonly packetId: string | null;
  readonly quantity: number;
  readonly parts: readonly Part[];
}

export interface LockedPurchase {
  readonly purchase: Purchase;
  readonly lines: (Omit<PurchaseLine, 'parts'> & Wanted)[];
  readonly events: Event[];
}

type Row = Pick<Wanted, 'ticketTypeId' | 'packetId' | 'parts'>;

/** Locks of what is bought, in the one order, and whether there is enough of it. */
export function createBasket({ clock, places, vouchers, mayWait }: Dependencies) {
  async function lockRows(tx: Transaction, lines: readonly Row[]): Promise<Event[]> {
    const events = await places.lockEvents(tx, eventIdsOf(lines));
    await lockSome(tx, 'ticket_types', lines.flatMap(({ ticketTypeId }) => ticketTypeId ?? [])); // prettier-ignore
    await lockSome(
      tx,
      'packets',
      lines.flatMap(({ packetId }) => packetId ?? []),
    );
    return events;
  }

  const lockSome = async (tx: Transaction, table: 'ticket_types' | 'packets', ids: readonly string[]) => {
    if (ids.length > 0) await places.lockRows(tx, table, ids);
  };

  /** Locks all that a purchase is about, then itself; null when there is no such purchase. */
  async function lockPurchase(tx: Transaction, id: string): Promise<LockedPurchase | null> {
    const known = await tx.purchase.findUnique({
      where: { id },
      select: { voucherId: true, lines: { orderBy: { position: 'asc' } } },
    });
    if (!known) return null;
    const lines = known.lines.map((line) => ({ ...line, parts: partsOf(line) }));
    const events = await lockRows(tx, lines);
    if (known.voucherId) await places.lockRows(tx, 'vouchers', [known.voucherId]);
    await places.lockRows(tx, 'purchases', [id]);
    return { purchase: await tx.purchase.findUniqueOrThrow({ where: { id } }), lines, events };
  }

  /**
   * Throws unless all of it can be had now, by a purchase whose own holds do not count: nothing is written. Answers the
   * lines with their seats. The viewer is whoever buys, and nobody when it has been paid.
   */
  async function assertAvailable<Line extends Wanted>(
    tx: Transaction,
    lines: readonly Line[],
    { purchaseId, events, viewer }: { purchaseId: string; events: readonly Event[]; viewer: Viewer | null },
  ): Promise<Line[]> {
    const now = clock.now();
    for (const event of events) assertOpen(event, now);
    for (const [index, line] of lines.entries()) await assertLimit(tx, line, { index, purchaseId, viewer });
    for (const [eventId, wanted] of placesByEvent(lines)) {
      const free = await places.freePlaces(tx, eventId, { except: purchaseId });
      if (free !== null && free < wanted)
        throw await soldOut(tx, viewer, { event: events.find(({ id }) => id === eventId)!, wanted });
    }
    const taken = new Set<string>();
    const seated: Line[] = [];
    for (const line of lines) {
      const parts: Part[] = [];
      for (const part of line.parts) {
        const { ticketTypeId } = line;
        const seatIds = await chooseSeats(tx, part, { ticketTypeId, now, purchaseId, taken });
        if (!seatIds)
          throw await soldOut(tx, viewer, {
            event: events.find(({ id }) => id === part.eventId)!,
            wanted: part.places,
          });
        for (const id of seatIds) taken.add(id);
        parts.push({ ...part, seatIds });
      }
      seated.push({ ...line, parts });
    }
    return seated;
  }

  /** Refuses early, without a lock, what cannot succeed: who comes when all is gone does not wait for those before. */
  async function assertPlausible(tx: Transaction, viewer: Viewer, lines: readonly Row[]): Promise<void> {
    for (const [eventId, wanted] of placesByEvent(lines)) {
      const free = await places.freePlaces(tx, eventId);
      if (free === null || free >= wanted) continue;
      const event = await tx.event.findUniqueOrThrow({ where: { id: eventId } });
      throw await soldOut(tx, viewer, { event, wanted });
    }
  }

  /** The quota of a type, or the number of packets: sold, being bought by others, and this together. */
  async function assertLimit(
    tx: Transaction,
    { ticketTypeId, packetId, quantity }: Wanted,
    { index, purchaseId, viewer }: { index: number; purchaseId: string; viewer: Viewer | null },
  ): Promise<void> {
    const known = ticketTypeId
      ? await tx.ticketType.findUnique({ where: { id: ticketTypeId }, include: { event: true } })
      : await tx.packet.findUnique({ where: { id: packetId! } });
    if (!known) throw new AppError('NOT_FOUND', 'It is sold no more.', { path: ['lines', String(index)] });
    const limit = 'quota' in known ? known.quota : known.seats;
    if (limit === null) return;
    const which = ticketTypeId ? { ticketTypeId } : { packetId: packetId! };
    const held = await heldQuantity(tx, clock.now(), { ...which, except: purchaseId });
    if (known.soldCount + held + quantity <= limit) return;
    const event = 'event' in known ? known.event : null;
    throw await soldOut(tx, viewer, { event, wanted: quantity, path: ['lines', String(index)] });
  }

  async function soldOut(
    tx: Transaction,
    viewer: Viewer | null,
    { event, wanted, path = ['lines'] }: { event: Event | null; wanted: number; path?: string[] },
  ): Promise<AppError> {
    return new AppError(
      'SOLD_OUT',
      event ? `"${event.title}" has no places left for this.` : 'It is sold out.',
      {
        path,
        typename: 'SoldOutError',
        isWaitlistOpen: event !== null && viewer !== null && (await mayWait(tx, viewer, event, wanted)),
      },
    );
  }

  /** What was kept counted when its buyer bought more; since it is kept no more, they may have come to what one may have. */
  async function assertLimitsOf(tx: Transaction, { purchase, lines }: LockedPurchase): Promise<void> {
    const whose = { buyerId: purchase.buyerId, now: clock.now(), path: ['lines'], except: purchase.id };
    for (const line of lines) {
      const { ticketTypeId, packetId } = line;
      const known = ticketTypeId
        ? await tx.ticketType.findUnique({ where: { id: ticketTypeId } })
        : await tx.packet.findUnique({ where: { id: packetId! } });
      await assertWithinLimit(tx, { ...line, perPersonLimit: known?.perPersonLimit ?? null }, whose);
    }
  }

  /** Whether a purchase that is paid can still have what was bought; the lines with their seats, or null. */
  async function stillAvailable(tx: Transaction, locked: LockedPurchase) {
    const { purchase, lines, events } = locked;
    try {
      if (events.length < eventIdsOf(lines).length) return null;
      if (purchase.voucherId)
        await vouchers.lockForUse(tx, purchase.voucherId, {
          ...{ buyerId: purchase.buyerId, currency: purchase.currency, except: purchase.id },
          isAgreed: true,
        });
      if (purchase.expiresAt <= clock.now()) await assertLimitsOf(tx, locked);
      return await assertAvailable(tx, lines, { purchaseId: purchase.id, events, viewer: null });
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  return { lockRows, lockPurchase, assertPlausible, assertAvailable, stillAvailable };
}

function assertOpen(event: Event, now: Date): void {
  const status = statusOf(event, now);
  if (status === 'PUBLISHED') return;
  const messages = {
    DRAFT: 'is not published yet',
    CANCELLED: 'was called off',
    COMPLETED: 'is over',
  };
  throw new AppError('SALES_CLOSED', `"${event.title}" ${messages[status]}.`, { path: ['lines'] });
}
