import { messagesFrom, type MessageHandler } from '@diaspora/kit';
import type { PaymentsMessages } from '@diaspora/payments/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import {
  invoiceNotice,
  pastDueNotice,
  paymentFailedNotices,
  refundNotice,
  subscriptionNotice,
  unpaidNotice,
} from './payment-rules.js';
import type { Telling } from './telling.js';

const payments = messagesFrom<PaymentsMessages, Transaction>('payments');

const id = z.string();
const subscription = z.object({ subscriptionId: id, userId: id });
const declinedRenewal = subscription.extend({ nextAttemptAt: z.string() });
const endedSubscription = subscription.extend({ endedAt: z.string(), reason: z.string().optional() });
const movedMoney = z.object({ userId: id, orderId: id.nullable(), subscriptionId: id.nullable() });
const failure = movedMoney.extend({ paymentId: id, failedAt: z.string() });
const refund = movedMoney.extend({ refundId: id });
const invoice = z.object({ invoiceId: id, userId: id });

/** What became of people's plans and money. */
export const createPaymentHandlers = ({ tell, tellAll }: Telling): MessageHandler<Transaction>[] => [
  payments.on('subscription.activated', subscription, ({ data }, tx) => tell(tx, subscriptionNotice(data))),
  payments.on('subscription.pastDue', declinedRenewal, ({ data }, tx) => tell(tx, pastDueNotice(data))),
  // Whoever ended it themselves knows.
  payments.on('subscription.ended', endedSubscription, async ({ data }, tx) => {
    if (data.reason === 'UNPAID') await tell(tx, unpaidNotice(data));
  }),
  payments.on('payment.failed', failure, ({ data }, tx) => tellAll(tx, paymentFailedNotices(data)), {
    version: 2,
  }),
  payments.on('payment.refunded', refund, ({ data }, tx) => tell(tx, refundNotice(data))),
  payments.on('invoice.finalised', invoice, ({ data }, tx) => tell(tx, invoiceNotice(data))),
];
