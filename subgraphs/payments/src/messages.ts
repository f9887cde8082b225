import { defineMessages } from '@diaspora/kit';
import { z } from 'zod';

/** Minor units as decimal digits: JSON numbers would lose large amounts. */
const amountMinor = z.string().regex(/^\d+$/);

const settledPayment = {
  paymentId: z.string(),
  subscriptionId: z.string(),
  userId: z.string(),
  amountMinor,
  currency: z.string().length(3),
};

/** What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. */
export const messages = defineMessages('payments', {
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
  /** The person is back on the free plan. */
  'subscription.ended': {
    version: 1,
    schema: z.object({ subscriptionId: z.string(), userId: z.string(), endedAt: z.iso.datetime() }),
  },
  /** Money came in. */
  'payment.captured': {
    version: 1,
    schema: z.object({ ...settledPayment, capturedAt: z.iso.datetime() }),
  },
  /** A charge was declined. The provider may still capture it later; payment.captured then follows. */
  'payment.failed': {
    version: 1,
    schema: z.object({ ...settledPayment, reason: z.string(), failedAt: z.iso.datetime() }),
  },
});

export type PaymentsMessages = typeof messages;
