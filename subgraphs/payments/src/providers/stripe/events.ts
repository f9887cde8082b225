import { z } from 'zod';
import type { DisputeNews, News, PaymentNews, ProviderEvent, RefundNews } from '../provider.js';
import { fromStripe } from './money.js';

const event = z.object({ created: z.int(), data: z.object({ object: z.unknown() }) });

const metadata = z.record(z.string(), z.string()).nullish();
const failure = z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish();
const intentObject = z.object({
  id: z.string(),
  amount: z.int().min(0),
  currency: z.string(),
  last_payment_error: failure,
  cancellation_reason: z.string().nullish(),
  metadata,
});
const refundObject = z.object({
  id: z.string(),
  amount: z.int().min(0),
  currency: z.string(),
  payment_intent: z.string().nullish(),
  status: z.string().nullish(),
  failure_reason: z.string().nullish(),
  metadata,
});
const disputeObject = z.object({
  id: z.string(),
  amount: z.int().min(0),
  currency: z.string(),
  payment_intent: z.string().nullish(),
  reason: z.string().nullish(),
  status: z.string(),
  created: z.int(),
});
const setupObject = z.object({ metadata });

const paymentStatuses: Readonly<Record<string, PaymentNews['status']>> = {
  'payment_intent.created': 'CREATED',
  'payment_intent.requires_action': 'CREATED',
  'payment_intent.amount_capturable_updated': 'AUTHORISED',
  'payment_intent.payment_failed': 'FAILED',
  'payment_intent.canceled': 'FAILED',
  'payment_intent.succeeded': 'CAPTURED',
};
const refundStatuses: Readonly<Record<string, RefundNews['status']>> = {
  pending: 'REQUESTED',
  requires_action: 'REQUESTED',
  succeeded: 'SUCCEEDED',
  failed: 'FAILED',
  canceled: 'FAILED',
};
/** An inquiry (`warning_*`) withholds no money and is none of these. */
const disputeStatuses: Readonly<Record<string, DisputeNews['status']>> = {
  needs_response: 'OPEN',
  under_review: 'OPEN',
  won: 'WON',
  lost: 'LOST',
};

/** All that mean something here. */
export const stripeEventTypes: string[] = [
  ...Object.keys(paymentStatuses),
  ...['created', 'updated', 'failed'].map((what) => `refund.${what}`),
  ...['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'].map(
    (what) => `charge.dispute.${what}`,
  ),
  'setup_intent.succeeded',
  'setup_intent.setup_failed',
];

/** What Stripe's events mean, by what they are about (https://docs.stripe.com/api/events/types). */
export function interpretStripeEvent({ type, body }: Pick<ProviderEvent, 'type' | 'body'>): News | undefined {
  const { created, data } = event.parse(JSON.parse(body));
  const occurredAt = new Date(created * 1_000);
  const status = Object.hasOwn(paymentStatuses, type) ? paymentStatuses[type] : undefined;
  if (status) return payment(status, data.object, occurredAt);
  if (/^refund\.(created|updated|failed)$/.test(type)) return refund(data.object, occurredAt);
  if (/^charge\.dispute\.(created|updated|closed|funds_withdrawn|funds_reinstated)$/.test(type))
    return dispute(data.object, occurredAt);
  if (type !== 'setup_intent.succeeded' && type !== 'setup_intent.setup_failed') return undefined;
  const reference = setupObject.parse(data.object).metadata?.['reference'];
  return reference === undefined ? undefined : { kind: 'method', reference };
}

function payment(status: PaymentNews['status'], object: unknown, occurredAt: Date): News | undefined {
  const { id, amount, currency, last_payment_error: error, metadata: notes } = intentObject.parse(object);
  const about = aboutMoney(amount, currency, occurredAt);
  return {
    kind: 'payment',
    status,
    ...about,
    reference: notes?.['reference'] ?? null,
    providerPaymentId: id,
    failure: status === 'FAILED' ? (error?.code ?? 'cancelled') : null,
    feeMinor: null,
  };
}

function refund(object: unknown, occurredAt: Date): News | undefined {
  const { id, amount, currency, payment_intent: intent, ...told } = refundObject.parse(object);
  const status = refundStatuses[told.status ?? ''];
  if (!intent || !status) return undefined;
  return {
    kind: 'refund',
    status,
    ...aboutMoney(amount, currency, occurredAt),
    reference: null,
    providerPaymentId: intent,
    refundReference: told.metadata?.['refund'] ?? null,
    providerRefundId: id,
    failure: told.failure_reason ?? null,
  };
}

function dispute(object: unknown, occurredAt: Date): News | undefined {
  const { id, amount, currency, payment_intent: intent, reason, ...told } = disputeObject.parse(object);
  const status = disputeStatuses[told.status];
  if (!intent || !status) return undefined;
  return {
    kind: 'dispute',
    status,
    ...aboutMoney(amount, currency, occurredAt),
    reference: null,
    providerPaymentId: intent,
    providerDisputeId: id,
    reason: reason ?? null,
    openedAt: new Date(told.created * 1_000),
  };
}

const aboutMoney = (amount: number, currency: string, occurredAt: Date) => ({
  ...fromStripe(amount, currency),
  occurredAt,
});
