import { AppError, type Clock, type Viewer } from '@diaspora/kit';
import type { Event, Purchase } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { createLooking, ticketRefusalOf, type RegistrationRefusal } from '../participation/index.js';
import type { Places } from '../places/index.js';
import { heldQuantity, isInWindow } from '../ticketing/index.js';
import { placesByEvent, type Item } from './lines.js';
import { mostUnpaidPlaces, mostUnpaidPurchases } from './rules.js';

interface Dependencies {
  readonly clock: Clock;
  readonly places: Places;
}

/** Whether a person may buy what they ask for, as far as the person is concerned. Events, types and packets are locked. */
export function createAdmitting({ clock, places }: Dependencies) {
  const lookAt = createLooking({ clock, places });

  async function assertAdmitted(
    tx: Transaction,
    viewer: Viewer,
    { events, items }: { events: readonly Event[]; items: readonly Item[] },
  ): Promise<void> {
    for (const event of events) {
      const refusal = ticketRefusalOf(await lookAt(tx, viewer, event, 0));
      if (refusal && refusals[refusal]) throw refusals[refusal](event);
    }
    for (const [index, item] of items.entries()) {
      const path = ['lines', String(index)];
      if (!item.isOffered || !isInWindow(item, clock.now()))
        throw new AppError('SALES_CLOSED', `"${item.description}" is not on sale now.`, { path });
      await assertWithinLimit(tx, item, { buyerId: viewer.id, now: clock.now(), path });
    }
  }

  /** What is kept and not paid nobody else can buy: of that, one person has a little at a time. */
  async function assertKeepsLittle(
    tx: Transaction,
    { id, buyerId }: Purchase,
    items: readonly Item[],
  ): Promise<void> {
    // Purchases of one person at a time, or two of them would both count the last but one.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`purchases:${buyerId}`}, 0))`;
    const unpaid = { id: { not: id }, buyerId, status: 'PENDING' as const, expiresAt: { gt: clock.now() } };
    if ((await tx.purchase.count({ where: unpaid })) >= mostUnpaidPurchases)
      throw tooMuch('Pay for what you are buying, or give it up, before you buy more.');
    // One thing is always to be had, however many places it gives.
    const isOne = items.length === 1 && items[0]!.quantity === 1;
    for (const [eventId, wanted] of placesByEvent(items)) {
      const kept = await keptOf(tx, buyerId, eventId);
      if (kept + wanted > mostUnpaidPlaces && !(isOne && kept === 0))
        throw tooMuch(
          `At most ${mostUnpaidPlaces} places of an event are kept for one person until they pay.`,
        );
    }
  }

  /** Places of an event that are kept for unpaid purchases of a person. */
  async function keptOf(tx: Transaction, buyerId: string, eventId: string): Promise<number> {
    const [row] = await tx.$queryRaw<{ kept: number }[]>`
      SELECT coalesce(sum(h.places), 0)::int AS kept
      FROM place_holds h JOIN purchases p ON p.id = h.claim_id
      WHERE h.event_id = ${eventId}::uuid AND h.expires_at > ${clock.now()} AND p.buyer_id = ${buyerId}::uuid`;
    return row?.kept ?? 0;
  }

  return { assertAdmitted, assertKeepsLittle };
}

const tooMuch = (message: string) => new AppError('LIMIT_REACHED', message, { path: ['lines'] });

const path = ['lines'];
const notAdmitted = () => new AppError('NOT_ADMITTED', 'You cannot buy tickets for this event.', { path });

/** Of the gates before a registration those that are no matter of the event's own state, of which the basket speaks. */
const refusals: Partial<Record<RegistrationRefusal, (event: Event) => AppError>> = {
  NOT_ADMITTED: notAdmitted,
  APPROVAL_PENDING: notAdmitted,
  APPROVAL_DECLINED: notAdmitted,
  ENTITLEMENT_REQUIRED: ({ title }) =>
    new AppError('ENTITLEMENT_REQUIRED', `Your plan does not include "${title}".`, { path }),
  ON_HOLD: ({ title }) => new AppError('SALES_CLOSED', `"${title}" is not sold for now.`, { path }),
  NOT_OPEN_YET: ({ title }) =>
    new AppError('SALES_CLOSED', `Registration for "${title}" has not begun.`, { path }),
  CLOSED: ({ title }) => new AppError('SALES_CLOSED', `Registration for "${title}" is over.`, { path }),
};

type Limited = Pick<Item, 'ticketTypeId' | 'packetId' | 'quantity' | 'perPersonLimit'>;

/** Throws when the person would have more of a type or packet than one may; what they are buying otherwise counts. */
export async function assertWithinLimit(
  tx: Transaction,
  { ticketTypeId, packetId, quantity, perPersonLimit }: Limited,
  { buyerId, now, path, except }: { buyerId: string; now: Date; path: string[]; except?: string },
): Promise<void> {
  if (perPersonLimit === null) return;
  const which = ticketTypeId ? { ticketTypeId } : { packetId: packetId! };
  const bought = await tx.ticket.findMany({
    where: { ...which, status: 'VALID', purchase: { buyerId } },
    select: { id: true, lineId: true, unit: true },
    distinct: ticketTypeId ? ['id'] : ['lineId', 'unit'],
  });
  const held = await heldQuantity(tx, now, { ...which, buyerId, ...(except && { except }) });
  if (bought.length + held + quantity > perPersonLimit)
    throw new AppError('LIMIT_REACHED', `One person may buy ${perPersonLimit} of these.`, { path });
}
