import { dayMs, hourMs, minuteMs, type Clock } from '@diaspora/kit';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import {
  listedEvent,
  PaymentRefused,
  saveItFirst,
  WebhookRefused,
  type CreatedPayment,
  type PaymentProvider,
  type PaymentRequest,
  type RefundRequest,
} from '../provider.js';
import { createPaypalClient, type PaypalSettings } from './client.js';
import { interpretPaypalEvent, readPaypalEvent } from './events.js';
import { paypalCurrencies, toPaypal } from './money.js';
import { createPaypalVault, pagesOf, tokenOfPages, vaultIdOf } from './vault.js';

export type { PaypalSettings } from './client.js';

/** PayPal sends an event again for three days. */
const oldestMs = 4 * dayMs;
const earliestMs = 5 * minuteMs;
/** PayPal forgets the ids of requests for orders after six hours. */
const keysLastMs = 5 * hourMs;

const link = z.object({ href: z.string(), rel: z.string() });
const order = z.object({
  id: z.string(),
  status: z.string(),
  links: z.array(link).default([]),
  purchase_units: z
    .array(
      z.object({
        payments: z.object({ captures: z.array(z.object({ id: z.string() })).default([]) }).optional(),
      }),
    )
    .default([]),
});
const eventsPage = z.object({
  events: z.array(z.unknown()).default([]),
  links: z.array(link).default([]),
});

