import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@diaspora/kit';

/** What a person pays with: exactly one member. */
export interface PaymentMethod {
  readonly sandboxCard?: { readonly number: string } | null | undefined;
  /** What Stripe's library made in the browser of a card, Apple Pay or Google Pay. */
  readonly stripe?: { readonly paymentMethodId: string } | null | undefined;
  /** PayPal asks the person themself; they come back to these pages. */
  readonly paypal?: { readonly returnUrl: string; readonly cancelUrl: string } | null | undefined;
}

/**
 * When a method is charged: in the presence of the payer, then and again when they are not here, or only when they are
 * not here.
 */
export type MethodUse = 'ONCE' | 'NOW_AND_LATER' | 'LATER';

export interface PaymentRequest {
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What `accept` made of the payment method, or what `saveMethod` answered. */
  readonly token: string;
  /** The same key never makes a second payment, however often it is sent. */
  readonly idempotencyKey: string;
  /** Our id of the payment; comes back in every event about it. */
  readonly reference: string;
  /** Whose money it is, for the provider's own records. */
  readonly customer: string;
  /** What `createCustomer` answered; null where the provider has none. */
  readonly customerId: string | null;
  /** Whether the payer is here and can answer what their bank asks. */
  readonly isPayerPresent: boolean;
  /** Whether the method will be charged again when the payer is not here. */
  readonly isRepeated: boolean;
}

/** What the payer has to do before it goes on: answer their bank through Stripe's library, or visit a page. */
export type NextAction =
  | { readonly kind: 'CONFIRM'; readonly clientSecret: string }
  | { readonly kind: 'REDIRECT'; readonly url: string };

export interface CreatedPayment {
  readonly providerPaymentId: string;
  readonly nextAction?: NextAction | null;
}

export interface MethodRequest {
  readonly token: string;
  readonly idempotencyKey: string;
  /** Our id of the payment method; comes back in every event about it. */
  readonly reference: string;
  readonly customerId: string | null;
}

/** What is shown of a method: never its number. */
export interface MethodDetails {
  readonly kind: 'CARD' | 'PAYPAL';
  readonly brand: string;
  readonly last4: string | null;
  readonly expiryMonth: number | null;
  readonly expiryYear: number | null;
  readonly wallet: 'APPLE_PAY' | 'GOOGLE_PAY' | null;
}

/** A method that can be charged, one that waits for the payer, or one that the provider does not take. */
export type SavedMethod =
  | { readonly status: 'ACTIVE'; readonly token: string; readonly details: MethodDetails }
  | { readonly status: 'ACTION_REQUIRED'; readonly setupId: string; readonly nextAction: NextAction }
  | { readonly status: 'FAILED'; readonly failure: string };

export interface RefundRequest {
  readonly providerPaymentId: string;
  /** Our id of the payment. */
  readonly paymentReference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The same key never makes a second refund, however often it is sent. */
  readonly idempotencyKey: string;
  /** Our id of the refund; comes back in every event about it. */
  readonly reference: string;
}

/** An event as the provider sent it. */
export interface ProviderEvent {
  readonly id: string;
  /** Which of the provider's accounts it is about; empty for our own. */
  readonly account: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** The body whose signature was checked, or one the provider itself listed. */
  readonly body: string;
}

/** The type of what a provider listed as an event and that is none. */
export const unreadableType = 'unreadable';

/**
 * An event of a provider's list. One that breaks the form is kept under a name made of its words, so that it holds up none
 * of the others and a person sees it.
 */
export function listedEvent(body: string, since: Date, read: (body: string) => ProviderEvent): ProviderEvent {
  try {
    return read(body);
  } catch {
    const id = `unreadable-${createHash('sha256').update(body).digest('hex')}`;
    return { id, account: '', type: unreadableType, occurredAt: since, body };
  }
}

/** Which payment an event is about. */
interface About {
  /** Our id of the payment, the provider's, or both. */
  readonly reference: string | null;
  readonly providerPaymentId: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly occurredAt: Date;
}

/** What an event says about a payment, in our words. */
export interface PaymentNews extends About {
  readonly kind: 'payment';
  readonly status: 'CREATED' | 'AUTHORISED' | 'FAILED' | 'CAPTURED';
  readonly failure: string | null;
  /** What the provider keeps; null while it does not say. */
  readonly feeMinor: bigint | null;
  /** Whether we have to fetch the money that the payer agreed to. */
  readonly needsCapture?: boolean;
}

