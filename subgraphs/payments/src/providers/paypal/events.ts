import { z } from 'zod';
import type { DisputeNews, News, PaymentNews, ProviderEvent, RefundNews } from '../provider.js';
import { fromPaypal, paypalMoney } from './money.js';

const envelope = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  event_type: z.string().regex(/^[\w.-]{1,255}$/),
  create_time: z.iso.datetime({ offset: true }),
  resource: z.unknown(),
});

const orderObject = z.object({
  id: z.string(),
  purchase_units: z.array(z.object({ custom_id: z.string().nullish(), amount: paypalMoney })).min(1),
});
const captureObject = z.object({
  amount: paypalMoney,
  custom_id: z.string().nullish(),
  seller_receivable_breakdown: z.object({ paypal_fee: paypalMoney.nullish() }).nullish(),
  supplementary_data: z
    .object({ related_ids: z.object({ order_id: z.string().nullish() }).nullish() })
    .nullish(),
});
const refundObject = z.object({ id: z.string(), amount: paypalMoney, custom_id: z.string().nullish() });
const disputeObject = z.object({
  dispute_id: z.string(),
  create_time: z.iso.datetime({ offset: true }),
  reason: z.string().nullish(),
  status: z.string().nullish(),
  dispute_amount: paypalMoney,
  dispute_outcome: z.object({ outcome_code: z.string().nullish() }).nullish(),
  disputed_transactions: z.array(z.object({ custom: z.string().nullish() })).min(1),
});

const captures: Readonly<Record<string, PaymentNews['status']>> = {
  'PAYMENT.CAPTURE.PENDING': 'AUTHORISED',
  'PAYMENT.CAPTURE.COMPLETED': 'CAPTURED',
  'PAYMENT.CAPTURE.DECLINED': 'FAILED',
  'PAYMENT.CAPTURE.DENIED': 'FAILED',
};
const refunds: Readonly<Record<string, RefundNews['status']>> = {
  'PAYMENT.REFUND.PENDING': 'REQUESTED',
  'PAYMENT.CAPTURE.REFUNDED': 'SUCCEEDED',
  'PAYMENT.REFUND.FAILED': 'FAILED',
};
const disputes = new Set([
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.UPDATED',
  'CUSTOMER.DISPUTE.RESOLVED',
]);
/** Who has the money in the end (https://developer.paypal.com/api/customer-disputes/v1/definitions/dispute_outcome). */
const outcomes: Readonly<Record<string, DisputeNews['status']>> = {
  RESOLVED_SELLER_FAVOUR: 'WON',
  RESOLVED_SELLER_FAVOR: 'WON',
  CANCELED_BY_BUYER: 'WON',
  DENIED: 'WON',
  // PayPal pays out of its own pocket.
  RESOLVED_WITH_PAYOUT: 'WON',
  // Another dispute of the same payment goes on in its place.
  NONE: 'WON',
  RESOLVED_BUYER_FAVOUR: 'LOST',
  RESOLVED_BUYER_FAVOR: 'LOST',
  ACCEPTED: 'LOST',
};

/** Throws for anything that is no event. */
export function readPaypalEvent(body: string): ProviderEvent {
  const { id, event_type: type, create_time: createdAt } = envelope.parse(JSON.parse(body));
  return { id, account: '', type, occurredAt: new Date(createdAt), body };
}

/** What PayPal's events mean (https://developer.paypal.com/api/rest/webhooks/event-names). */
export function interpretPaypalEvent({ body }: Pick<ProviderEvent, 'body'>): News | undefined {
  const { event_type: type, create_time: createdAt, resource } = envelope.parse(JSON.parse(body));
  const occurredAt = new Date(createdAt);
  if (type === 'CHECKOUT.ORDER.APPROVED') return approval(resource, occurredAt);
  const captured = captures[type];
  if (captured) return capture(captured, resource, occurredAt);
  if (type === 'PAYMENT.CAPTURE.REVERSED') return reversal(resource, occurredAt);
  const refunded = refunds[type];
  if (refunded) return refund(refunded, resource, occurredAt);
  return disputes.has(type) ? dispute(resource, occurredAt) : undefined;
}

function approval(resource: unknown, occurredAt: Date): News {
  const { id, purchase_units: units } = orderObject.parse(resource);
  const { custom_id: reference, amount } = units[0]!;
  const about = { ...fromPaypal(amount), reference: reference ?? null, providerPaymentId: id, occurredAt };
  return {
    kind: 'payment',
    status: 'AUTHORISED',
    needsCapture: true,
    failure: null,
    feeMinor: null,
    ...about,
  };
}

function capture(status: PaymentNews['status'], resource: unknown, occurredAt: Date): News {
  const { amount, custom_id: reference, ...rest } = captureObject.parse(resource);
  const fee = rest.seller_receivable_breakdown?.paypal_fee;
  return {
    kind: 'payment',
    status,
    ...fromPaypal(amount),
    occurredAt,
    reference: reference ?? null,
    providerPaymentId: rest.supplementary_data?.related_ids?.order_id ?? null,
    failure: status === 'FAILED' ? 'card_declined' : null,
    feeMinor: fee ? fromPaypal(fee).amountMinor : null,
  };
}

/** Our refunds carry both references; one made by hand carries what its payment carries. */
function refund(status: RefundNews['status'], resource: unknown, occurredAt: Date): News {
  const { id, amount, custom_id: custom } = refundObject.parse(resource);
  const [reference = null, refundReference = null] = custom?.split(':') ?? [];
  return {
    kind: 'refund',
    status,
    ...fromPaypal(amount),
    occurredAt,
    reference,
    providerPaymentId: null,
    refundReference,
    providerRefundId: id,
    failure: status === 'FAILED' ? 'other' : null,
  };
}

/** PayPal took the money back: for a dispute that was lost, a payer's bank, or a rule of its own. */
function reversal(resource: unknown, occurredAt: Date): News {
  const { id, amount, custom_id: custom } = refundObject.parse(resource);
  return {
    kind: 'dispute',
    status: 'LOST',
    isReversal: true,
    ...fromPaypal(amount),
    occurredAt,
    reference: custom?.split(':')[0] ?? null,
    providerPaymentId: null,
    providerDisputeId: id,
    reason: 'reversed',
    openedAt: occurredAt,
  };
}

function dispute(resource: unknown, occurredAt: Date): News {
  const told = disputeObject.parse(resource);
  return {
    kind: 'dispute',
    status: statusOf(told.status, told.dispute_outcome?.outcome_code),
    ...fromPaypal(told.dispute_amount),
    occurredAt,
    reference: told.disputed_transactions[0]!.custom ?? null,
    providerPaymentId: null,
    providerDisputeId: told.dispute_id,
    reason: told.reason?.toLowerCase() ?? null,
    openedAt: new Date(told.create_time),
  };
}

/** Throws for an outcome that nobody told us of: a person has to look. */
function statusOf(
  status: string | null | undefined,
  outcome: string | null | undefined,
): DisputeNews['status'] {
  if (status !== 'RESOLVED') return 'OPEN';
  const known = outcomes[outcome ?? ''];
  if (known) return known;
  throw new Error(`${outcome} is no outcome of a dispute`);
}
