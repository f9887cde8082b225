import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { purchase, subscribe } from '../../testing/given.js';
import { givenStripe } from '../../testing/given-stripe.js';
import { givenOrders, payOrder } from '../../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenStripe>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenStripe();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());
/** Every request was as Stripe describes its API. */
afterEach(() => expect(payments.server.violations).toEqual([]));

let keys = 0;
type Order = ReturnType<typeof orders.wish>;
async function pay(order: Order, method: string, idempotencyKey = `stripe-order-${++keys}`) {
  const input = {
    idempotencyKey,
    orderId: order.id,
    paymentMethod: { stripe: { paymentMethodId: method } },
  };
  const { data } = await payments.as(order.buyer).execute(payOrder, { input });
  await payments.jobs.drain();
  await payments.deliver();
  return data.payOrder;
}
const charges = (order: Order) =>
  payments.db.payment.findMany({ where: { orderId: order.key }, orderBy: { attempt: 'asc' } });

describe('an order that is paid through Stripe', () => {
  it('of a hundred thousand krónur costs a hundred thousand, and they come back', async () => {
    const order = orders.wish({ total: 100_000n, currency: 'ISK' });
    await order.request();
    await pay(order, 'pm_card_visa');
    const intents = payments.server.told.filter(({ type }) => type === 'payment_intent.succeeded');
    expect(intents.at(-1)).toMatchObject({ data: { object: { amount: 10_000_000, currency: 'isk' } } });
    expect(await order.row()).toMatchObject({ status: 'PAID' });
    await order.refund(100_000n, undefined, 'ISK');
    await payments.jobs.drain();
    await payments.deliver();
    expect(await order.row()).toMatchObject({ status: 'REFUNDED', refundedMinor: 100_000n });
  });

  it('in a currency that Stripe does not take asks for another method', async () => {
    const order = orders.wish({ currency: 'IRR' });
    await order.request();
    expect((await pay(order, 'pm_card_visa')).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', path: ['paymentMethod'] },
    ]);
    expect(await charges(order)).toEqual([]);
  });

  it('can be paid another way while the bank waits for an answer: the first way is given up', async () => {
    const order = orders.wish();
    await order.request();
    await pay(order, 'pm_card_authenticationRequired', 'first-way');
    expect(await order.row()).toMatchObject({ status: 'PAYING' });
    // The same call again is the same payment.
    await pay(order, 'pm_card_authenticationRequired', 'first-way');
    expect((await charges(order)).map(({ status }) => status)).toEqual(['CREATED']);
    expect((await pay(order, 'pm_card_visa')).userErrors).toEqual([]);
    expect(await order.row()).toMatchObject({ status: 'PAID', paymentFailure: null });
    expect((await charges(order)).map(({ status, failure }) => [status, failure])).toEqual([
      ['FAILED', 'replaced'],
      ['CAPTURED', null],
    ]);
    const messages = (await payments.messages(order.buyer)).map(({ type }) => type);
    expect(messages).toEqual(['payment.captured']);
    const told = payments.server.told.map(({ type }) => type);
    expect(told).toContain('payment_intent.canceled');
  });

  it('is not given up for a stranger', async () => {
    const order = orders.wish();
    await order.request();
    await pay(order, 'pm_card_authenticationRequired');
    const stranger = { ...order, buyer: payments.given.person().viewer };
    expect((await pay(stranger, 'pm_card_visa')).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await charges(order)).map(({ status }) => status)).toEqual(['CREATED']);
  });
});

describe('a subscription that is paid through Stripe', () => {
  it('can be bought another way while the bank waits for an answer', async () => {
    const { viewer } = payments.given.person();
    const buy = async (paymentMethodId: string) => {
      const input = purchase(undefined, { paymentMethod: { stripe: { paymentMethodId } } });
      const { data } = await payments.as(viewer).execute(subscribe, input);
      await payments.jobs.drain();
      await payments.deliver();
      return data.subscribe;
    };
    await buy('pm_card_authenticationRequired');
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    expect((await buy('pm_card_visa')).userErrors).toEqual([]);
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
    expect((await buy('pm_card_visa')).userErrors).toMatchObject([{ code: 'ALREADY_SUBSCRIBED' }]);
  });
});
