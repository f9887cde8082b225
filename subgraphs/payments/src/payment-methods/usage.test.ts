import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { paymentMethodIds } from '../ids.js';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';
import { givenPlans } from '../testing/given-plans.js';
import { givenOrders, payOrder } from '../testing/orders.js';

const add = `mutation ($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { id } userErrors { code } } }`;
const remove = `mutation ($input: RemovePaymentMethodInput!) {
  removePaymentMethod(input: $input) { paymentMethod { status } userErrors { code path } } }`;
const charged = '{ viewerSubscription { paymentMethod { id last4 } } }';
const refused = {
  paymentMethod: null,
  userErrors: [{ code: 'PAYMENT_METHOD_IN_USE', path: ['paymentMethodId'] }],
};
const removed = { paymentMethod: { status: 'REMOVED' }, userErrors: [] };

let payments: Awaited<ReturnType<typeof givenPayments>>;
let plans: ReturnType<typeof givenPlans>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  plans = givenPlans(payments);
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

let keys = 0;
async function save(viewer: Viewer, number = cards.succeeds): Promise<string> {
  const input = { idempotencyKey: `usage-${++keys}`, paymentMethod: { sandboxCard: { number } } };
  return (await payments.as(viewer).execute(add, { input })).data.addPaymentMethod.paymentMethod.id;
}
const take = async (viewer: Viewer, paymentMethodId: string) =>
  (await payments.as(viewer).execute(remove, { input: { paymentMethodId } })).data.removePaymentMethod;
/** Somebody whose subscription is charged to a card that they saved. */
async function subscriber() {
  const { viewer } = payments.given.person();
  const paymentMethodId = await save(viewer);
  const input = purchase(undefined, { paymentMethod: undefined, paymentMethodId });
  const { data } = await payments.as(viewer).execute(subscribe, input);
  await payments.jobs.drain();
  return { viewer, paymentMethodId, subscriptionId: data.subscribe.subscription.id as string, input };
}

describe('a payment method that a subscription is charged to', () => {
  it('is shown with it, and cannot be removed', async () => {
    const { viewer, paymentMethodId } = await subscriber();
    const { data } = await payments.as(viewer).execute(charged);
    expect(data.viewerSubscription.paymentMethod).toEqual({ id: paymentMethodId, last4: '4242' });
    expect(await take(viewer, paymentMethodId)).toEqual(refused);
  });

  it('can be removed once another one is charged', async () => {
    const person = await subscriber();
    const other = await save(person.viewer, cards.delayed);
    await plans.changeMethod(person, { paymentMethodId: other });
    expect(await take(person.viewer, person.paymentMethodId)).toEqual(removed);
    expect(await take(person.viewer, other)).toEqual(refused);
  });

  it('can be removed when it is not charged any more, and is asked for when that is taken back', async () => {
    const person = await subscriber();
    await plans.cancel(person);
    expect(await take(person.viewer, person.paymentMethodId)).toEqual(removed);
    await payments.jobs.drain('forgetPaymentMethod');
    expect(await plans.resume(person)).toMatchObject({
      userErrors: [{ code: 'PAYMENT_METHOD_NOT_ACTIVE', path: ['subscriptionId'] }],
    });
    await plans.changeMethod(person, { paymentMethodId: await save(person.viewer) });
    expect(await plans.resume(person)).toMatchObject({ userErrors: [] });
  });

  it('is either removed or charged, when both are wished at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { viewer } = payments.given.person();
      const paymentMethodId = await save(viewer);
      const input = purchase(undefined, { paymentMethod: undefined, paymentMethodId });
      const [bought, taken] = await Promise.all([
        payments.as(viewer).execute(subscribe, input),
        take(viewer, paymentMethodId),
      ]);
      const isBought = bought.data.subscribe.subscription !== null;
      expect({ isBought, isRemoved: taken.paymentMethod !== null }).toEqual({
        isBought,
        isRemoved: !isBought,
      });
    }
  });

  it('answers a repeated purchase as the first one, also when it is gone', async () => {
    const person = await subscriber();
    await plans.cancel(person, { atPeriodEnd: false });
    expect(await take(person.viewer, person.paymentMethodId)).toEqual(removed);
    const { data } = await payments.as(person.viewer).execute(subscribe, person.input);
    expect(data.subscribe).toMatchObject({ subscription: { id: person.subscriptionId }, userErrors: [] });
  });
});

describe('a payment method that an order is paid with', () => {
  async function paying() {
    const order = orders.wish();
    await order.request();
    const paymentMethodId = await save(order.buyer);
    const input = { idempotencyKey: `usage-pay-${++keys}`, orderId: order.id, paymentMethodId };
    const pay = async () => (await payments.as(order.buyer).execute(payOrder, { input })).data.payOrder;
    expect(await pay()).toMatchObject({ order: { status: 'PAYING' }, userErrors: [] });
    return { order, paymentMethodId, pay };
  }

  it('cannot be removed before the payment has ended', async () => {
    const { order, paymentMethodId } = await paying();
    expect(await take(order.buyer, paymentMethodId)).toEqual(refused);
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PAID' });
    expect(await take(order.buyer, paymentMethodId)).toEqual(removed);
  });

  it('answers a repeated payOrder as the first one when it is gone', async () => {
    const { order, paymentMethodId, pay } = await paying();
    await payments.jobs.drain();
    await take(order.buyer, paymentMethodId);
    await payments.jobs.drain('forgetPaymentMethod');
    const where = { id: paymentMethodIds.decode(paymentMethodId) };
    expect(await payments.db.paymentMethod.count({ where })).toBe(0);
    expect(await pay()).toMatchObject({ order: { status: 'PAID' }, userErrors: [] });
  });
});
