import { AppError, hourMs, type Viewer } from '@diaspora/kit';
import type { Event, PurchaseLine, Ticket } from '../__generated__/prisma/client.js';
import { statusOf } from '../catalog/index.js';
import { isSuperUser } from '../ticketing/index.js';

type Terms = Pick<PurchaseLine, 'refundUntilHours' | 'refundPercent'>;
type Paid = Pick<Ticket, 'priceMinor' | 'feeMinor'>;

/**
 * What a buyer gets back for a ticket now; null when it is not taken back. Free tickets are until the event begins. For
 * an event that is off it is everything, whatever the terms.
 */
export function refundForBuyer(
  ticket: Paid,
  terms: Terms,
  event: Pick<Event, 'startsAt' | 'status'>,
  now: Date,
): bigint | null {
  if (event.status === 'CANCELLED') return wholePriceOf(ticket);
  if (now >= event.startsAt) return null;
  if (ticket.priceMinor + ticket.feeMinor === 0n) return 0n;
  if (terms.refundUntilHours === null) return null;
  if (now.getTime() > event.startsAt.getTime() - terms.refundUntilHours * hourMs) return null;
  return (ticket.priceMinor * BigInt(terms.refundPercent)) / 100n;
}

/** All that was paid for a ticket: what goes back when it is not the buyer who gives it back. */
export const wholePriceOf = ({ priceMinor, feeMinor }: Paid): bigint => priceMinor + feeMinor;

/** Whether a viewer may end tickets of an event and give all the money back. */
export const mayEndTickets = (viewer: Viewer, event: Pick<Event, 'organizerId'>): boolean =>
  viewer.id === event.organizerId || isSuperUser(viewer);

interface Handed {
  readonly ticket: Pick<Ticket, 'status'>;
  readonly event: Event;
  /** Whether somebody went in by it. */
  readonly isUsed: boolean;
  readonly now: Date;
}

/** Throws unless a ticket can go to somebody else now. */
export function assertMayGo({ ticket, event, isUsed, now }: Handed): void {
  if (ticket.status !== 'VALID') throw new AppError('CONFLICT', 'The ticket is not valid any more.');
  if (isUsed) throw new AppError('CONFLICT', 'Somebody was let in by this ticket.');
  if (statusOf(event, now) !== 'PUBLISHED')
    throw new AppError('CONFLICT', 'The event is over or called off.');
}
