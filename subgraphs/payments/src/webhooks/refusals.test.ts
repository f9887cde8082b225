import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { paypalApp, startPaypalServer, type PaypalServer } from '../providers/paypal/testing/server.js';
import { givenPayments } from '../testing/given.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let server: PaypalServer;
beforeAll(async () => {
  server = await startPaypalServer({ now: () => payments.clock.now() });
  payments = await givenPayments({
    settings: {
      PAYPAL_CLIENT_ID: paypalApp.clientId,
      PAYPAL_CLIENT_SECRET: paypalApp.clientSecret,
      PAYPAL_WEBHOOK_ID: paypalApp.webhookId,
      PAYPAL_API_URL: server.url,
    },
  });
});
afterAll(async () => {
  await payments.stop();
  await server.stop();
});
/** A minute later nobody is refused any more. */
afterEach(() => payments.clock.advance(60_000));

const body = JSON.stringify({
  id: 'WH-1',
  event_type: 'CHECKOUT.ORDER.SAVED',
  create_time: '2026-06-01T10:00:00.000Z',
  resource: {},
});
async function post(headers: Record<string, string>): Promise<number> {
  const url = payments.webhookUrl.replace('sandbox', 'paypal');
  const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
  const response = await fetch(url, init);
  await response.text();
  return response.status;
}
const signed = () => server.sign(body, payments.clock.now());

describe('a post to the webhook of a provider that has to be asked', () => {
  it('is refused without asking when its certificate is of somebody else', async () => {
    for (const certificate of ['https://paypal.com.example/cert', 'http://api.paypal.com/cert', 'cert']) {
      server.failNext('down');
      expect(await post({ ...signed(), 'paypal-cert-url': certificate })).toBe(400);
      // PayPal was not asked: its trouble is still to come.
      expect(await post(signed())).toBe(503);
    }
    expect(await post(signed())).toBe(200);
  });

  it('is refused when PayPal says that it makes no sense', async () => {
    expect(await post({ ...signed(), 'paypal-transmission-id': 'x'.repeat(300) })).toBe(400);
    server.violations.splice(0);
  });

  it('of an address that sends nothing but what is refused is not looked at, for a minute', async () => {
    const forged = { ...signed(), 'paypal-transmission-sig': 'forged' };
    const answers: number[] = [];
    for (let posted = 0; posted < 70; posted += 1) answers.push(await post(forged));
    expect(answers.slice(0, 60)).toEqual(Array(60).fill(400));
    expect(answers.slice(60)).toEqual(Array(10).fill(429));
    payments.clock.advance(60_000);
    expect(await post(signed())).toBe(200);
  });
});
