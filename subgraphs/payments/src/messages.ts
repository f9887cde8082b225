import { defineMessages } from '@diaspora/kit';
import { z } from 'zod';

/** What this subgraph tells the others. Ids are public ids; times are ISO 8601 instants. */
export const messages = defineMessages('payments', {
  /** A subscription grants its entitlements from now on; they replace what the person had. */
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
});

export type PaymentsMessages = typeof messages;
