import { AppError, hourMs, type Clock } from '@diaspora/kit';
import Stripe from 'stripe';
import { z } from 'zod';
import {
  listedEvent,
  PaymentRefused,
  saveItFirst,
  WebhookRefused,
  type CreatedPayment,
  type MethodRequest,
  type PaymentProvider,
  type PaymentRequest,
  type ProviderEvent,
  type RefundRequest,
  type SavedMethod,
} from '../provider.js';
import { interpretStripeEvent, stripeEventTypes } from './events.js';
import { feeOf } from './fees.js';
import { detailsOf, nextActionOf } from './methods.js';
import { stripeCurrencies, toStripe } from './money.js';

export interface StripeSettings {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Another server than Stripe's, for tests. */
  readonly apiUrl?: string | undefined;
}

const toleranceSeconds = 300;
/** Stripe forgets idempotency keys after a day. */
const keysLastMs = 23 * hourMs;
const event = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  account: z.string().nullish(),
  type: z.string().regex(/^[\w.]{1,255}$/),
  created: z.int().min(0),
});
const paymentMethodId = /^pm_\w{1,240}$/;

/** Stripe by its official library. Subscriptions stay ours: each period is a payment intent of its own (ADR 31). */
export function createStripe({
  settings,
  clock,
}: {
  settings: StripeSettings;
  clock: Clock;
}): PaymentProvider {
  const stripe = new Stripe(settings.secretKey, {
    ...serverOf(settings.apiUrl),
    // Whoever asks tries again, later and with the same key.
    maxNetworkRetries: 0,
    timeout: 10_000,
    telemetry: false,
  });

  async function createPayment(request: PaymentRequest): Promise<CreatedPayment> {
    const { token, customerId, isPayerPresent, isRepeated, reference, idempotencyKey } = request;
    const [method, owner = customerId] = token.split(':');
    try {
      const intent = await stripe.paymentIntents.create(
        {
          amount: toStripe(request.amountMinor, request.currency),
          currency: request.currency.toLowerCase(),
          payment_method: method!,
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          ...(owner && { customer: owner }),
          ...(!isPayerPresent && { off_session: true }),
          ...(isPayerPresent && isRepeated && owner && { setup_future_usage: 'off_session' as const }),
          metadata: { reference },
        },
        { idempotencyKey },
      );
      return { providerPaymentId: intent.id, nextAction: nextActionOf(intent) };
    } catch (error) {
      // A declined card is an intent that failed: its event tells so.
      const declined = error instanceof Stripe.errors.StripeCardError ? error.payment_intent?.id : undefined;
      if (declined) return { providerPaymentId: declined };
      throw refusal(error);
    }
  }

  /** What was declined after the payer answered waits for another card: it is given up too. */
  async function cancelPayment({ providerPaymentId }: { providerPaymentId: string }) {
    try {
      await stripe.paymentIntents.cancel(providerPaymentId, { cancellation_reason: 'abandoned' });
      return 'CANCELLED' as const;
    } catch (error) {
      if (!isUnexpectedState(error)) throw refusal(error);
      return error.payment_intent?.status === 'canceled' ? ('CANCELLED' as const) : ('TOO_LATE' as const);
    }
  }

  async function createRefund(request: RefundRequest): Promise<{ providerRefundId: string }> {
    const { providerPaymentId, amountMinor, currency, reference, idempotencyKey } = request;
    const amount = toStripe(amountMinor, currency);
    const refund = await stripe.refunds
      .create(
        { payment_intent: providerPaymentId, amount, metadata: { refund: reference } },
        { idempotencyKey },
      )
      .catch(refuse);
    return { providerRefundId: refund.id };
  }

  async function saveMethod({
    token,
    customerId,
    reference,
    idempotencyKey,
  }: MethodRequest): Promise<SavedMethod> {
    try {
      const intent = await stripe.setupIntents.create(
        {
          payment_method: token,
          ...(customerId && { customer: customerId }),
          confirm: true,
          usage: 'off_session',
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { reference },
        },
        { idempotencyKey },
      );
      return await savedBy(intent);
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError) return failedMethod(error.code);
      throw refusal(error);
    }
  }

  async function savedBy(intent: Stripe.SetupIntent): Promise<SavedMethod> {
    const nextAction = nextActionOf(intent);
    if (nextAction) return { status: 'ACTION_REQUIRED', setupId: intent.id, nextAction };
    if (intent.status !== 'succeeded') return failedMethod(intent.last_setup_error?.code);
    const method = await stripe.paymentMethods.retrieve(idOf(intent.payment_method)!).catch(refuse);
    const owner = idOf(intent.customer);
    return {
      status: 'ACTIVE',
      token: owner ? `${method.id}:${owner}` : method.id,
      details: detailsOf(method),
    };
  }

  function verify(rawBody: Buffer, signature: string | string[] | undefined): ProviderEvent {
    try {
      const { webhooks } = stripe;
      const receivedAt = clock.now().getTime();
      const header = typeof signature === 'string' ? signature : '';
      const told = webhooks.constructEvent(
        rawBody,
        header,
        settings.webhookSecret,
        toleranceSeconds,
        undefined,
        receivedAt,
      );
      return eventOf(told, rawBody.toString('utf8'));
    } catch (error) {
      throw new WebhookRefused(error instanceof Error ? error.message : 'not an event', { cause: error });
    }
  }

  async function* fetchEvents(since: Date) {
    const gte = Math.floor(since.getTime() / 1_000);
    for await (const told of stripe.events.list({ created: { gte }, types: stripeEventTypes, limit: 100 }))
      yield listedEvent(JSON.stringify(told), since, (body) => eventOf(told, body));
  }

  return {
    name: 'stripe',
    keysLastMs,
    takes: (currency) => stripeCurrencies.has(currency),
    // The first payment makes a card good for later ones; where there is none, saving it does.
    accept: ({ stripe: given }, use) => {
      if (!given) return undefined;
      if (use === 'LATER') throw saveItFirst('the card', 'stripe');
      if (paymentMethodId.test(given.paymentMethodId)) return given.paymentMethodId;
      throw new AppError('INVALID_INPUT', 'This is not the id of a payment method.', {
        path: ['paymentMethod', 'stripe', 'paymentMethodId'],
      });
    },
    createCustomer: async ({ reference, idempotencyKey }) => {
      const customer = await stripe.customers
        .create({ metadata: { reference } }, { idempotencyKey })
        .catch(refuse);
      return { customerId: customer.id };
    },
    forgetCustomer: async (customerId) => {
      await stripe.customers.del(customerId).catch(unlessGone);
    },
    createPayment,
    cancelPayment,
    readFee: (request) => feeOf(stripe, request).catch(refuse),
    createRefund,
    saveMethod,
    completeMethod: async ({ setupId }) => savedBy(await stripe.setupIntents.retrieve(setupId).catch(refuse)),
    forgetMethod: async (token) => {
      await stripe.paymentMethods.detach(token.split(':')[0]!).catch(unlessGone);
    },
    verifyWebhook: async (rawBody, headers) => verify(rawBody, headers['stripe-signature']),
    interpret: interpretStripeEvent,
    fetchEvents,
  };
}

