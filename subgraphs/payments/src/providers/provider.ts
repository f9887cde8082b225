import type { IncomingHttpHeaders } from 'node:http';

/** What a person pays with: exactly one member. */
export interface PaymentMethod {
  readonly sandboxCard?: { readonly number: string } | null | undefined;
}

export interface PaymentRequest {
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What `accept` made of the payment method. */
  readonly token: string;
  /** The same key never makes a second payment, however often it is sent. */
  readonly idempotencyKey: string;
  /** Our id of the payment; comes back in every event about it. */
  readonly reference: string;
  /** Whose money it is, for the provider's own records. */
  readonly customer: string;
}

/** An event as the provider sent it. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** The body whose signature was checked, or one the provider itself listed. */
  readonly body: string;
}

/** What an event says about a payment, in our words. */
export interface PaymentNews {
  readonly status: 'CREATED' | 'FAILED' | 'CAPTURED';
  readonly reference: string;
  readonly providerPaymentId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly failure: string | null;
  readonly occurredAt: Date;
}

/** All that this subgraph asks of a payment provider. */
export interface PaymentProvider {
  readonly name: string;
  /** The token to charge a method by, or undefined for a method of other providers. Throws AppError INVALID_INPUT. */
  accept(method: PaymentMethod): string | undefined;
  /** Begins a payment; its outcome comes as events. Throws PaymentRefused when it will never be possible. */
  createPayment(request: PaymentRequest): Promise<{ readonly providerPaymentId: string }>;
  /** Checks the signature over the raw bytes. Throws WebhookRefused. */
  verifyWebhook(rawBody: Buffer, headers: IncomingHttpHeaders): ProviderEvent;
  /** What an event means; undefined for types that mean nothing to us. Throws for a body that breaks the provider's form. */
  interpret(event: Pick<ProviderEvent, 'type' | 'body'>): PaymentNews | undefined;
  /** Every event since then, oldest first. */
  fetchEvents(since: Date): AsyncIterable<ProviderEvent>;
}

/** The provider said no, and would say no again. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused';
}

/** Not from the provider, or too old. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}
