import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import type { Payment } from '../__generated__/prisma/client.js';
import { paymentIds } from '../ids.js';
import { webhookSecret } from './given.js';

const stripe = new Stripe('sk_test_never_used');

interface EventOptions {
  readonly id?: string;
  readonly at?: Date;
  readonly amount?: string;
  readonly currency?: string;
  readonly reference?: string;
  readonly providerPaymentId?: string;
  /** What of a refund or dispute differs from that of the whole payment. */
  readonly object?: object;
}

/** The body of an event as the sandbox would send it about a payment of ours. */
export function eventBody(type: string, payment: Payment, options: EventOptions = {}): string {
  const at = options.at ?? payment.createdAt;
  const isFailure = type === 'payment.failed';
  return JSON.stringify({
    id: options.id ?? `sbx_evt_${randomUUID()}`,
    object: 'event',
    type,
    created: Math.floor(at.getTime() / 1_000),
    data: {
      object: {
        id: options.providerPaymentId ?? payment.providerPaymentId ?? `sbx_pay_of_${payment.id}`,
        object: 'payment',
        amount: options.amount ?? payment.amountMinor.toString(),
        currency: options.currency ?? payment.currency,
        failure_code: isFailure ? 'card_declined' : null,
        metadata: { reference: options.reference ?? paymentIds.encode(payment.id) },
        ...options.object,
      },
    },
  });
}

/** A refund that was made at the provider by hand, unless `reference` is that of one of ours. */
export const refundBody = (
  type: 'payment.refunded' | 'refund.failed',
  payment: Payment,
  refund: { id: string; amount: string; reference?: string; at?: Date },
): string =>
  eventBody(type, payment, {
    ...refund,
    id: `sbx_evt_${randomUUID()}`,
    object: {
      id: refund.id,
      object: 'refund',
      payment: payment.providerPaymentId ?? `sbx_pay_of_${payment.id}`,
      failure_code: type === 'refund.failed' ? 'returned_by_bank' : null,
      metadata: { reference: paymentIds.encode(payment.id), refundReference: refund.reference ?? '' },
    },
    reference: paymentIds.encode(payment.id),
  });

export const disputeBody = (
  status: 'OPEN' | 'WON' | 'LOST',
  payment: Payment,
  dispute: { id: string; amount: string; openedAt: Date; at?: Date },
): string =>
  eventBody(status === 'OPEN' ? 'payment.disputed' : 'dispute.closed', payment, {
    amount: dispute.amount,
    at: dispute.at ?? dispute.openedAt,
    object: {
      id: dispute.id,
      object: 'dispute',
      payment: payment.providerPaymentId ?? `sbx_pay_of_${payment.id}`,
      reason: 'fraudulent',
      status,
      created: Math.floor(dispute.openedAt.getTime() / 1_000),
    },
  });

/** Signed by Stripe's own library, so that these tests do not trust our signing. */
export const signedByStripe = (payload: string, at: Date, secret = webhookSecret): string =>
  stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(at.getTime() / 1_000) });

/** Posts a body to the webhook; answers the status. */
export async function post(url: string, body: string | ReadableStream, signature?: string): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(signature && { 'sandbox-signature': signature }) },
    body,
    duplex: 'half',
  });
  await response.text();
  return response.status;
}
