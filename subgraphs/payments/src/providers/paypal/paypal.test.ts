import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { testClock } from '@diaspora/kit/testing';
import { PaymentRefused, type PaymentProvider } from '../index.js';
import { fromPaypal, toPaypal } from './money.js';
import { createPaypal } from './paypal.js';
import { paypalApp, startPaypalServer, type PaypalServer } from './testing/server.js';

const pages = { returnUrl: 'https://app.example/paid', cancelUrl: 'https://app.example/not-paid' };
let serial = 0;

describe('paying through PayPal', () => {
  const clock = testClock();
  let server: PaypalServer;
  let paypal: PaymentProvider;
  beforeAll(async () => {
    server = await startPaypalServer(clock);
    paypal = createPaypal({ settings: { ...paypalApp, apiUrl: server.url }, clock });
  });
  afterAll(() => server.stop());
  /** Every request was as PayPal describes its API. */
  afterEach(() => expect(server.violations).toEqual([]));

  const request = (token: string) => {
    const reference = `pay_${++serial}`;
    const who = { customer: 'usr_1', customerId: null, isPayerPresent: true, isRepeated: false };
    return { ...who, amountMinor: 1_999n, currency: 'EUR', token, reference, idempotencyKey: reference };
  };
  const accepted = () => paypal.accept({ paypal: pages }, 'ONCE')!;
  const lastNews = () => {
    const event = server.told.at(-1)!;
    return paypal.interpret({ type: String(event['event_type']), body: JSON.stringify(event) });
  };

  it('sends the payer to PayPal, and fetches the money when they agreed', async () => {
    const asked = request(accepted());
    const { providerPaymentId, nextAction } = await paypal.createPayment(asked);
    expect(nextAction).toEqual({ kind: 'REDIRECT', url: expect.stringContaining(providerPaymentId) });
    const capture = { providerPaymentId, idempotencyKey: `${asked.reference}-capture` };
    await expect(paypal.capturePayment!({ ...capture, idempotencyKey: 'early' })).rejects.toThrow(
      PaymentRefused,
    );
    server.approve(providerPaymentId);
    expect(lastNews()).toMatchObject({
      status: 'AUTHORISED',
      needsCapture: true,
      reference: asked.reference,
    });
    await paypal.capturePayment!(capture);
    await paypal.capturePayment!(capture);
    await paypal.capturePayment!({ ...capture, idempotencyKey: 'another' });
    expect(lastNews()).toMatchObject({
      status: 'CAPTURED',
      amountMinor: 1_999n,
      feeMinor: 50n,
      providerPaymentId,
    });
    expect(server.told.filter((event) => event['event_type'] === 'PAYMENT.CAPTURE.COMPLETED')).toHaveLength(
      1,
    );
  });

  it('keeps an account when its owner agreed, and charges it when they are away', async () => {
    const saved = await paypal.saveMethod({
      token: accepted(),
      idempotencyKey: 'pmt_1',
      reference: 'pmt_1',
      customerId: null,
    });
    if (saved.status !== 'ACTION_REQUIRED') throw new Error(saved.status);
    const complete = { setupId: saved.setupId, idempotencyKey: 'pmt_1' };
    expect(saved.nextAction).toMatchObject({ kind: 'REDIRECT', url: expect.stringContaining(saved.setupId) });
    expect(await paypal.completeMethod(complete)).toEqual(saved);
    server.agree(saved.setupId);
    const kept = await paypal.completeMethod(complete);
    expect(kept).toMatchObject({ status: 'ACTIVE', details: { kind: 'PAYPAL', last4: null } });
    expect(await paypal.completeMethod(complete)).toEqual(kept);
    if (kept.status !== 'ACTIVE') throw new Error(kept.status);
    const charged = await paypal.createPayment({ ...request(kept.token), isPayerPresent: false });
    expect(charged.nextAction).toBeNull();
    expect(lastNews()).toMatchObject({ status: 'CAPTURED' });
    await paypal.forgetMethod(kept.token);
  });

  it.each([
    [{ ...pages, returnUrl: 'javascript:alert(1)' }, 'returnUrl'],
    [{ ...pages, cancelUrl: '' }, 'cancelUrl'],
  ])('takes no page that is none: %p', (given, field) => {
    expect(() => paypal.accept({ paypal: given }, 'ONCE')).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ path: ['paymentMethod', 'paypal', field] }),
      }),
    );
  });

  it('renews nothing with an account that was not saved', () => {
    for (const use of ['NOW_AND_LATER', 'LATER'] as const)
      expect(() => paypal.accept({ paypal: pages }, use)).toThrow('Save PayPal');
  });

  it('asks for one access token at a time, and for another when it ended or was revoked', async () => {
    const fresh = createPaypal({ settings: { ...paypalApp, apiUrl: server.url }, clock });
    const before = server.tokens();
    await Promise.all([1, 2, 3, 4].map(() => fresh.createPayment(request('vault:good'))));
    expect(server.tokens()).toBe(before + 1);
    server.revokeToken();
    await fresh.createPayment(request('vault:good'));
    expect(server.tokens()).toBe(before + 2);
    clock.advance(10 * 3_600_000);
    await fresh.createPayment(request('vault:good'));
    expect(server.tokens()).toBe(before + 3);
  });

  it('sends a webhook to PayPal byte for byte as it came', async () => {
    const body = JSON.stringify(server.told[0], null, 2).replace('"EUR"', '"\\u0045UR"');
    const event = await paypal.verifyWebhook(Buffer.from(body), server.sign(body, clock.now()));
    expect(event.body).toBe(body);
  });
});

describe('amounts as PayPal writes them', () => {
  it.each([
    [1_999n, 'EUR', '19.99'],
    [5n, 'EUR', '0.05'],
    [1_999n, 'JPY', '1999'],
    [1_234_000n, 'TWD', '12340'],
  ])('%p of %s are %s', (amountMinor, currency, value) => {
    const written = toPaypal(amountMinor, currency);
    expect(written).toEqual({ currency_code: currency, value });
    expect(fromPaypal(written)).toEqual({ amountMinor, currency });
  });

  it('have no parts where PayPal takes none', () => {
    expect(() => toPaypal(1_234_050n, 'TWD')).toThrow(PaymentRefused);
    expect(() => toPaypal(100n, 'ISK')).toThrow(PaymentRefused);
    expect(() => fromPaypal({ currency_code: 'JPY', value: '1.5' })).toThrow('no amount');
  });

  it('come back as they went', () => {
    const currency = fc.constantFrom('EUR', 'JPY', 'SEK');
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), currency, (amountMinor, code) => {
        expect(fromPaypal(toPaypal(amountMinor, code))).toEqual({ amountMinor, currency: code });
      }),
    );
  });
});
