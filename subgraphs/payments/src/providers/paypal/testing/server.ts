import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import qs from 'qs';
import { amend, createRequestCheck, readDescription } from '../../testing/description.js';
import { createKeyring, startLocalServer, type Answer, type Exchange } from '../../testing/local-server.js';
import { createPaypalBooks, fault } from './books.js';

export const paypalApp = {
  clientId: 'client-for-tests',
  clientSecret: 'a-paypal-secret-for-tests-only-012345',
  webhookId: '4JH86294D6297924G',
};
const tokenType = ['components', 'schemas', 'token_id_request', 'properties', 'type'];
const accessToken = 'A21AA-for-tests';
const signingKey = 'what only PayPal knows';

export type PaypalServer = Awaited<ReturnType<typeof startPaypalServer>>;

/** PayPal as far as we use it. Every request is held against PayPal's published API descriptions. */
export async function startPaypalServer({ now }: { now: () => Date }) {
  const checks = (['orders', 'payments', 'webhooks', 'vault'] as const).map((name) => {
    const description = readDescription(new URL(`${name}.json`, import.meta.url));
    // PayPal's guide makes payment tokens of these; its description has forgotten them.
    if (name === 'vault') amend(description, [...tokenType, 'enum'], ['SETUP_TOKEN']);
    return createRequestCheck(description);
  });
  const once = createKeyring();
  const violations: string[] = [];
  const books = createPaypalBooks({ now });
  let tokens = 0;
  let isTokenGood = true;

  /** Each description has some of the paths: the request has to conform to one of them. */
  function faultsOf(exchange: Exchange): string[] {
    const all = checks.map((check) => check(exchange));
    return all.some((faults) => faults.length === 0) ? [] : all.sort((a, b) => rank(a) - rank(b))[0]!;
  }

  function handle(exchange: Exchange): Answer {
    const { method, path, headers, body } = exchange;
    if (path === '/v1/oauth2/token') return authorise(exchange);
    if (headers.authorization !== `Bearer ${accessToken}` || !isTokenGood)
      return { status: 401, body: { name: 'AUTHENTICATION_FAILURE' } };
    const faults = faultsOf(exchange);
    if (faults.length > 0) {
      violations.push(...faults.map((each) => `${method} ${path}: ${each}`));
      return fault(400, 'INVALID_REQUEST');
    }
    const key = headers['paypal-request-id'] as string | undefined;
    const conflict = fault(422, 'PAYPAL_REQUEST_ID_ALREADY_USED');
    return method === 'POST'
      ? once(key, `${path} ${body}`, () => route(exchange), conflict)
      : route(exchange);
  }

  function authorise({ headers, body }: Exchange): Answer {
    const { clientId, clientSecret } = paypalApp;
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (headers.authorization !== basic || body !== 'grant_type=client_credentials')
      return { status: 401, body: { error: 'invalid_client' } };
    tokens += 1;
    isTokenGood = true;
    return { status: 200, body: { access_token: accessToken, token_type: 'Bearer', expires_in: 32_400 } };
  }

  function route({ method, path, query, body }: Exchange): Answer {
    const given = (body ? JSON.parse(body) : {}) as never;
    const [, , group = '', kind = '', id = '', action = ''] = path.split('/');
    switch (`${method} ${group}/${kind}${id && '/id'}${action && `/${action}`}`) {
      case 'POST checkout/orders':
        return books.order(given);
      case 'GET checkout/orders/id':
        return books.orderOf(id);
      case 'POST checkout/orders/id/capture':
        return books.capture(id);
      case 'POST payments/captures/id/refund':
        return books.refund(id, given);
      case 'POST vault/setup-tokens':
        return books.setUp();
      case 'GET vault/setup-tokens/id':
        return books.setupOf(id);
      case 'POST vault/payment-tokens':
        return books.keep(given);
      case 'DELETE vault/payment-tokens/id':
        return { status: 204 };
      case 'POST notifications/verify-webhook-signature':
        return { status: 200, body: { verification_status: isSigned(given, body) ? 'SUCCESS' : 'FAILURE' } };
      case 'GET notifications/webhooks-events':
        return books.events(qs.parse(query.slice(1)));
      default:
        return fault(404, 'RESOURCE_NOT_FOUND');
    }
  }

  /** What PayPal signs: the transmission, its time, our webhook, and a checksum of the bytes it sent. */
  /** In hexadecimal: by the description a signature does not begin with every character of base64. */
  const signatureOf = (id: string, time: string, event: string): string => {
    const text = `${id}|${time}|${paypalApp.webhookId}|${crc32(event)}`;
    return createHmac('sha256', signingKey).update(text).digest('hex');
  };

  function isSigned(given: Record<string, string>, body: string): boolean {
    const mark = '"webhook_event":';
    const event = body.slice(body.indexOf(mark) + mark.length, -1);
    const { transmission_id: id = '', transmission_time: time = '' } = given;
    return (
      given['webhook_id'] === paypalApp.webhookId &&
      given['transmission_sig'] === signatureOf(id, time, event)
    );
  }

  function sign(event: string, at: Date): Record<string, string> {
    const [id, time] = ['69cd13f0-d67a-11e5-baa3-778b53f4ae55', at.toISOString()];
    return {
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77',
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': signatureOf(id, time, event),
    };
  }

  const server = await startLocalServer(handle);
  return {
    ...server,
    violations,
    sign,
    told: books.told,
    approve: books.approve,
    agree: books.agree,
    lose: books.lose,
    tokens: () => tokens,
    /** The access token ends before its time. */
    revokeToken: () => void (isTokenGood = false),
  };
}

/** "is not described" says less than what is wrong with a request that is. */
const rank = (faults: string[]): number => (faults[0]?.endsWith('is not described') ? 1 : 0);
