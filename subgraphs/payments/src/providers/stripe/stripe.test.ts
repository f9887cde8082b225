import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { personalDataOf } from '@diaspora/kit/testing';
import { purchase, subscribe } from '../../testing/given.js';
import { changeMethod } from '../../testing/given-plans.js';
import { givenStripe } from '../../testing/given-stripe.js';

const confirm = `mutation ($input: ConfirmPaymentMethodInput!) {
  confirmPaymentMethod(input: $input) { paymentMethod { status nextAction { kind } } userErrors { code } }
}`;

const add = `mutation ($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) {
    paymentMethod { id status brand last4 wallet isDefault nextAction { kind clientSecret url } } userErrors { code }
  }
}`;
const action = '{ viewerSubscription { status paymentFailure nextAction { kind clientSecret url } } }';
const stripeMethod = (paymentMethodId: string) => ({ stripe: { paymentMethodId } });

/** What people do who pay through Stripe. */
async function givenPayers() {
  const payments = await givenStripe();
  let keys = 0;
  const save = async (viewer: Viewer, method: string, idempotencyKey = `stripe-${++keys}`) => {
    const input = { idempotencyKey, paymentMethod: stripeMethod(method) };
    const { data, codes } = await payments.as(viewer).execute(add, { input });
    return { ...data?.addPaymentMethod, codes };
  };
  const buy = async (viewer: Viewer, method: string) => {
    const input = purchase(undefined, { paymentMethod: stripeMethod(method) });
    const { data } = await payments.as(viewer).execute(subscribe, input);
    expect(data.subscribe.userErrors).toEqual([]);
    await payments.jobs.drain();
  };
  const seen = async (viewer: Viewer) => (await payments.as(viewer).execute(action)).data.viewerSubscription;
  const person = () => payments.given.person().viewer;
  const { server, deliver, stop } = payments;
  return { payments, server, deliver, save, buy, seen, person, stop };
}

describe('paying through Stripe', () => {
  let given: Awaited<ReturnType<typeof givenPayers>>;
  beforeAll(async () => {
    given = await givenPayers();
  });
  afterAll(() => given.stop());
  /** Every request was as Stripe describes its API. */
  afterEach(() => expect(given.server.violations).toEqual([]));

  it('saves a card and a wallet for one customer of Stripe', async () => {
    const { payments, save, person } = given;
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
    const { payments, server, deliver, save, person } = given;
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
    const { save, person } = given;
    for (const method of ['pm_card_chargeDeclined', 'pm_nobody']) {
      const { paymentMethod, userErrors } = await save(person(), method);
      expect({ paymentMethod, userErrors }).toEqual({
        paymentMethod: null,
        userErrors: [{ code: 'PAYMENT_METHOD_REFUSED' }],
      });
    }
  });

  it('sells a subscription, renews it when the payer is away, and follows disputes', async () => {
    const { payments, server, deliver, buy, seen, person } = given;
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

  it('charges nobody later with a card that was not saved: neither after a trial nor in the place of another', async () => {
    const { payments, deliver, buy, person } = given;
    const viewer = person();
    const raw = { paymentMethod: stripeMethod('pm_card_visa') };
    const refusal = { code: 'INVALID_INPUT', path: ['paymentMethod', 'stripe'] };
    const trial = purchase(undefined, { ...raw, startsWithTrial: true });
    const { data } = await payments.as(viewer).execute(subscribe, trial);
    expect(data.subscribe).toMatchObject({ subscription: null, userErrors: [refusal] });
    await buy(viewer, 'pm_card_visa');
    await deliver();
    const subscriptionId = (await payments.state(viewer))['id'];
    const changed = await payments.as(viewer).execute(changeMethod, { input: { subscriptionId, ...raw } });
    expect(changed.data.changeSubscriptionPaymentMethod).toMatchObject({ userErrors: [refusal] });
  });

  it('takes the first money after a trial when its payer is away, because they agreed when the card was saved', async () => {
    const { payments, server, deliver, save, seen, person } = given;
    const viewer = person();
    const { paymentMethod } = await save(viewer, 'pm_card_authenticationRequired');
    const input = purchase(undefined, {
      paymentMethod: undefined,
      paymentMethodId: paymentMethod.id,
      startsWithTrial: true,
    });
    const begin = async () => (await payments.as(viewer).execute(subscribe, input)).data.subscribe;
    expect((await begin()).userErrors).toMatchObject([{ code: 'PAYMENT_METHOD_NOT_ACTIVE' }]);
    const { setupId } = await payments.db.paymentMethod.findFirstOrThrow({ where: { userId: viewer.id } });
    server.agree(setupId!);
    await deliver();
    expect(await begin()).toMatchObject({ subscription: { status: 'TRIALING' }, userErrors: [] });
    payments.clock.advance(14 * 86_400_000);
    await payments.jobs.runTask('advanceSubscriptions');
    await payments.jobs.drain();
    await deliver();
    expect(await seen(viewer)).toMatchObject({ status: 'ACTIVE', paymentFailure: null });
  });

  it('books what Stripe keeps, once Stripe has booked it', async () => {
    const { payments, server, deliver, buy, person } = given;
    const viewer = person();
    server.book(false);
    await buy(viewer, 'pm_card_visa');
    await expect(deliver()).rejects.toThrow('not booked yet');
    const { id: paymentId } = await payments.db.payment.findFirstOrThrow({ where: { userId: viewer.id } });
    server.book(true);
    for (let time = 0; time < 2; time += 1) await payments.jobs.runTask('readPaymentFee', { paymentId });
    const booked = await payments.db.ledgerTransaction.findMany({
      where: { kind: 'PROVIDER_FEE', reference: paymentId },
      include: { postings: { include: { account: true } } },
    });
    expect(booked).toHaveLength(1);
    const sides = booked[0]!.postings.map(({ account, amountMinor }) => [account.type, amountMinor]);
    expect(Object.fromEntries(sides)).toEqual({ PROVIDER_FEES: 37n, PROVIDER_CLEARING: -37n });
    expect(await payments.db.payment.findUnique({ where: { id: paymentId } })).toMatchObject({
      feeMinor: 37n,
    });
  });

  it('shows the payer what their bank asks, and nobody else', async () => {
    const { deliver, buy, seen, person } = given;
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
    const { deliver, buy, seen, person } = given;
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
    const { save, server, person } = given;
    const viewer = person();
    server.failNext('down');
    expect((await save(viewer, 'pm_card_visa', 'down')).codes).toEqual(['UNAVAILABLE']);
    const { paymentMethod } = await save(viewer, 'pm_card_visa', 'down');
    expect(paymentMethod).toMatchObject({ status: 'ACTIVE' });
  });

  it('has Stripe forget a person who is gone', async () => {
    const { payments, server, save, person } = given;
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
