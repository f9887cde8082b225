import { addJob, type Audit, type Outbox } from '@diaspora/kit';
import type { Dispute, Order, Payment, Refund } from '../__generated__/prisma/client.js';
import type { Purpose } from '../charges/index.js';
import type { Transaction } from '../database.js';
import { orderIds } from '../ids.js';
import { carryOutOrderRefunds } from '../jobs.js';
import type { Bookkeeping } from '../ledger/index.js';
import type { PaymentsMessages } from '../messages.js';
import type { AfterStep } from '../steps.js';
import { lockOrderRow } from './locking.js';
import { failedAs, isAnyWaiting } from './refunds.js';
import { isUndecided, paidStatus, sharesOf } from './rules.js';
import { createOrderTelling } from './telling.js';

interface Dependencies {
  readonly outbox: Outbox<PaymentsMessages>;
  readonly bookkeeping: Bookkeeping;
  readonly audit: Audit;
  readonly afterStep: AfterStep;
}

/** What money does to orders. The caller holds the lock on the order's row. */
export function createOrderPurpose({ outbox, bookkeeping, audit, afterStep }: Dependencies): Purpose {
  const telling = createOrderTelling({ outbox });
  const orderOf = (tx: Transaction, { orderId }: Payment): Promise<Order> =>
    tx.order.findUniqueOrThrow({ where: { id: orderId! } });

  /** The order and where it stands now, on the record. */
  async function change(tx: Transaction, before: Order, data: Partial<Order>): Promise<Order> {
    const { id, status, buyerId } = before;
    const changed = { ...before, ...data };
    const after = await tx.order.update({
      where: { id },
      data: { ...data, ...(changed.paidAt && { status: paidStatus(changed) }) },
    });
    if (after.status !== status)
      await audit.record(tx, {
        action: 'order.statusChanged',
        subject: { type: 'Order', id: orderIds.encode(id) },
        personId: buyerId,
        before: { status },
        after: { status: after.status },
      });
    return after;
  }

  /** The first money buys. What comes for an order that is cancelled, or paid otherwise, goes back. */
  async function captured(tx: Transaction, payment: Payment, at: Date): Promise<'APPLIED' | 'OWED_BACK'> {
    const order = await orderOf(tx, payment);
    if (!isUndecided(order.status)) return 'OWED_BACK';
    const paid = await change(tx, order, {
      paidAt: at,
      paidByPaymentId: payment.id,
      paymentFailure: null,
    });
    await bookkeeping.sold(tx, payment, sharesOf(order), at);
    await telling.paid(tx, paid, at);
    if (await isAnyWaiting(tx, order.id)) await addJob(tx, carryOutOrderRefunds, { orderId: order.id });
    await afterStep('before:order.captured');
    return 'APPLIED';
  }

  /** The order can be paid again, unless another payment is under way. */
  async function failed(tx: Transaction, payment: Payment, at: Date): Promise<void> {
    const order = await orderOf(tx, payment);
    if (order.status !== 'PAYING') return;
    const underWay = await tx.payment.count({
      where: { orderId: order.id, status: { in: ['CREATED', 'AUTHORISED'] } },
    });
    if (underWay > 0) return;
    await change(tx, order, { status: 'PENDING', paymentFailure: payment.failure });
    await telling.paymentFailed(tx, order.id, payment.failure ?? 'other', at);
  }

  async function refunded(tx: Transaction, payment: Payment, refund: Refund): Promise<void> {
    const order = await orderOf(tx, payment);
    const { id: chargeId, amountMinor, toldStatus, failure } = refund;
    const hasFailed = refund.status === 'FAILED';
    // What was booked as gone is booked back by the books themselves.
    if (hasFailed && toldStatus !== 'SUCCEEDED') await bookkeeping.refundWithdrawn(tx, refund);
    if (payment.id !== order.paidByPaymentId) return;
    const known = await tx.orderRefund.findUnique({ where: { chargeId } });
    if (!known && hasFailed) return;
    // Sent back at the provider, by hand.
    const wish = known ?? (await noted(tx, order, refund));
    // The provider gives those a name that it takes on; one that it never answered about may be taken on yet.
    const isRefused = refund.providerRefundId === null && failure !== 'not_acknowledged';
    const outcome = hasFailed
      ? failedAs(order, { failure: failure ?? 'other', attempts: wish.attempts, isRefused })
      : ({ status: 'SUCCEEDED', failure: null } as const);
    const settled = await tx.orderRefund.update({
      where: { id: wish.id },
      data: { ...outcome, settledAt: refund.settledAt },
    });
    const wasGone = toldStatus === 'SUCCEEDED' ? amountMinor : 0n;
    const isGone = hasFailed ? 0n : amountMinor;
    await change(tx, order, { refundedMinor: order.refundedMinor + isGone - wasGone });
    await (hasFailed ? telling.refundFailed(tx, settled) : telling.refunded(tx, settled));
    await afterStep('before:order.refunded');
  }

  const noted = (tx: Transaction, order: Order, { id, amountMinor, reason, createdAt }: Refund) =>
    tx.orderRefund.create({
      data: {
        id,
        orderId: order.id,
        amountMinor,
        currency: order.currency,
        reason,
        chargeId: id,
        requestedAt: createdAt,
      },
    });

  async function disputed(tx: Transaction, payment: Payment, dispute: Dispute): Promise<void> {
    const order = await orderOf(tx, payment);
    if (payment.id !== order.paidByPaymentId) return;
    const { _sum: taken } = await tx.dispute.aggregate({
      where: { paymentId: payment.id, status: { not: 'WON' } },
      _sum: { amountMinor: true },
    });
    const changed = await change(tx, order, { disputedMinor: taken.amountMinor ?? 0n });
    await telling.disputed(tx, changed, dispute);
  }

  return {
    lock: async (tx, { orderId }) => void (await lockOrderRow(tx, orderId!)),
    wants: async (tx, payment) => isUndecided((await orderOf(tx, payment)).status),
    captured,
    failed,
    refunded,
    disputed,
  };
}
