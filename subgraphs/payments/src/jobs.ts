import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Work that outlives a request. Payloads hold keys only. */

/** Asks the provider for the money of one payment. */
export const requestPayment = defineJob('requestPayment', z.object({ paymentId: z.uuid() }));
/** Applies one stored event of a provider. */
export const processProviderEvent = defineJob(
  'processProviderEvent',
  z.object({ provider: z.string(), eventId: z.string() }),
);
/** Ends, renews and retries what is due. */
export const advanceSubscriptions = defineJob('advanceSubscriptions', z.object({}));
/** Asks providers for events that no webhook brought, and again for payments they never acknowledged. */
export const sweepProviders = defineJob('sweepProviders', z.object({}));
/** The sandbox decides a payment. */
export const settleSandboxPayment = defineJob('settleSandboxPayment', z.object({ paymentId: z.string() }));
/** The sandbox calls the webhook. */
export const deliverSandboxEvent = defineJob('deliverSandboxEvent', z.object({ eventId: z.string() }));

/** Minute, hour, day, month, weekday, job; UTC. */
export const crontab = ['* * * * * advanceSubscriptions', '*/5 * * * * sweepProviders'].join('\n');
