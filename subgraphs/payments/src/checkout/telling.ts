import type { Outbox } from '@diaspora/kit';
import type { Dispute, Order, OrderRefund } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { orderIds, purchaseIds, refundIds } from '../ids.js';
import type { PaymentsMessages } from '../messages.js';

export type OrderTelling = ReturnType<typeof createOrderTelling>;

/** What events hears of orders, in the transaction of the change and under the lock on the order's row. */
export function createOrderTelling({ outbox }: { outbox: Outbox<PaymentsMessages> }) {
  const about = (orderId: string) => ({
    orderId: orderIds.encode(orderId),
    purchaseId: purchaseIds.encode(orderId),
  });
  const aboutRefund = (refund: OrderRefund) => ({
    refundId: refundIds.encode(refund.id),
    ...about(refund.orderId),
  });

  const opened = async (tx: Transaction, { id, createdAt }: Order) => {
    const data = { ...about(id), openedAt: createdAt.toISOString() };
    await outbox.publish(tx, { type: 'order.opened', key: data.purchaseId, data });
  };

  const paid = async (tx: Transaction, order: Order, paidAt: Date) => {
    const { totalMinor, currency } = order;
    const money = { amountMinor: totalMinor.toString(), currency };
    const data = { ...about(order.id), ...money, paidAt: paidAt.toISOString() };
    await outbox.publish(tx, { type: 'order.paid', key: data.purchaseId, data });
  };

  const paymentFailed = async (tx: Transaction, orderId: string, reason: string, failedAt: Date) => {
    const data = { ...about(orderId), reason, failedAt: failedAt.toISOString() };
    await outbox.publish(tx, { type: 'order.paymentFailed', key: data.purchaseId, data });
  };

  const cancelled = async (tx: Transaction, orderId: string, cancelledAt: Date) => {
    const data = { ...about(orderId), cancelledAt: cancelledAt.toISOString() };
    await outbox.publish(tx, { type: 'order.cancelled', key: data.purchaseId, data });
  };

  const refunded = async (tx: Transaction, refund: OrderRefund) => {
    const { amountMinor, currency, settledAt } = refund;
    const money = { amountMinor: amountMinor.toString(), currency };
    const data = { ...aboutRefund(refund), ...money, refundedAt: settledAt!.toISOString() };
    await outbox.publish(tx, { type: 'order.refunded', key: data.purchaseId, data });
  };

  const refundFailed = async (tx: Transaction, refund: OrderRefund) => {
    const { failure, settledAt, status } = refund;
    const data = {
      ...aboutRefund(refund),
      reason: failure ?? 'other',
      isFinal: status === 'FAILED_FINALLY',
      failedAt: settledAt!.toISOString(),
    };
    await outbox.publish(tx, { type: 'order.refundFailed', key: data.purchaseId, data });
  };

  const disputed = async (tx: Transaction, order: Order, dispute: Dispute) => {
    const { amountMinor, status, openedAt, closedAt } = dispute;
    const money = { amountMinor: amountMinor.toString(), currency: order.currency };
    const disputedAt = (closedAt ?? openedAt).toISOString();
    const data = { ...about(order.id), ...money, status, disputedAt };
    await outbox.publish(tx, { type: 'order.disputed', key: data.purchaseId, data });
  };

  return { opened, paid, paymentFailed, cancelled, refunded, refundFailed, disputed };
}
