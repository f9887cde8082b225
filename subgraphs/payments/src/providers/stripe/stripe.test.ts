import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import type { Viewer } from '@diaspora/kit';
import { personalDataOf } from '@diaspora/kit/testing';
import { givenPayments, purchase, subscribe, webhookSecret } from '../../testing/given.js';
import { startStripeServer, stripeKey, type StripeServer } from './testing/server.js';

const add = `mutation ($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) {
    paymentMethod { id status brand last4 wallet isDefault nextAction { kind clientSecret url } } userErrors { code }
  }
}`;
const confirm = `mutation ($input: ConfirmPaymentMethodInput!) {
  confirmPaymentMethod(input: $input) { paymentMethod { status nextAction { kind } } userErrors { code } }
}`;
const action = '{ viewerSubscription { status paymentFailure nextAction { kind clientSecret url } } }';

describe('paying through Stripe', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  let server: StripeServer;
  beforeAll(async () => {
    server = await startStripeServer({ now: () => payments.clock.now() });
    payments = await givenPayments({
      settings: {
        STRIPE_SECRET_KEY: stripeKey,
        STRIPE_WEBHOOK_SECRET: webhookSecret,
        STRIPE_API_URL: server.url,
      },
    });
  });
  afterAll(async () => {
    await payments.stop();
    await server.stop();
  });
  /** Every request was as Stripe describes its API. */
  afterEach(() => expect(server.violations).toEqual([]));

  const { webhooks } = new Stripe('sk_test_never_used');
  let delivered = 0;
  /** Stripe calls our webhook with everything that is new. */
  async function deliver(): Promise<void> {
    for (const event of server.told.slice(delivered)) {
      const payload = JSON.stringify(event);
      const timestamp = Math.floor(payments.clock.now().getTime() / 1_000);
      const signature = webhooks.generateTestHeaderString({ payload, secret: webhookSecret, timestamp });
      const response = await fetch(payments.webhookUrl.replace('sandbox', 'stripe'), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': signature },
        body: payload,
      });
      expect(response.status).toBe(200);
      delivered += 1;
    }
    await payments.jobs.drain();
  }

  let keys = 0;
  const stripeMethod = (paymentMethodId: string) => ({ stripe: { paymentMethodId } });
  const save = async (viewer: Viewer, method: string) => {
    const input = { idempotencyKey: `stripe-${++keys}`, paymentMethod: stripeMethod(method) };
    return (await payments.as(viewer).execute(add, { input })).data.addPaymentMethod;
  };
  const buy = async (viewer: Viewer, method: string) => {
    const input = purchase(undefined, { paymentMethod: stripeMethod(method) });
    expect((await payments.as(viewer).execute(subscribe, input)).data.subscribe.userErrors).toEqual([]);
    await payments.jobs.drain();
  };
  const seen = async (viewer: Viewer) => (await payments.as(viewer).execute(action)).data.viewerSubscription;
  const person = () => payments.given.person().viewer;

  it('saves a card and a wallet for one customer of Stripe', async () => {
    const viewer = person();
    expect((await save(viewer, 'pm_card_visa')).paymentMethod).toMatchObject({
      status: 'ACTIVE',
      brand: 'visa',
      last4: '4242',
      wallet: null,
      isDefault: true,
    });
    expect((await save(viewer, 'pm_card_applePay')).paymentMethod).toMatchObject({ wallet: 'APPLE_PAY' });
    expect(await payments.db.providerCustomer.count({ where: { userId: viewer.id } })).toBe(1);
    const tokens = await payments.db.paymentMethod.findMany({ where: { userId: viewer.id } });
    expect(tokens.every(({ token }) => /^pm_\w+:cus_\w+$/.test(token))).toBe(true);
  });

  it('has the person answer their bank before it saves a card, and hears of it by the webhook', async () => {
    const viewer = person();
    const { paymentMethod } = await save(viewer, 'pm_card_authenticationRequired');
    expect(paymentMethod).toMatchObject({
      status: 'ACTION_REQUIRED',
      nextAction: { kind: 'CONFIRM', clientSecret: expect.stringMatching(/^secret_/), url: null },
    });
    const input = { paymentMethodId: paymentMethod.id };
    const early = (await payments.as(viewer).execute(confirm, { input })).data.confirmPaymentMethod;
    expect(early.paymentMethod).toMatchObject({ status: 'ACTION_REQUIRED' });
    const { setupId } = await payments.db.paymentMethod.findFirstOrThrow({ where: { userId: viewer.id } });
    server.agree(setupId!);
    await deliver();
    const late = (await payments.as(viewer).execute(confirm, { input })).data.confirmPaymentMethod;
    expect(late.paymentMethod).toEqual({ status: 'ACTIVE', nextAction: null });
  });

  it('saves no card that the bank declines, and none that Stripe does not know', async () => {
    for (const method of ['pm_card_chargeDeclined', 'pm_nobody']) {
      const { paymentMethod, userErrors } = await save(person(), method);
      expect({ paymentMethod, userErrors }).toEqual({
        paymentMethod: null,
        userErrors: [{ code: 'PAYMENT_METHOD_REFUSED' }],
      });
    }
  });

  it('sells a subscription, renews it when the payer is away, and follows disputes', async () => {
    const viewer = person();
    await buy(viewer, 'pm_card_createDispute');
    expect(await seen(viewer)).toMatchObject({ status: 'PENDING', nextAction: null });
    await deliver();
    const [payment] = await payments.db.payment.findMany({ where: { userId: viewer.id } });
    expect(payment).toMatchObject({ status: 'CAPTURED', provider: 'stripe', token: '' });
    expect(await seen(viewer)).toMatchObject({ status: 'ACTIVE' });
    server.lose();
    await deliver();
    expect(await payments.db.dispute.findMany({ where: { paymentId: payment!.id } })).toMatchObject([
      { status: 'LOST' },
    ]);
    expect(await seen(viewer)).toMatchObject({ status: 'FAILED' });
    const renewing = person();
    await buy(renewing, 'pm_card_visa');
    await deliver();
    payments.clock.advance(32 * 86_400_000);
    await payments.jobs.runTask('advanceSubscriptions');
    await payments.jobs.drain();
    await deliver();
    const paid = await payments.db.payment.count({ where: { userId: renewing.id, status: 'CAPTURED' } });
    expect(paid).toBe(2);
  });

  it('shows the payer what their bank asks, and nobody else', async () => {
    const viewer = person();
    await buy(viewer, 'pm_card_authenticationRequired');
    await deliver();
    expect(await seen(viewer)).toEqual({
      status: 'PENDING',
      paymentFailure: null,
      nextAction: { kind: 'CONFIRM', clientSecret: expect.stringMatching(/^secret_/), url: null },
    });
  });

  it('fails a purchase that the bank declines, with the reason', async () => {
    const viewer = person();
    await buy(viewer, 'pm_card_chargeDeclined');
    await deliver();
    expect(await seen(viewer)).toEqual({
      status: 'FAILED',
      paymentFailure: 'CARD_DECLINED',
      nextAction: null,
    });
  });

  it('is unavailable when Stripe is down, and goes on with the same key', async () => {
    const viewer = person();
    const input = { idempotencyKey: 'down', paymentMethod: stripeMethod('pm_card_visa') };
    server.failNext('down');
    expect((await payments.as(viewer).execute(add, { input })).codes).toEqual(['UNAVAILABLE']);
    const { paymentMethod } = (await payments.as(viewer).execute(add, { input })).data.addPaymentMethod;
    expect(paymentMethod).toMatchObject({ status: 'ACTIVE' });
  });

  it('has Stripe forget a person who is gone', async () => {
    const viewer = person();
    await save(viewer, 'pm_card_visa');
    await personalDataOf(payments.subgraph.jobs!, payments.privateStore).erase(viewer.id);
    const before = server.requests.length;
    await payments.jobs.drain();
    expect(server.requests.slice(before).sort()).toEqual([
      expect.stringMatching(/^DELETE \/v1\/customers\/cus_/),
      'POST /v1/payment_methods/pm_card_visa/detach',
    ]);
  });
});
