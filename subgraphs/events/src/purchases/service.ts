import { AppError, idempotent, type Page, type Viewer } from '@diaspora/kit';
import type { Event, Purchase, Voucher } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { purchaseIds, purchaseLineIds } from '../ids.js';
import { callOf, type TicketingDependencies } from '../ticketing/index.js';
import type { Queue } from '../participation/index.js';
import { createTurns } from '../turns.js';
import type { Vouchers } from '../vouchers/index.js';
import { createAdmitting } from './admitting.js';
import type { Basket } from './basket.js';
import { aim, eventIdsOf, placesByEvent, readItems, readPurchase, type Item } from './lines.js';
import { orderRequested } from './orders.js';
import { price } from './pricing.js';
import { assertTotal, keptUntil, mostRefreshes } from './rules.js';
import type { Saga } from './saga.js';
import { claimSeats } from './seats.js';

export type Purchases = ReturnType<typeof createPurchases>;

type Dependencies = TicketingDependencies & {
  readonly basket: Basket;
  readonly vouchers: Vouchers;
  readonly saga: Saga;
  readonly queue: Queue;
};

export function createPurchases({ db, clock, outbox, places, basket, vouchers, saga, queue }: Dependencies) {
  const admitting = createAdmitting({ clock, places });
  const inTurn = createTurns();

  /** The first step of the saga: everything is kept, or nothing. What costs nothing is done with it. */
  async function purchase(
    viewer: Viewer,
    { idempotencyKey, ...input }: { idempotencyKey: string },
  ): Promise<Purchase> {
    const parsed = readPurchase(input);
    const call = callOf(viewer, 'purchaseTickets', { idempotencyKey, input });
    let wanted: string[] = [];
    const buy = (tx: Transaction) =>
      idempotent(tx, call, async () => {
        const known = await readItems(tx, viewer, { ...parsed, now: clock.now() });
        wanted = eventIdsOf(known);
        if ((await offersTo(tx, viewer.id, wanted)).length === 0)
          await basket.assertPlausible(tx, viewer, known);
        const events = await basket.lockRows(tx, known);
        // Once more under the locks: a packet may have other events now.
        const items = await readItems(tx, viewer, { ...parsed, now: clock.now() });
        if (eventIdsOf(items).join() !== wanted.join())
          throw new AppError('CONFLICT', 'A packet has changed meanwhile. Look again.', { path: ['lines'] });
        const { organizerId, currency } = oneSale(events, items);
        await admitting.assertAdmitted(tx, viewer, { events, items });
        const id = purchaseIds.create();
        for (const { id: eventId } of events) await queue.claim(tx, { eventId, userId: viewer.id });
        const seated = await basket.assertAvailable(tx, items, { purchaseId: id, events, viewer });
        const sale = { organizerId, buyerId: viewer.id, currency };
        const voucher = parsed.voucherCode ? await vouchers.lockByCode(tx, parsed.voucherCode, sale) : null;
        const created = await write(tx, { id, ...sale, voucher, items: seated });
        if (parsed.expectedTotal) assertTotal(created, parsed.expectedTotal);
        if (created.totalMinor === 0n) await saga.complete(tx, id);
        else {
          await admitting.assertKeepsLittle(tx, created, seated);
          await keep(tx, created, seated, parsed.paymentMethodId ?? null);
        }
        for (const { id: eventId } of events) await queue.settle(tx, { eventId, userId: viewer.id });
        await saga.afterStep('before:hold');
        return { purchaseId: id };
      });
    const stored = inTurn(await aim(db, parsed), () => db.$transaction(buy));
    const { purchaseId } = await stored.catch((error: unknown) => queue.passOnAfter(error, wanted));
    await saga.afterStep('after:hold');
    return db.purchase.findUniqueOrThrow({ where: { id: purchaseId } });
  }

  /** One organizer and one currency: it becomes one order. */
  function oneSale(events: readonly Event[], items: readonly Item[]) {
    const organizers = new Set(events.map(({ organizerId }) => organizerId));
    const currencies = new Set(items.map(({ currency }) => currency));
    if (organizers.size > 1 || currencies.size > 1)
      throw new AppError('INVALID_INPUT', 'One purchase is from one organizer, in one currency.', {
        path: ['lines'],
      });
    return { organizerId: [...organizers][0]!, currency: [...currencies][0]! };
  }

  /** What the waitlists of events offer the buyer. */
  const offersTo = (tx: Transaction, userId: string, events: readonly string[]) =>
    tx.waitlistEntry.findMany({
      where: {
        ...{ userId, eventId: { in: [...events] } },
        ...{ status: 'OFFERED', offerExpiresAt: { gt: clock.now() } },
      },
    });

  interface NewPurchase {
    readonly id: string;
    readonly organizerId: string;
    readonly buyerId: string;
    readonly currency: string;
    readonly voucher: Voucher | null;
    readonly items: readonly Item[];
  }

  /** Prices, fees and terms are kept as they are now. */
  function write(tx: Transaction, { voucher, items, ...sale }: NewPurchase): Promise<Purchase> {
    const now = clock.now();
    const priced = items.map((item) => ({
      eventId: item.ticketTypeId ? item.parts[0]!.eventId : null,
      packetId: item.packetId,
      quantity: item.quantity,
      unitPriceMinor: item.priceMinor,
      unitFeeMinor: item.feeMinor,
    }));
    const { discounts, totalMinor } = price(priced, voucher);
    if (voucher && discounts.every((discount) => discount === 0n))
      throw new AppError('VOUCHER_REFUSED', 'The voucher is not good for any of this.', {
        path: ['voucherCode'],
      });
    const lines = items.map((item, position) => ({
      id: purchaseLineIds.create(),
      position,
      ticketTypeId: item.ticketTypeId,
      packetId: item.packetId,
      description: item.description,
      quantity: item.quantity,
      unitPriceMinor: item.priceMinor,
      unitFeeMinor: item.feeMinor,
      discountMinor: discounts[position]!,
      refundUntilHours: item.refundUntilHours,
      refundPercent: item.refundPercent,
      parts: item.parts.map((part) => ({ ...part, seatIds: [...part.seatIds] })),
    }));
    return tx.purchase.create({
      data: {
        ...sale,
        status: 'PENDING',
        totalMinor,
        voucherId: voucher?.id ?? null,
        createdAt: now,
        expiresAt: keptUntil(now, now),
        lines: { create: lines },
      },
    });
  }

  /** Keeps the places until the payment, and asks for the order. */
  async function keep(
    tx: Transaction,
    { id, expiresAt }: Purchase,
    items: readonly Item[],
    paymentMethodId: string | null,
  ): Promise<void> {
    for (const [eventId, wanted] of placesByEvent(items)) {
      const held = await places.hold(tx, eventId, {
        purpose: 'PURCHASE',
        claimId: id,
        places: wanted,
        expiresAt,
      });
      if (!held) throw new AppError('SOLD_OUT', 'All places are taken.', { path: ['lines'] });
    }
    const seatIds = items.flatMap(({ parts }) => parts.flatMap((part) => part.seatIds));
    await claimSeats(tx, { purchaseId: id, seatIds, until: expiresAt });
    const asked = await tx.purchase.findUniqueOrThrow({
      where: { id },
      include: { lines: { orderBy: { position: 'asc' } } },
    });
    await outbox.publish(tx, orderRequested(asked, paymentMethodId));
  }

  /** Keeps the places for longer. */
  const refresh = (viewer: Viewer, purchaseId: string): Promise<Purchase> =>
    db.$transaction(async (tx) => {
      const { purchase: known, lines } = await lockOwn(tx, viewer, purchaseId);
      const now = clock.now();
      if (known.status !== 'PENDING' || known.expiresAt <= now)
        throw new AppError('CONFLICT', 'The places are kept no more.', { payload: { purchase: known } });
      if (known.refreshCount >= mostRefreshes)
        throw new AppError('LIMIT_REACHED', `Places are kept anew ${mostRefreshes} times.`, {
          payload: { purchase: known },
        });
      const expiresAt = keptUntil(known.createdAt, now);
      await places.extend(tx, known.id, expiresAt);
      const seatIds = lines.flatMap(({ parts }) => parts.flatMap((part) => part.seatIds));
      await claimSeats(tx, { purchaseId: known.id, seatIds, until: expiresAt });
      return tx.purchase.update({
        where: { id: known.id },
        data: { expiresAt, refreshCount: known.refreshCount + 1 },
      });
    });

  const cancel = (viewer: Viewer, purchaseId: string): Promise<Purchase> =>
    db.$transaction(async (tx) => {
      const locked = await lockOwn(tx, viewer, purchaseId);
      if (locked.purchase.status === 'CANCELLED') return locked.purchase;
      if (locked.purchase.status !== 'PENDING')
        throw new AppError('CONFLICT', 'It is paid: give the tickets back instead.', {
          payload: { purchase: locked.purchase },
        });
      return saga.end(tx, locked, 'BUYER');
    });

  async function lockOwn(tx: Transaction, viewer: Viewer, purchaseId: string) {
    const locked = await basket.lockPurchase(tx, purchaseIds.decode(purchaseId));
    if (locked?.purchase.buyerId !== viewer.id)
      throw new AppError('NOT_FOUND', 'There is no such purchase.', { path: ['purchaseId'] });
    return locked;
  }

  const listForBuyer = (buyerId: string, page: Page): Promise<Purchase[]> =>
    db.purchase.findMany({
      where: { AND: [{ buyerId }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { purchase, refresh, cancel, listForBuyer };
}
