import { z } from 'zod';
import type { SandboxPayment } from '../../__generated__/prisma/client.js';
import type { PaymentNews, ProviderEvent } from '../provider.js';

export type SandboxEventType = 'payment.created' | 'payment.captured' | 'payment.failed';

const statuses = {
  'payment.created': 'CREATED',
  'payment.captured': 'CAPTURED',
  'payment.failed': 'FAILED',
} as const;

const isKnown = (type: string): type is SandboxEventType => type in statuses;

/** The form of an event on the wire: Stripe's envelope, amounts as decimal digits. */
const eventBody = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  object: z.literal('event'),
  type: z.string().regex(/^[\w.]{1,255}$/),
  created: z.int().min(0),
  data: z.object({ object: z.unknown() }),
});

const paymentObject = z.object({
  id: z.string(),
  amount: z.string().regex(/^\d{1,18}$/),
  currency: z.string(),
  failure_code: z.string().nullable(),
  metadata: z.object({ reference: z.string() }),
});

export function writeEvent(
  event: { id: string; type: SandboxEventType; at: Date; failure: string | null },
  payment: SandboxPayment,
): string {
  return JSON.stringify({
    id: event.id,
    object: 'event',
    type: event.type,
    created: Math.floor(event.at.getTime() / 1_000),
    data: {
      object: {
        id: payment.id,
        object: 'payment',
        amount: payment.amountMinor.toString(),
        currency: payment.currency,
        failure_code: event.failure,
        metadata: { reference: payment.reference },
      },
    },
  });
}

/** Throws a ZodError or SyntaxError for anything that is no event. */
export function readEvent(body: string): ProviderEvent {
  const { id, type, created } = eventBody.parse(JSON.parse(body));
  return { id, type, occurredAt: new Date(created * 1_000), body };
}

export function interpretEvent({
  type,
  body,
}: Pick<ProviderEvent, 'type' | 'body'>): PaymentNews | undefined {
  if (!isKnown(type)) return undefined;
  const { created, data } = eventBody.parse(JSON.parse(body));
  const payment = paymentObject.parse(data.object);
  return {
    status: statuses[type],
    reference: payment.metadata.reference,
    providerPaymentId: payment.id,
    amountMinor: BigInt(payment.amount),
    currency: payment.currency,
    failure: payment.failure_code,
    occurredAt: new Date(created * 1_000),
  };
}
