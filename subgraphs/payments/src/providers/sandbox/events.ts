import { z } from 'zod';
import type { News, ProviderEvent } from '../provider.js';

const paymentStatuses = {
  'payment.created': 'CREATED',
  'payment.authorised': 'AUTHORISED',
  'payment.captured': 'CAPTURED',
  'payment.failed': 'FAILED',
} as const;
const refundStatuses = { 'payment.refunded': 'SUCCEEDED', 'refund.failed': 'FAILED' } as const;
const disputeTypes = { 'payment.disputed': true, 'dispute.closed': true } as const;

export type PaymentEventType = keyof typeof paymentStatuses;
export type RefundEventType = keyof typeof refundStatuses;
export type DisputeEventType = keyof typeof disputeTypes;
export type SandboxEventType = PaymentEventType | RefundEventType | DisputeEventType;

/** The form of an event on the wire: Stripe's envelope, amounts as decimal digits. */
const eventBody = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  object: z.literal('event'),
  type: z.string().regex(/^[\w.]{1,255}$/),
  created: z.int().min(0),
  data: z.object({ object: z.unknown() }),
});

const amount = z.string().regex(/^\d{1,18}$/);

const paymentObject = z.object({
  id: z.string(),
  object: z.literal('payment'),
  amount,
  currency: z.string(),
  failure_code: z.string().nullable(),
  fee: amount.nullish(),
  metadata: z.object({ reference: z.string() }),
});
const refundObject = z.object({
  id: z.string(),
  object: z.literal('refund'),
  payment: z.string(),
  amount,
  currency: z.string(),
  failure_code: z.string().nullable(),
  metadata: z.object({ reference: z.string(), refundReference: z.string() }),
});
const disputeObject = z.object({
  id: z.string(),
  object: z.literal('dispute'),
  payment: z.string(),
  amount,
  currency: z.string(),
  reason: z.string(),
  status: z.enum(['OPEN', 'WON', 'LOST']),
  created: z.int().min(0),
  metadata: z.object({ reference: z.string() }),
});

export type SandboxObject =
  z.input<typeof paymentObject> | z.input<typeof refundObject> | z.input<typeof disputeObject>;

const seconds = (at: Date): number => Math.floor(at.getTime() / 1_000);

export const writeEvent = (
  event: { id: string; type: SandboxEventType; at: Date },
  object: SandboxObject,
): string =>
  JSON.stringify({
    id: event.id,
    object: 'event',
    type: event.type,
    created: seconds(event.at),
    data: { object },
  });

/** Throws a ZodError or SyntaxError for anything that is no event. */
export function readEvent(body: string): ProviderEvent {
  const { id, type, created } = eventBody.parse(JSON.parse(body));
  return { id, account: '', type, occurredAt: new Date(created * 1_000), body };
}

export function interpretEvent({ type, body }: Pick<ProviderEvent, 'type' | 'body'>): News | undefined {
  const { created, data } = eventBody.parse(JSON.parse(body));
  const occurredAt = new Date(created * 1_000);
  if (isOneOf(paymentStatuses, type)) {
    const { failure_code: failure, fee, ...payment } = paymentObject.parse(data.object);
    const feeMinor = fee == null ? null : BigInt(fee);
    const about = aboutPayment(payment, payment.id, occurredAt);
    return { kind: 'payment', status: paymentStatuses[type], ...about, failure, feeMinor };
  }
  if (isOneOf(refundStatuses, type)) {
    const { id: providerRefundId, failure_code: failure, ...refund } = refundObject.parse(data.object);
    const { refundReference } = refund.metadata;
    const about = aboutPayment(refund, refund.payment, occurredAt);
    return {
      kind: 'refund',
      status: refundStatuses[type],
      ...about,
      refundReference,
      providerRefundId,
      failure,
    };
  }
  if (!isOneOf(disputeTypes, type)) return undefined;
  const { id: providerDisputeId, status, reason, ...dispute } = disputeObject.parse(data.object);
  const openedAt = new Date(dispute.created * 1_000);
  const about = aboutPayment(dispute, dispute.payment, occurredAt);
  return { kind: 'dispute', status, ...about, providerDisputeId, reason, openedAt };
}

const isOneOf = <Types extends object>(types: Types, type: string): type is keyof Types & string =>
  Object.hasOwn(types, type);

const aboutPayment = (
  object: { amount: string; currency: string; metadata: { reference: string } },
  providerPaymentId: string,
  occurredAt: Date,
) => ({
  reference: object.metadata.reference,
  providerPaymentId,
  amountMinor: BigInt(object.amount),
  currency: object.currency,
  occurredAt,
});
