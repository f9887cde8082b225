import { AppError, type Clock } from '@diaspora/kit';
import type { Order, OrderRefund } from '../__generated__/prisma/client.js';
import type { Charges } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { refundIds } from '../ids.js';
import type { Bookkeeping } from '../ledger/index.js';
import { lockOrder, lockOrderKey } from './locking.js';
import { isUndecided } from './rules.js';
import type { OrderTelling } from './telling.js';

export type OrderRefunds = ReturnType<typeof createOrderRefunds>;

export interface OrderRefundWish {
  readonly id: string;
  readonly orderId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
}

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly charges: Charges;
  readonly bookkeeping: Bookkeeping;
  readonly telling: OrderTelling;
}

/** Money of orders that goes back, as events wishes it. */
export function createOrderRefunds({ db, clock, charges, bookkeeping, telling }: Dependencies) {
  /** The same wish again is told what became of it, and tried again when it failed. */
  async function request(tx: Transaction, wish: OrderRefundWish): Promise<void> {
    const order = await lockOrderKey(tx, wish.orderId);
    await tx.orderRefund.createMany({ data: [{ ...wish, requestedAt: clock.now() }], skipDuplicates: true });
    const refund = await tx.orderRefund.findUniqueOrThrow({ where: { id: wish.id } });
    if (refund.orderId !== wish.orderId || refund.amountMinor !== wish.amountMinor)
      throw new Error(`The refund ${wish.id} was asked for before, with other words.`);
    if (refund.status === 'SUCCEEDED') await telling.refunded(tx, refund);
    else if (refund.status === 'FAILED' || refund.chargeId === null) await carryOut(tx, order, refund);
  }

  /** What waits for the order or its money stays as it is. */
  async function carryOut(tx: Transaction, order: Order | null, refund: OrderRefund): Promise<void> {
    if (!order || isUndecided(order.status)) return;
    const { id, amountMinor, currency, reason } = refund;
    if (!order.paidByPaymentId) return fail(tx, refund, 'order_not_paid');
    if (currency !== order.currency) return fail(tx, refund, 'other_currency');
    // The provider takes a refund that failed under another key only.
    const chargeId = refund.chargeId === null ? id : refundIds.create();
    const charge = await charges
      .refund(tx, { refundId: chargeId, paymentId: order.paidByPaymentId, amountMinor, reason })
      .catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'CONFLICT') return null;
        throw error;
      });
    if (!charge) return fail(tx, refund, 'exceeds_payment');
    const data = { status: 'REQUESTED', chargeId, failure: null, settledAt: null } as const;
    await tx.orderRefund.update({ where: { id }, data });
    await bookkeeping.refundOwed(tx, charge);
  }

  /** The job that follows when the money came in: what was wished before. */
  async function carryOutWaiting({ orderId }: { orderId: string }): Promise<void> {
    await db.$transaction(async (tx) => {
      const order = await lockOrder(tx, orderId);
      const waiting = await waitingOf(tx, orderId);
      for (const refund of waiting) await carryOut(tx, order, refund);
    });
  }

  /** For an order that will never be paid. */
  async function giveUpWaiting(tx: Transaction, orderId: string): Promise<void> {
    for (const refund of await waitingOf(tx, orderId)) await fail(tx, refund, 'order_not_paid');
  }

  const waitingOf = (tx: Transaction, orderId: string) =>
    tx.orderRefund.findMany({
      where: { orderId, status: 'REQUESTED', chargeId: null },
      orderBy: { id: 'asc' },
    });

  async function fail(tx: Transaction, { id }: OrderRefund, failure: string): Promise<void> {
    const data = { status: 'FAILED', failure, settledAt: clock.now() } as const;
    await telling.refundFailed(tx, await tx.orderRefund.update({ where: { id }, data }));
  }

  return { request, carryOutWaiting, giveUpWaiting };
}
