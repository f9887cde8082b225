import { invoiceIds, orderIds, subscriptionIds, userIds } from '../ids.js';
import type { Notice } from './rules.js';

/** Renewals report the same subscription again and are not told. */
export const subscriptionNotice = (subscription: {
  readonly subscriptionId: string;
  readonly userId: string;
}): Notice => ({
  recipientId: userIds.decode(subscription.userId),
  type: 'SUBSCRIPTION_ACTIVATED',
  occasion: subscription.subscriptionId,
  subjectType: 'SUBSCRIPTION',
  subjectId: subscriptionIds.decode(subscription.subscriptionId),
  actorId: null,
});

/** Each attempt is told: the next one makes the occasion. */
export const pastDueNotice = (attempt: {
  readonly subscriptionId: string;
  readonly userId: string;
  readonly nextAttemptAt: string;
}): Notice => ({
  ...subscriptionNotice(attempt),
  type: 'SUBSCRIPTION_PAST_DUE',
  occasion: `${attempt.subscriptionId}:${attempt.nextAttemptAt}`,
});

export const unpaidNotice = (end: {
  readonly subscriptionId: string;
  readonly userId: string;
  readonly endedAt: string;
}): Notice => ({
  ...subscriptionNotice(end),
  type: 'SUBSCRIPTION_UNPAID',
  occasion: `${end.subscriptionId}:${end.endedAt}`,
});

interface MovedMoney {
  readonly userId: string;
  readonly orderId: string | null;
  readonly subscriptionId: string | null;
}

/** A payment is for an order or for a subscription. */
const paidFor = ({ orderId, subscriptionId }: MovedMoney) =>
  orderId === null
    ? { subjectType: 'SUBSCRIPTION' as const, subjectId: subscriptionIds.decode(subscriptionId ?? '') }
    : { subjectType: 'ORDER' as const, subjectId: orderIds.decode(orderId) };

/** Renewals that are declined are told as such: `subscription.pastDue`. */
export const paymentFailedNotices = (
  payment: MovedMoney & { readonly paymentId: string; readonly failedAt: string },
): Notice[] =>
  payment.orderId === null
    ? []
    : [
        {
          recipientId: userIds.decode(payment.userId),
          type: 'PAYMENT_FAILED',
          occasion: `${payment.paymentId}:${payment.failedAt}`,
          ...paidFor(payment),
          actorId: null,
        },
      ];

export const refundNotice = (refund: MovedMoney & { readonly refundId: string }): Notice => ({
  recipientId: userIds.decode(refund.userId),
  type: 'PAYMENT_REFUNDED',
  occasion: refund.refundId,
  ...paidFor(refund),
  actorId: null,
});

export const invoiceNotice = ({
  invoiceId,
  userId,
}: {
  readonly invoiceId: string;
  readonly userId: string;
}): Notice => ({
  recipientId: userIds.decode(userId),
  type: 'INVOICE_ISSUED',
  occasion: invoiceId,
  subjectType: 'INVOICE',
  subjectId: invoiceIds.decode(invoiceId),
  actorId: null,
});
