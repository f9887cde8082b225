import type { OutgoingMessage } from '@diaspora/kit';
import type { Purchase, PurchaseLine, PurchaseRefund } from '../__generated__/prisma/client.js';
import { orderIds, purchaseIds, refundIds, userIds } from '../ids.js';
import type { EventsMessages } from '../messages.js';
import { payBefore } from './rules.js';

type Order<Type extends 'order.requested' | 'order.cancellationRequested' | 'order.refundRequested'> =
  OutgoingMessage<EventsMessages, Type>;

const idsOf = (purchaseId: string) => ({
  orderId: orderIds.encode(purchaseId),
  purchaseId: purchaseIds.encode(purchaseId),
});

/** What payments is asked to take for a purchase. */
export function orderRequested(
  purchase: Purchase & { readonly lines: readonly PurchaseLine[] },
  paymentMethodId: string | null,
): Order<'order.requested'> {
  const ids = idsOf(purchase.id);
  return {
    type: 'order.requested',
    key: ids.purchaseId,
    data: {
      ...ids,
      buyerId: userIds.encode(purchase.buyerId),
      sellerId: userIds.encode(purchase.organizerId),
      currency: purchase.currency,
      totalMinor: `${purchase.totalMinor}`,
      lines: purchase.lines.flatMap(orderLines),
      paymentMethodId,
      payBefore: payBefore(purchase.createdAt).toISOString(),
    },
  };
}

function orderLines({ description, quantity, unitPriceMinor, unitFeeMinor, discountMinor }: PurchaseLine) {
  const line = (what: string, count: number, unit: bigint) => ({
    description: what,
    quantity: count,
    unitAmountMinor: `${unit}`,
    amountMinor: `${unit * BigInt(count)}`,
  });
  return [
    line(description, quantity, unitPriceMinor),
    ...(discountMinor > 0n ? [line(`Discount: ${description}`, 1, -discountMinor)] : []),
    ...(unitFeeMinor > 0n ? [line(`Service fee: ${description}`, quantity, unitFeeMinor)] : []),
  ];
}

export const cancellationRequested = (
  purchaseId: string,
  reason: NonNullable<Purchase['endReason']>,
): Order<'order.cancellationRequested'> => {
  const ids = idsOf(purchaseId);
  return { type: 'order.cancellationRequested', key: ids.purchaseId, data: { ...ids, reason } };
};

export const refundRequested = (
  { id, purchaseId, amountMinor, reason }: PurchaseRefund,
  currency: string,
): Order<'order.refundRequested'> => {
  const ids = idsOf(purchaseId);
  const data = { ...ids, refundId: refundIds.encode(id), amountMinor: `${amountMinor}`, currency };
  // What payments gave back by itself is never asked for.
  return {
    type: 'order.refundRequested',
    key: ids.purchaseId,
    data: { ...data, reason: reason === 'OTHER' ? 'ORGANIZER' : reason },
  };
};
