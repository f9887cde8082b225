import { AppError, type Clock } from '@diaspora/kit';
import type { Order, OrderRefund } from '../__generated__/prisma/client.js';
import type { Charges } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { refundIds } from '../ids.js';
import type { Bookkeeping } from '../ledger/index.js';
import { lockOrder, lockOrderKey } from './locking.js';
import { isFailedFinally, isUndecided } from './rules.js';
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
  /** The same wish again is told what became of it, and tried again when it failed, but not for good. */
  async function request(tx: Transaction, wish: OrderRefundWish): Promise<void> {
    const order = await lockOrderKey(tx, wish.orderId);
    await tx.orderRefund.createMany({ data: [{ ...wish, requestedAt: clock.now() }], skipDuplicates: true });
    const refund = await tx.orderRefund.findUniqueOrThrow({ where: { id: wish.id } });
    if (refund.orderId !== wish.orderId || refund.amountMinor !== wish.amountMinor)
      throw new Error(`The refund ${wish.id} was asked for before, with other words.`);
    if (refund.status === 'SUCCEEDED') await telling.refunded(tx, refund);
    else if (refund.status === 'FAILED_FINALLY') await telling.refundFailed(tx, refund);
    else if (refund.status === 'FAILED' || refund.chargeId === null) await carryOut(tx, order, refund);
  }

  /** What waits for the order or its money stays as it is. */
  async function carryOut(tx: Transaction, order: Order | null, refund: OrderRefund): Promise<void> {
    if (!order || isUndecided(order.status)) return;
    const { id, amountMinor, currency, reason } = refund;
    const attempted = { ...refund, attempts: refund.attempts + 1 };
    if (!order.paidByPaymentId) return fail(tx, order, attempted, 'order_not_paid');
    if (currency !== order.currency) return fail(tx, order, attempted, 'other_currency');
    // The provider takes a refund that failed under another key only.
    const chargeId = refund.chargeId === null ? id : refundIds.create();
    const charge = await charges
      .refund(tx, { refundId: chargeId, paymentId: order.paidByPaymentId, amountMinor, reason })
      .catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'CONFLICT') return null;
        throw error;
      });
    if (!charge) return fail(tx, order, attempted, 'exceeds_payment');
    const { attempts } = attempted;
    const data = { status: 'REQUESTED', chargeId, attempts, failure: null, settledAt: null } as const;
    await tx.orderRefund.update({ where: { id }, data });
    await bookkeeping.refundOwed(tx, charge);
  }

  /** The job that follows when the money came in: what was wished before. */
  async function carryOutWaiting({ orderId }: { orderId: string }): Promise<void> {
    await db.$transaction(async (tx) => {
      const order = await lockOrder(tx, orderId);
      for (const refund of await waitingOf(tx, orderId)) await carryOut(tx, order, refund);
    });
  }

  /** For an order that will never be paid. */
  async function giveUpWaiting(tx: Transaction, order: Order): Promise<void> {
    for (const refund of await waitingOf(tx, order.id)) await fail(tx, order, refund, 'order_not_paid');
  }

  const waitingOf = (tx: Transaction, orderId: string) =>
    tx.orderRefund.findMany({ where: waiting(orderId), orderBy: { id: 'asc' } });

  async function fail(tx: Transaction, order: Order, refund: OrderRefund, failure: string): Promise<void> {
    const { id, attempts } = refund;
    const failed = failedAs(order, { failure, attempts, isRefused: false });
    const data = { ...failed, attempts, settledAt: clock.now() };
    await telling.refundFailed(tx, await tx.orderRefund.update({ where: { id }, data }));
  }

  return { request, carryOut, carryOutWaiting, giveUpWaiting };
}

const waiting = (orderId: string) => ({ orderId, status: 'REQUESTED', chargeId: null }) as const;

/** Whether something was wished back before the order was paid. The caller holds its lock. */
export const isAnyWaiting = async (tx: Transaction, orderId: string): Promise<boolean> =>
  (await tx.orderRefund.count({ where: waiting(orderId) })) > 0;

/** How a refund that failed is written down: given up for now, or until somebody sees to it. */
export function failedAs(
  { sellerId }: Order,
  refund: { readonly failure: string; readonly attempts: number; readonly isRefused: boolean },
) {
  const { failure } = refund;
  return isFailedFinally(refund)
    ? ({ status: 'FAILED_FINALLY', failure, sellerId } as const)
    : ({ status: 'FAILED', failure } as const);
}