/** PayPal by its REST API: an order for each payment, captured when the payer agreed or at once from the vault. */
export function createPaypal({
  settings,
  clock,
}: {
  settings: PaypalSettings;
  clock: Clock;
}): PaymentProvider {
  const client = createPaypalClient({ settings, clock });
  const vault = createPaypalVault(client);

  async function createPayment(request: PaymentRequest): Promise<CreatedPayment> {
    const { token, reference, amountMinor, currency, idempotencyKey } = request;
    const vaultId = vaultIdOf(token);
    const paypal = vaultId
      ? { vault_id: vaultId }
      : {
          experience_context: {
            ...pagesOf(token),
            user_action: 'PAY_NOW',
            shipping_preference: 'NO_SHIPPING',
          },
        };
    const made = await client.call(order, {
      method: 'POST',
      path: '/v2/checkout/orders',
      requestId: idempotencyKey,
      body: JSON.stringify({
        intent: 'CAPTURE',
        purchase_units: [{ custom_id: reference, amount: toPaypal(amountMinor, currency) }],
        payment_source: { paypal },
      }),
    });
    const url = made.links.find(({ rel }) => rel === 'payer-action')?.href;
    const waits = made.status === 'PAYER_ACTION_REQUIRED' && url !== undefined;
    return { providerPaymentId: made.id, nextAction: waits ? { kind: 'REDIRECT', url } : null };
  }

  async function capturePayment({
    providerPaymentId,
    idempotencyKey,
  }: {
    providerPaymentId: string;
    idempotencyKey: string;
  }) {
    const path = `/v2/checkout/orders/${encodeURIComponent(providerPaymentId)}/capture`;
    await client
      .call(order, { method: 'POST', path, requestId: idempotencyKey, body: '{}' })
      .catch((error: unknown) => {
        if (!(error instanceof PaymentRefused && error.message === 'ORDER_ALREADY_CAPTURED')) throw error;
      });
  }

  /** PayPal gives up by itself what nobody fetches, and we fetch nothing that failed. */
  async function cancelPayment({ providerPaymentId }: { providerPaymentId: string }) {
    const path = `/v2/checkout/orders/${encodeURIComponent(providerPaymentId)}`;
    const { status } = await client.call(order, { method: 'GET', path });
    return status === 'COMPLETED' ? ('TOO_LATE' as const) : ('CANCELLED' as const);
  }

  async function createRefund(request: RefundRequest): Promise<{ providerRefundId: string }> {
    const { providerPaymentId, paymentReference, reference, amountMinor, currency, idempotencyKey } = request;
    const captureId = await captureOf(providerPaymentId);
    const refund = await client.call(z.object({ id: z.string() }), {
      method: 'POST',
      path: `/v2/payments/captures/${encodeURIComponent(captureId)}/refund`,
      requestId: idempotencyKey,
      body: JSON.stringify({
        amount: toPaypal(amountMinor, currency),
        custom_id: `${paymentReference}:${reference}`,
      }),
    });
    return { providerRefundId: refund.id };
  }

  async function captureOf(orderId: string): Promise<string> {
    const path = `/v2/checkout/orders/${encodeURIComponent(orderId)}`;
    const { purchase_units: units } = await client.call(order, { method: 'GET', path });
    const id = units[0]?.payments?.captures[0]?.id;
    if (!id) throw new PaymentRefused('this order was not captured');
    return id;
  }

  async function verifyWebhook(rawBody: Buffer, headers: IncomingHttpHeaders) {
    const body = rawBody.toString('utf8');
    const event = readSigned(body);
    const signed = signatureOf(headers, clock.now());
    // The event goes back as it came, byte for byte: PayPal signed a checksum of it.
    const asked = JSON.stringify({ ...signed, webhook_id: client.webhookId });
    const { verification_status: status } = await client.call(z.object({ verification_status: z.string() }), {
      method: 'POST',
      path: '/v1/notifications/verify-webhook-signature',
      body: `${asked.slice(0, -1)},"webhook_event":${body}}`,
    });
    if (status !== 'SUCCESS') throw new WebhookRefused('no valid signature');
    return event;
  }

  async function* fetchEvents(since: Date) {
    const start = encodeURIComponent(since.toISOString());
    let path: string | undefined = `/v1/notifications/webhooks-events?page_size=100&start_time=${start}`;
    while (path) {
      const page: z.output<typeof eventsPage> = await client.call(eventsPage, { method: 'GET', path });
      for (const event of page.events) yield listedEvent(JSON.stringify(event), since, readPaypalEvent);
      const next = page.links.find(({ rel }) => rel === 'next')?.href;
      path = next && pathOf(next);
    }
  }

  return {
    name: 'paypal',
    keysLastMs,
    takes: (currency) => paypalCurrencies.has(currency),
    accept: ({ paypal }, use) => {
      if (!paypal) return undefined;
      if (use !== 'ONCE') throw saveItFirst('PayPal', 'paypal');
      return tokenOfPages(paypal);
    },
    createPayment,
    capturePayment,
    cancelPayment,
    createRefund,
    ...vault,
    verifyWebhook,
    interpret: interpretPaypalEvent,
    fetchEvents,
  };
}

function readSigned(body: string) {
  try {
    return readPaypalEvent(body);
  } catch (error) {
    throw new WebhookRefused('not an event', { cause: error });
  }
}

function signatureOf(headers: IncomingHttpHeaders, now: Date) {
  const header = (name: string): string => {
    const value = headers[`paypal-${name}`];
    if (typeof value === 'string' && value !== '') return value;
    throw new WebhookRefused(`no ${name}`);
  };
  const sentAt = Date.parse(header('transmission-time'));
  const ageMs = now.getTime() - sentAt;
  if (Number.isNaN(ageMs) || ageMs > oldestMs || ageMs < -earliestMs)
    throw new WebhookRefused('outside the tolerance');
  const certificate = header('cert-url');
  if (!isOfPaypal(certificate)) throw new WebhookRefused('a certificate of somebody else');
  return {
    auth_algo: header('auth-algo'),
    cert_url: certificate,
    transmission_id: header('transmission-id'),
    transmission_sig: header('transmission-sig'),
    transmission_time: header('transmission-time'),
  };
}

function isOfPaypal(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && /(^|\.)paypal\.com$/.test(hostname);
}

/** The next page is asked of the server that we know, whatever the link says. */
function pathOf(href: string): string {
  const { pathname, search } = new URL(href);
  return `${pathname}${search}`;
}
