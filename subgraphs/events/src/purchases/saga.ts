import type { Clock, Outbox } from '@diaspora/kit';
import type { Purchase, PurchaseRefund, RefundReason, Ticket } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { refundIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import type { Places } from '../places/index.js';
import { wholePriceOf, type EndingTicket, type Issuing, type NewTicket } from '../tickets/index.js';
import type { Basket, LockedPurchase, Wanted } from './basket.js';
import { placesByEvent } from './lines.js';
import { cancellationRequested, refundRequested } from './orders.js';
import { splitOverTickets } from './pricing.js';
import { step, type Fact } from './rules.js';
import { releaseSeats } from './seats.js';

export type Saga = ReturnType<typeof createSaga>;

/** Called within each step, before its transaction commits and after; a test kills the process there. */
export type AfterStep = (step: string) => Promise<void> | void;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<EventsMessages>;
  readonly places: Places;
  readonly basket: Basket;
  readonly issuing: Issuing;
  readonly afterStep?: AfterStep;
}

/**
 * The steps of a purchase after its places are kept, and what undoes them. Each is one transaction, with what it tells
 * payments in its outbox: a process that dies leaves a step whole or undone, and whoever comes next does it again.
 */
export function createSaga(dependencies: Dependencies) {
  const { clock, outbox, places, basket, issuing, afterStep = () => undefined } = dependencies;

  /** Changes a purchase as its state machine says. */
  async function advance(tx: Transaction, purchase: Purchase, fact: Fact, data: Partial<Purchase> = {}) {
    const { effect, ...next } = step(purchase, fact);
    const times = {
      ...(effect === 'ISSUE' && { completedAt: clock.now(), endedAt: null }),
      ...(effect === 'RELEASE' && { endedAt: clock.now() }),
    };
    const changed = await tx.purchase.update({
      where: { id: purchase.id },
      data: { ...data, ...next, ...times },
    });
    return { effect, purchase: changed };
  }

  /** The money is there: the tickets are made, from what is kept or from what is still to be had, or the money goes back. */
  async function paid(tx: Transaction, purchaseId: string, amountMinor: bigint): Promise<void> {
    const locked = await basket.lockPurchase(tx, purchaseId);
    if (!locked || locked.purchase.paidMinor > 0n) return;
    const isWhole = amountMinor === locked.purchase.totalMinor;
    const lines = isWhole ? await basket.stillAvailable(tx, locked) : null;
    const fact = { type: 'PAID', canIssue: lines !== null } as const;
    const { effect, purchase } = await advance(tx, locked.purchase, fact, { paidMinor: amountMinor });
    if (effect === 'ISSUE') {
      await issue(tx, { ...locked, purchase }, lines!);
      await afterStep('before:issue');
    }
    if (effect === 'REFUND') {
      await releaseAll(tx, locked);
      const reason = locked.events.some(({ status }) => status === 'CANCELLED')
        ? 'EVENT_CANCELLED'
        : 'NO_PLACES';
      await askRefund(tx, purchase, amountMinor, purchase.endReason === 'BUYER' ? 'BUYER' : reason);
      await afterStep('before:refund');
    }
  }

  /** What costs nothing needs no payment. */
  async function complete(tx: Transaction, purchaseId: string): Promise<void> {
    const locked = (await basket.lockPurchase(tx, purchaseId))!;
    const { purchase } = await advance(tx, locked.purchase, { type: 'PAID', canIssue: true });
    await issue(tx, { ...locked, purchase }, locked.lines);
  }

  async function issue(
    tx: Transaction,
    { purchase, lines }: LockedPurchase,
    seated: readonly Wanted[],
  ): Promise<void> {
    for (const [eventId, wanted] of placesByEvent(seated)) {
      const isTaken = await places.take(tx, eventId, { by: 'TICKET', places: wanted, instead: purchase.id });
      if (!isTaken) throw new Error(`Event ${eventId} had places under its lock, and has none.`);
    }
    const drafts = lines.flatMap((line, index) => draftsOf(purchase, line, seated[index]!));
    await issuing.issue(tx, drafts);
    await releaseSeats(
      tx,
      purchase.id,
      drafts.flatMap(({ seatId }) => seatId ?? []),
    );
  }

  /** Ends a purchase that is not paid: what is kept for it is free, and its order takes no payment. */
  async function end(
    tx: Transaction,
    locked: LockedPurchase,
    reason: NonNullable<Purchase['endReason']>,
  ): Promise<Purchase> {
    const { effect, purchase } = await advance(tx, locked.purchase, { type: 'ENDED', reason });
    if (effect !== 'RELEASE') return purchase;
    await releaseAll(tx, locked);
    await outbox.publish(tx, cancellationRequested(purchase.id, reason));
    await afterStep('before:cancel');
    return purchase;
  }

  async function releaseAll(tx: Transaction, { purchase, lines }: LockedPurchase): Promise<void> {
    await releaseSeats(tx, purchase.id, lines.flatMap(({ parts }) => parts.flatMap((part) => part.seatIds))); // prettier-ignore
    await places.release(tx, purchase.id);
  }

  /** Asks for money back, never for more than came in. */
  async function askRefund(
    tx: Transaction,
    purchase: Purchase,
    amountMinor: bigint,
    reason: RefundReason,
  ): Promise<PurchaseRefund | null> {
    const asked = await tx.purchaseRefund.aggregate({
      where: { purchaseId: purchase.id },
      _sum: { amountMinor: true },
    });
    const left = purchase.paidMinor - (asked._sum.amountMinor ?? 0n);
    const amount = amountMinor < left ? amountMinor : left;
    if (amount <= 0n) return null;
    const refund = await tx.purchaseRefund.create({
      data: {
        id: refundIds.create(),
        purchaseId: purchase.id,
        amountMinor: amount,
        reason,
        status: 'REQUESTED',
        requestedAt: clock.now(),
      },
    });
    await outbox.publish(tx, refundRequested(refund, purchase.currency));
    return refund;
  }

  /** Ends tickets of a purchase that was completed, and asks for what goes back for them. */
  async function endTickets(
    tx: Transaction,
    { purchase }: LockedPurchase,
    ending: readonly EndingTicket[],
    reason: RefundReason,
  ): Promise<void> {
    if (ending.length === 0) return;
    const amount = ending.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
    const refund = await askRefund(tx, purchase, amount, reason);
    await issuing.end(tx, ending, { refundId: refund?.id ?? null, currency: purchase.currency });
    const left = await tx.ticket.count({ where: { purchaseId: purchase.id, status: 'VALID' } });
    const open = await tx.purchaseRefund.count({
      where: { purchaseId: purchase.id, status: { not: 'REFUNDED' } },
    });
    await advance(tx, purchase, { type: 'GIVEN_BACK', isAll: left === 0, owes: open > 0 });
    await afterStep('before:giveBack');
  }

  /** An event is off: what is being bought ends, and its tickets are paid back whole. */
  async function eventCancelled(tx: Transaction, purchaseId: string, eventId: string): Promise<void> {
    const locked = await basket.lockPurchase(tx, purchaseId);
    if (!locked) return;
    if (locked.purchase.status === 'PENDING') return void (await end(tx, locked, 'EVENT_CANCELLED'));
    const tickets = await tx.ticket.findMany({
      where: { purchaseId, eventId, status: 'VALID' },
      orderBy: { id: 'asc' },
    });
    await endTickets(tx, locked, tickets.map(paidBack), 'EVENT_CANCELLED');
  }

  return { paid, complete, end, advance, endTickets, eventCancelled, afterStep };
}

const paidBack = (ticket: Ticket): EndingTicket => ({ ticket, amountMinor: wholePriceOf(ticket) });

/** The tickets of a line, each with its share of the price; of packets, one after the other. */
function draftsOf(
  { id: purchaseId, buyerId }: Purchase,
  line: LockedPurchase['lines'][number],
  { parts, quantity }: Wanted,
): NewTicket[] {
  const total = parts.reduce((sum, { places }) => sum + places, 0);
  const shares = splitOverTickets(line, total);
  const tickets = parts.flatMap(({ eventId, places, seatIds }) =>
    Array.from({ length: places }, (_, index) => ({
      eventId,
      seatId: seatIds[index] ?? null,
      unit: Math.floor((index * quantity) / places),
    })),
  );
  tickets.sort((one, other) => one.unit - other.unit);
  const { ticketTypeId, packetId, id: lineId } = line;
  return tickets.map((ticket, index) => ({
    ...ticket,
    ...shares[index]!,
    ...{ purchaseId, lineId, ticketTypeId, packetId, holderId: buyerId },
  }));
}
