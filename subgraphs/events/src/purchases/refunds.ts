import {
  AppError,
  idempotencyKey as keySchema,
  idempotent,
  parseInput,
  text,
  type Viewer,
} from '@diaspora/kit';
import { z } from 'zod';
import type { Purchase, Ticket } from '../__generated__/prisma/client.js';
import { usedOf } from '../check-in/index.js';
import type { Transaction } from '../database.js';
import { purchaseIds, ticketIds } from '../ids.js';
import { isSuperUser, type TicketingDependencies } from '../ticketing/index.js';
import { refundForBuyer, wholePriceOf, type EndingTicket } from '../tickets/index.js';
import type { Basket, LockedPurchase } from './basket.js';
import type { Saga } from './saga.js';

export type Refunds = ReturnType<typeof createRefunds>;

const refundInput = z.object({
  purchaseId: z.string(),
  ticketIds: z.array(z.string()).min(1).max(200).nullish(),
});

type Dependencies = TicketingDependencies & { readonly basket: Basket; readonly saga: Saga };

/** Tickets that are given back by their buyer, on the terms of the purchase, or ended by the organizer. */
export function createRefunds({ db, clock, audit, basket, saga }: Dependencies) {
  async function refund(
    viewer: Viewer,
    { idempotencyKey, ...input }: { idempotencyKey: string },
  ): Promise<Purchase> {
    const parsed = parseInput(refundInput, input);
    const id = purchaseIds.decode(parsed.purchaseId);
    const wanted = parsed.ticketIds?.map((ticketId) => ticketIds.decode(ticketId)) ?? null;
    const call = {
      actor: viewer.id,
      operation: 'refundTickets',
      key: parseInput(keySchema(), idempotencyKey),
      request: { id, wanted },
    };
    await db.$transaction((tx) =>
      idempotent(tx, call, async () => {
        const locked = await basket.lockPurchase(tx, id);
        if (!locked || !mayRefund(viewer, locked.purchase))
          throw new AppError('NOT_FOUND', 'There is no such purchase.', { path: ['purchaseId'] });
        const isBuyer = locked.purchase.buyerId === viewer.id;
        const tickets = await ticketsOf(tx, locked, wanted, isBuyer ? viewer.id : null);
        const ending = tickets.map((ticket) => ({
          ticket,
          amountMinor: isBuyer ? forBuyer(ticket, locked) : wholePriceOf(ticket),
        }));
        await record(tx, locked.purchase, 'tickets.refunded', ending);
        await saga.endTickets(tx, locked, ending, isBuyer ? 'BUYER' : 'ORGANIZER');
        return {};
      }),
    );
    await saga.afterStep('after:giveBack');
    return db.purchase.findUniqueOrThrow({ where: { id } });
  }

  /** The valid tickets that are meant; a buyer's are those they still hold and nobody was let in by. */
  async function ticketsOf(
    tx: Transaction,
    { purchase }: LockedPurchase,
    wanted: readonly string[] | null,
    holderId: string | null,
  ): Promise<Ticket[]> {
    const tickets = await tx.ticket.findMany({
      where: {
        ...{ purchaseId: purchase.id, status: 'VALID' },
        ...(wanted && { id: { in: [...wanted] } }),
        ...(holderId && { holderId }),
      },
      orderBy: { id: 'asc' },
    });
    const used = holderId ? await usedOf(tx, 'TICKET', tickets.map(({ id }) => id)) : new Set(); // prettier-ignore
    const unused = tickets.filter(({ id }) => !used.has(id));
    if (unused.length < tickets.length && (wanted || unused.length === 0))
      throw new AppError('REFUND_REFUSED', 'A ticket by which somebody was let in is not taken back.', {
        path: ['ticketIds'],
        payload: { purchase },
      });
    if (tickets.length === 0 || (wanted && tickets.length < new Set(wanted).size))
      throw new AppError('CONFLICT', 'Not all of these are valid and with the buyer.', {
        path: ['ticketIds'],
        payload: { purchase },
      });
    return unused;
  }

  function forBuyer(ticket: Ticket, { lines, events, purchase }: LockedPurchase): bigint {
    const line = lines.find(({ id }) => id === ticket.lineId)!;
    const event = events.find(({ id }) => id === ticket.eventId)!;
    const amount = refundForBuyer(ticket, line, event, clock.now());
    if (amount !== null) return amount;
    throw new AppError('REFUND_REFUSED', `"${line.description}" is not taken back now.`, {
      path: ['ticketIds'],
      payload: { purchase },
    });
  }

  /** Ends a ticket without money, as when it was got by fraud. Its places are free. What was paid organizers give back. */
  const remove = (viewer: Viewer, input: { ticketId: string; reason: string }): Promise<Ticket> => {
    const id = ticketIds.decode(input.ticketId);
    const reason = parseInput(text({ max: 500 }), input.reason);
    return db.$transaction(async (tx) => {
      const known = await tx.ticket.findUnique({ where: { id } });
      const locked = known && (await basket.lockPurchase(tx, known.purchaseId));
      if (!locked || !mayEnd(viewer, locked.purchase))
        throw new AppError('NOT_FOUND', 'There is no such ticket.', { path: ['ticketId'] });
      const ticket = await tx.ticket.findUniqueOrThrow({ where: { id } });
      if (ticket.status === 'CANCELLED') return ticket;
      if (wholePriceOf(ticket) > 0n && !isSuperUser(viewer))
        throw new AppError('CONFLICT', 'It is paid: give the money back with refundTickets.', {
          path: ['ticketId'],
        });
      const ending = [{ ticket, amountMinor: 0n }];
      await record(tx, locked.purchase, 'tickets.deleted', ending, reason);
      await saga.endTickets(tx, locked, ending, 'ORGANIZER');
      return tx.ticket.findUniqueOrThrow({ where: { id } });
    });
  };

  async function record(
    tx: Transaction,
    purchase: Purchase,
    action: 'tickets.refunded' | 'tickets.deleted',
    ending: readonly EndingTicket[],
    reason?: string,
  ): Promise<void> {
    await audit.record(tx, {
      action,
      subject: { type: 'Purchase', id: purchaseIds.encode(purchase.id) },
      personId: purchase.buyerId,
      after: {
        tickets: ending.map(({ ticket }) => ticketIds.encode(ticket.id)),
        amountMinor: `${ending.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)}`,
        currency: purchase.currency,
      },
      ...(reason && { reason }),
    });
  }

  return { refund, remove };
}

const mayEnd = (viewer: Viewer, { organizerId }: Purchase): boolean =>
  viewer.id === organizerId || isSuperUser(viewer);

const mayRefund = (viewer: Viewer, purchase: Purchase): boolean =>
  purchase.buyerId === viewer.id || mayEnd(viewer, purchase);
