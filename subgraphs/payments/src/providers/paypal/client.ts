import type { Clock } from '@diaspora/kit';
import { z } from 'zod';
import { PaymentRefused } from '../provider.js';

export interface PaypalSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookId: string;
  /** https://api-m.paypal.com, https://api-m.sandbox.paypal.com, or another server in tests. */
  readonly apiUrl: string;
}

export type PaypalClient = ReturnType<typeof createPaypalClient>;

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** JSON text as it goes over the wire. */
  readonly body?: string;
  /** The same id never does a thing twice (PayPal-Request-Id). */
  readonly requestId?: string;
}

const timeoutMs = 10_000;
/** A token this close to its end is not used any more. */
const spareMs = 60_000;

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });
const faultAnswer = z.object({
  name: z.string().optional(),
  details: z.array(z.object({ issue: z.string() })).optional(),
});

/** PayPal's REST API: an access token that is asked for once and shared, JSON, and what its refusals mean. */
export function createPaypalClient({ settings, clock }: { settings: PaypalSettings; clock: Clock }) {
  let token: Promise<{ value: string; endsAt: number }> | undefined;

  async function authorise(): Promise<{ value: string; endsAt: number }> {
    const basic = Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64');
    const response = await fetch(new URL('/v1/oauth2/token', settings.apiUrl), {
      method: 'POST',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`PayPal gave no access token: ${response.status}`);
    const { access_token: value, expires_in: seconds } = tokenAnswer.parse(await response.json());
    return { value, endsAt: clock.now().getTime() + seconds * 1_000 - spareMs };
  }

  async function accessToken(): Promise<string> {
    const current = (token ??= authorise());
    const known = await current.catch(() => undefined);
    if (known && known.endsAt > clock.now().getTime()) return known.value;
    // Of those who find it ended at once, one asks for another.
    if (token === current) token = authorise();
    return (await token).value;
  }

  async function send({ method, path, body, requestId }: Call): Promise<Response> {
    return fetch(new URL(path, settings.apiUrl), {
      method,
      headers: {
        authorization: `Bearer ${await accessToken()}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(requestId !== undefined && { 'paypal-request-id': requestId, prefer: 'return=representation' }),
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  /** Throws PaymentRefused for what PayPal will say again, another Error for what may work later. */
  async function call<Schema extends z.ZodType>(schema: Schema, request: Call): Promise<z.output<Schema>> {
    let response = await send(request);
    if (response.status === 401) {
      token = undefined;
      response = await send(request);
    }
    const text = await response.text();
    if (!response.ok) throw faultOf(response.status, text);
    return schema.parse(text === '' ? null : JSON.parse(text));
  }

  return { call, webhookId: settings.webhookId };
}

const mayWorkLater = new Set([401, 403, 408, 409, 425, 429]);
/** What the payer's bank or PayPal's own rules say of the payer's money. */
const declines = new Set(['INSTRUMENT_DECLINED', 'TRANSACTION_REFUSED', 'PAYER_CANNOT_PAY']);

function faultOf(status: number, text: string): Error {
  const fault = faultAnswer.safeParse(safeJson(text)).data;
  const issue = fault?.details?.[0]?.issue ?? fault?.name ?? 'no reason';
  if (status >= 500 || mayWorkLater.has(status)) return new Error(`PayPal answered ${status} ${issue}`);
  return new PaymentRefused(issue, {
    failure: declines.has(issue) ? 'card_declined' : 'refused_by_provider',
  });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
