import { defineMessages, mailRequests } from '@diaspora/kit';
import { z } from 'zod';

/** Minor units as decimal digits: JSON numbers would lose large amounts. */
const amountMinor = z.string().regex(/^\d+$/);

/** An order has the key of its purchase, and is told of under the purchase's id. */
const order = { orderId: z.string(), purchaseId: z.string() };
const currency = z.string().length(3);

/** A payment is for a subscription or for an order. */
const movedMoney = {
  paymentId: z.string(),
  subscriptionId: z.string().nullable(),
  orderId: z.string().nullable(),
  userId: z.string(),
  amountMinor,
  currency,
};

const credits = { userId: z.string(), amount: z.int(), available: z.int() };
const reservedCredits = { ...credits, reservationId: z.string() };

/** What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. */
export const messages = defineMessages('payments', {
  ...mailRequests,
  /** A subscription grants its entitlements from now on; they replace what the person had. Sent again at each renewal. */
  'subscription.activated': {
    version: 1,
    schema: z.object({
      subscriptionId: z.string(),
      userId: z.string(),
      planCode: z.string(),
      entitlements: z.array(z.string()),
      currentPeriodEndsAt: z.iso.datetime(),
    }),
  },
  /**
   * Something else changed: a pause began or ended, a cancellation was asked for or taken back, another plan follows.
   * The entitlements are those from now on; they replace what the person had.
   */
  'subscription.changed': {
    version: 1,
    schema: z.object({
      subscriptionId: z.string(),
      userId: z.string(),
      planCode: z.string(),
      status: z.enum(['PENDING', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELLED', 'FAILED']),
      entitlements: z.array(z.string()),
      currentPeriodEndsAt: z.iso.datetime().nullable(),
      cancelsAtPeriodEnd: z.boolean(),
      nextPlanCode: z.string().nullable(),
    }),
  },
  /** A renewal was declined: told at each attempt. What the plan grants holds until the grace ends. */
  'subscription.pastDue': {
    version: 1,
    schema: z.object({
      subscriptionId: z.string(),
      userId: z.string(),
      planCode: z.string(),
      attempt: z.int(),
      reason: z.string(),
      nextAttemptAt: z.iso.datetime(),
      graceEndsAt: z.iso.datetime(),
    }),
  },
  /** The person is back on the free plan. */
  'subscription.ended': {
    version: 1,
    schema: z.object({
      subscriptionId: z.string(),
      userId: z.string(),
      endedAt: z.iso.datetime(),
      reason: z.enum(['CANCELLED', 'UNPAID']).optional(),
    }),
  },
  /** Money came in. */
  'payment.captured': {
    version: 2,
    schema: z.object({ ...movedMoney, capturedAt: z.iso.datetime() }),
  },
  /** A charge was declined, or given up because nobody answered. The provider may still capture it later; payment.captured then follows. */
  'payment.failed': {
    version: 2,
    schema: z.object({ ...movedMoney, reason: z.string(), failedAt: z.iso.datetime() }),
  },
  /** Money went back, all of it or a part: the amount is that of this refund. */
  'payment.refunded': {
    version: 1,
    schema: z.object({ ...movedMoney, refundId: z.string(), refundedAt: z.iso.datetime() }),
  },
  /** The payer's bank took money back (OPEN), returned it (WON) or keeps it (LOST). */
  'payment.disputed': {
    version: 1,
    schema: z.object({
      ...movedMoney,
      disputeId: z.string(),
      status: z.enum(['OPEN', 'WON', 'LOST']),
      disputedAt: z.iso.datetime(),
    }),
  },
  /** A person was given credits. `available` is what they have now, in this message as in those that follow. */
  'credits.granted': {
    version: 1,
    schema: z.object({
      ...credits,
      kind: z.enum(['PLAN', 'BONUS', 'PURCHASE']),
      expiresAt: z.iso.datetime().nullable(),
    }),
  },
  /** Credits are held for a piece of work. */
  'credits.reserved': { version: 1, schema: z.object({ ...reservedCredits, operation: z.string() }) },
  /** The work is done; `amount` is what it cost, the rest of what was held came back. */
  'credits.settled': { version: 1, schema: z.object(reservedCredits) },
  /** The work was not done, or not in time: all that was held came back. */
  'credits.released': { version: 1, schema: z.object(reservedCredits) },
  /** Credits ended. */
  'credits.expired': { version: 1, schema: z.object(credits) },
  /** An invoice, or a note about one, got its number; nothing of it changes any more. */
  'invoice.finalised': {
    version: 1,
    schema: z.object({
      invoiceId: z.string(),
      userId: z.string(),
      kind: z.enum(['INVOICE', 'CREDIT_NOTE', 'DEBIT_NOTE']),
      number: z.string(),
      /** Tax included. */
      amountMinor,
      currency: z.string().length(3),
      /** The invoice that a note is about, in whole or in part. */
      creditedInvoiceId: z.string().nullable(),
      finalisedAt: z.iso.datetime(),
    }),
  },
  /** The order of a purchase is there, for its buyer to see and to pay. Key of everything about orders: the purchase. */
  'order.opened': { version: 1, schema: z.object({ ...order, openedAt: z.iso.datetime() }) },
  /** A purchase's order was paid, for the first and only time. */
  'order.paid': {
    version: 1,
    schema: z.object({ ...order, amountMinor, currency, paidAt: z.iso.datetime() }),
  },
  /** It was not; it can be paid again until its time is over. */
  'order.paymentFailed': {
    version: 1,
    schema: z.object({ ...order, reason: z.string(), failedAt: z.iso.datetime() }),
  },
  /** It will not be paid any more. Money that still comes in goes back by itself. */
  'order.cancelled': {
    version: 1,
    schema: z.object({ ...order, cancelledAt: z.iso.datetime() }),
  },
  /** Money went back. Also told of refunds that nobody here wished: those made at the provider, by hand. */
  'order.refunded': {
    version: 1,
    schema: z.object({ ...order, refundId: z.string(), amountMinor, currency, refundedAt: z.iso.datetime() }),
  },
  /**
   * It did not: order_not_paid, exceeds_payment, other_currency, or the provider's word. Also after it was told as refunded,
   * when it came back. One that is final is not tried again, whoever asks by message; order.refunded may follow all the same.
   */
  'order.refundFailed': {
    version: 1,
    schema: z.object({
      ...order,
      refundId: z.string(),
      reason: z.string(),
      isFinal: z.boolean().optional(),
      failedAt: z.iso.datetime(),
    }),
  },
  /** The buyer's bank took money back (OPEN), returned it (WON) or keeps it (LOST). */
  'order.disputed': {
    version: 1,
    schema: z.object({
      ...order,
      amountMinor,
      currency,
      status: z.enum(['OPEN', 'WON', 'LOST']),
      disputedAt: z.iso.datetime(),
    }),
  },
});

export type PaymentsMessages = typeof messages;
