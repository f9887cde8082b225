import { defineJob } from '@diaspora/kit';
import { z } from 'zod';

/** Work that outlives a request. Payloads hold keys only. */

/** Asks the provider for the money of one payment. */
export const requestPayment = defineJob('requestPayment', z.object({ paymentId: z.uuid() }));
/** Fetches the money of a payment that the payer agreed to. */
export const capturePayment = defineJob('capturePayment', z.object({ paymentId: z.uuid() }));
/** Gives up a payment whose payer does not answer, or that is not wanted any more. */
export const cancelPayment = defineJob('cancelPayment', z.object({ paymentId: z.uuid() }));
/** Asks the provider what it kept of a payment. */
export const readPaymentFee = defineJob('readPaymentFee', z.object({ paymentId: z.uuid() }));
/** Asks the provider to send money back. */
export const requestRefund = defineJob('requestRefund', z.object({ refundId: z.uuid() }));
/** Sends back what was wished back of an order before it was paid. */
export const carryOutOrderRefunds = defineJob('carryOutOrderRefunds', z.object({ orderId: z.uuid() }));
/** Asks the provider what became of a payment method that waited for its owner. */
export const refreshPaymentMethod = defineJob('refreshPaymentMethod', z.object({ methodId: z.uuid() }));
/** Has the provider forget a payment method that was removed. */
export const forgetPaymentMethod = defineJob('forgetPaymentMethod', z.object({ methodId: z.uuid() }));
/** Has the provider forget a person who is gone. */
export const forgetCustomer = defineJob(
  'forgetCustomer',
  z.object({ provider: z.string(), userId: z.uuid() }),
);
/** Applies one stored event of a provider. */
export const processProviderEvent = defineJob(
  'processProviderEvent',
  z.object({ provider: z.string(), account: z.string().default(''), eventId: z.string() }),
);
/** Ends, renews and retries what is due. */
export const advanceSubscriptions = defineJob('advanceSubscriptions', z.object({}));
/** Writes down which credits ended; they count for nothing before. */
export const writeOverdueCredits = defineJob('writeOverdueCredits', z.object({}));
/**
 * Asks providers for events that no webhook brought, and again for payments and refunds they never acknowledged; gives up
 * what no payer answers, and sends back once more what is owed.
 */
export const sweepProviders = defineJob('sweepProviders', z.object({}));
/** Takes the words off events that were worked on long ago, and payment methods that failed. */
export const tidyUp = defineJob('tidyUp', z.object({}));
/** The sandbox decides a payment. */
export const settleSandboxPayment = defineJob('settleSandboxPayment', z.object({ paymentId: z.string() }));
/** The payer's bank, as the sandbox plays it, takes a payment back, and decides later whether for good. */
export const disputeSandboxPayment = defineJob(
  'disputeSandboxPayment',
  z.object({ paymentId: z.string(), status: z.enum(['OPEN', 'CLOSED']) }),
);
/** The payer's bank, as the sandbox plays it, sends a refund back. */
export const returnSandboxRefund = defineJob('returnSandboxRefund', z.object({ refundId: z.string() }));
/** The sandbox calls the webhook. */
export const deliverSandboxEvent = defineJob('deliverSandboxEvent', z.object({ eventId: z.string() }));

/** Writes the document of a final invoice into the private store and mails it. */
export const deliverInvoice = defineJob('deliverInvoice', z.object({ invoiceId: z.uuid() }));
/** Takes people off invoices that have been kept for as long as the law asks. */
export const eraseOldRecipients = defineJob('eraseOldRecipients', z.object({}));
/** Counts the books again. */
export const verifyLedger = defineJob('verifyLedger', z.object({}));

/** Minute, hour, day, month, weekday, job; UTC. */
export const crontab = [
  '* * * * * advanceSubscriptions',
  '*/5 * * * * sweepProviders',
  '*/10 * * * * writeOverdueCredits',
  '23 2 * * * eraseOldRecipients',
  '40 3 * * * verifyLedger',
  '10 4 * * * tidyUp',
].join('\n');