/** What an event says about money on its way back. */
export interface RefundNews extends About {
  readonly kind: 'refund';
  readonly status: 'REQUESTED' | 'SUCCEEDED' | 'FAILED';
  /** Our id of the refund; null for one that was made at the provider. */
  readonly refundReference: string | null;
  readonly providerRefundId: string;
  readonly failure: string | null;
}

/** What an event says about money that the payer's bank takes back. */
export interface DisputeNews extends About {
  readonly kind: 'dispute';
  readonly status: 'OPEN' | 'WON' | 'LOST';
  readonly providerDisputeId: string;
  readonly reason: string | null;
  readonly openedAt: Date;
  /** The money was taken, with or without a dispute that is told of under a name of its own. */
  readonly isReversal?: boolean;
}

/** Something happened to a payment method that waited for the payer: ask what. */
export interface MethodNews {
  readonly kind: 'method';
  readonly reference: string;
}

export type MoneyNews = PaymentNews | RefundNews | DisputeNews;
export type News = MoneyNews | MethodNews;

/** What a provider kept of a payment. */
export type ProviderFee =
  | { readonly status: 'KNOWN'; readonly feeMinor: bigint }
  /** Asked too early. */
  | { readonly status: 'NOT_YET' }
  /** In the currency of our account, which is not that of the payment. */
  | { readonly status: 'OTHER_CURRENCY' };

/** All that this subgraph asks of a payment provider. Calls throw PaymentRefused for what will never be possible. */
export interface PaymentProvider {
  readonly name: string;
  /** How long the same idempotency key is sure to mean the same thing. */
  readonly keysLastMs: number;
  /** Whether it charges in a currency. */
  takes(currency: string): boolean;
  /**
   * The token to charge a method by, or to save it by; undefined for a method of other providers. Throws AppError
   * INVALID_INPUT, also for one that has to be saved before it is used so.
   */
  accept(method: PaymentMethod, use: MethodUse): string | undefined;
  /** The provider's id for one of our people, where it keeps people. */
  createCustomer?(request: { reference: string; idempotencyKey: string }): Promise<{ customerId: string }>;
  /** Forgets a person and all their methods. */
  forgetCustomer?(customerId: string): Promise<void>;
  /** Begins a payment; its outcome comes as events. */
  createPayment(request: PaymentRequest): Promise<CreatedPayment>;
  /** Fetches the money of a payment whose news said `needsCapture`. */
  capturePayment?(request: { providerPaymentId: string; idempotencyKey: string }): Promise<void>;
  /** Gives up a payment that was not paid; TOO_LATE when it was, or may be still. Its outcome comes as events as well. */
  cancelPayment(request: { providerPaymentId: string }): Promise<'CANCELLED' | 'TOO_LATE'>;
  /** What it kept of a captured payment, where its events do not say that. */
  readFee?(request: { providerPaymentId: string; currency: string }): Promise<ProviderFee>;
  /** Begins a refund; its outcome comes as events. */
  createRefund(request: RefundRequest): Promise<{ readonly providerRefundId: string }>;
  /** Keeps a method, so that it can be charged when the payer is not here. */
  saveMethod(request: MethodRequest): Promise<SavedMethod>;
  /** What became of a method that waited for the payer. */
  completeMethod(request: { setupId: string; idempotencyKey: string }): Promise<SavedMethod>;
  forgetMethod(token: string): Promise<void>;
  /** Checks the signature over the raw bytes. Throws WebhookRefused. */
  verifyWebhook(rawBody: Buffer, headers: IncomingHttpHeaders): Promise<ProviderEvent>;
  /** What an event means; undefined for types that mean nothing to us. Throws for a body that breaks the provider's form. */
  interpret(event: Pick<ProviderEvent, 'type' | 'body'>): News | undefined;
  /** Every event since then, in any order. */
  fetchEvents(since: Date): AsyncIterable<ProviderEvent>;
}

/** Of a method that would be charged without its payer having agreed to that. */
export const saveItFirst = (what: string, member: keyof PaymentMethod) =>
  new AppError('INVALID_INPUT', `Save ${what} as a payment method first, and pay with that.`, {
    path: ['paymentMethod', member],
  });

/** The provider said no, and would say no again. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused';
  /** Why, for programs. */
  readonly failure: string;

  constructor(message: string, options: { failure?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.failure = options.failure ?? 'refused_by_provider';
  }
}

/** Not from the provider, or too old. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused';
}

/** The provider is down, slow, or was so often of late that it is not asked. Another time it may work. */
export class ProviderUnavailable extends AppError {
  constructor(provider: string, cause?: unknown) {
    super('UNAVAILABLE', 'The payment provider does not answer just now. Try again.');
    this.cause = cause ?? provider;
  }
}
