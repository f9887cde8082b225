import type { PaymentsMessages } from '@diaspora/payments/messages';
import { z } from 'zod';
import { offersOf } from './offers.js';

const offer = offersOf<PaymentsMessages>('payments');

const id = z.string();
const at = z.iso.datetime();
const amount = { amountMinor: z.string(), currency: z.string() };
const subscription = z.object({ subscriptionId: id, userId: id, planCode: z.string() });
const order = z.object({ orderId: id, purchaseId: id });
const payment = z.object({
  paymentId: id,
  subscriptionId: id.nullable(),
  orderId: id.nullable(),
  userId: id,
  ...amount,
});
const dispute = { ...amount, status: z.enum(['OPEN', 'WON', 'LOST']), disputedAt: at };

export const offersOfPayments = [
  offer('subscription.activated', 1, {
    description: 'A plan is paid and grants what it grants; told again at each renewal.',
    schema: subscription.extend({ currentPeriodEndsAt: at }),
    leftOut: ['entitlements'],
  }),
  offer('subscription.changed', 1, {
    description: 'A pause, a cancellation or a change of the plan was asked for, or taken back.',
    schema: subscription.extend({
      status: z.enum(['PENDING', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELLED', 'FAILED']),
      currentPeriodEndsAt: at.nullable(),
      cancelsAtPeriodEnd: z.boolean(),
      nextPlanCode: z.string().nullable(),
    }),
    leftOut: ['entitlements'],
  }),
  offer('subscription.pastDue', 1, {
    description: 'A renewal was declined and will be tried again.',
    schema: subscription.extend({ attempt: z.int(), nextAttemptAt: at, graceEndsAt: at }),
    leftOut: ['reason'],
  }),
  offer('subscription.ended', 1, {
    description: 'A person is back on the free plan.',
    schema: z.object({
      subscriptionId: id,
      userId: id,
      endedAt: at,
      reason: z.enum(['CANCELLED', 'UNPAID']).optional(),
    }),
  }),
  offer('payment.captured', 2, {
    description: 'Money came in, for an order or for a subscription.',
    schema: payment.extend({ capturedAt: at }),
  }),
  offer('payment.failed', 2, {
    description: 'A charge was declined, or nobody answered it. It may be captured later all the same.',
    schema: payment.extend({ failedAt: at }),
    leftOut: ['reason'],
  }),
  offer('payment.refunded', 1, {
    description: 'Money went back, all of it or a part: the amount is that of this refund.',
    schema: payment.extend({ refundId: id, refundedAt: at }),
  }),
  offer('payment.disputed', 1, {
    description: 'The bank of who paid took money back (OPEN), returned it (WON) or keeps it (LOST).',
    schema: payment.extend({ disputeId: id, status: dispute.status, disputedAt: at }),
  }),
  offer('invoice.finalised', 1, {
    description: 'An invoice, a credit note or a debit note got its number; nothing of it changes any more.',
    schema: z.object({
      invoiceId: id,
      userId: id,
      kind: z.enum(['INVOICE', 'CREDIT_NOTE', 'DEBIT_NOTE']),
      number: z.string(),
      ...amount,
      creditedInvoiceId: id.nullable(),
      finalisedAt: at,
    }),
  }),
  offer('order.paid', 1, {
    description: 'The order of a purchase of tickets was paid.',
    schema: order.extend({ ...amount, paidAt: at }),
  }),
  offer('order.cancelled', 1, {
    description: 'An order will not be paid any more.',
    schema: order.extend({ cancelledAt: at }),
  }),
  offer('order.refunded', 1, {
    description: 'Money of an order went back: the amount is that of this refund.',
    schema: order.extend({ refundId: id, ...amount, refundedAt: at }),
  }),
  offer('order.disputed', 1, {
    description: 'The bank of the buyer took money back (OPEN), returned it (WON) or keeps it (LOST).',
    schema: order.extend(dispute),
  }),
];