/** Throws a ZodError for what is no event. */
function eventOf(given: unknown, body: string): ProviderEvent {
  const { id, account, type, created } = event.parse(given);
  return { id, account: account ?? '', type, occurredAt: new Date(created * 1_000), body };
}

const idOf = (given: string | { id: string } | null): string | undefined =>
  typeof given === 'string' ? given : given?.id;

const failedMethod = (code: string | undefined): SavedMethod => ({
  status: 'FAILED',
  failure: code ?? 'other',
});

function serverOf(apiUrl: string | undefined) {
  if (!apiUrl) return {};
  const { hostname, port, protocol } = new URL(apiUrl);
  return { host: hostname, port: port || '443', protocol: protocol === 'http:' ? 'http' : 'https' } as const;
}

/** What Stripe will say again, however often it is asked; everything else may work another time. */
function refusal(error: unknown): unknown {
  const { StripeCardError, StripeInvalidRequestError, StripeIdempotencyError } = Stripe.errors;
  const isFinal =
    error instanceof StripeCardError ||
    error instanceof StripeIdempotencyError ||
    (error instanceof StripeInvalidRequestError && error.statusCode !== 409 && error.statusCode !== 429);
  return isFinal ? new PaymentRefused(error.code ?? error.type, { cause: error }) : error;
}

const isUnexpectedState = (error: unknown): error is Stripe.errors.StripeInvalidRequestError =>
  error instanceof Stripe.errors.StripeInvalidRequestError &&
  error.code === 'payment_intent_unexpected_state';

const refuse = (error: unknown): never => {
  throw refusal(error);
};

const unlessGone = (error: unknown): void => {
  const isGone = error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode !== 409;
  if (!isGone) throw error;
};
