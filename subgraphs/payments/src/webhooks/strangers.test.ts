import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { paymentIds } from '../ids.js';
import { givenStripe } from '../testing/given-stripe.js';
import { givenOrders } from '../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenStripe>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenStripe();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

describe('what Stripe tells of others', () => {
  it('under the name of one of our payments, in an account that is not ours, pays nothing', async () => {
    const order = orders.wish();
    await order.request();
    const { id } = await payments.db.payment.create({
      data: {
        id: paymentIds.create(),
        userId: order.buyer.id,
        orderId: order.key,
        attempt: 1,
        amountMinor: 2_000n,
        currency: 'EUR',
        provider: 'stripe',
        createdAt: payments.clock.now(),
      },
    });
    const intent = {
      id: 'pi_of_a_stranger',
      object: 'payment_intent',
      amount: 2_000,
      currency: 'eur',
      metadata: { reference: paymentIds.encode(id) },
    };
    payments.server.told.push({
      id: 'evt_of_a_stranger',
      object: 'event',
      account: 'acct_stranger',
      created: Math.floor(payments.clock.now().getTime() / 1_000),
      type: 'payment_intent.succeeded',
      data: { object: intent },
    });
    await payments.deliver();
    expect(await payments.db.providerEvent.findFirst({ where: { account: 'acct_stranger' } })).toMatchObject({
      outcome: 'OTHER_ACCOUNT',
    });
    expect(await order.row()).toMatchObject({ status: 'PENDING' });
    expect(await payments.db.payment.findUnique({ where: { id } })).toMatchObject({ status: 'CREATED' });
  });
});

describe('a list of events with one that breaks the form', () => {
  it('is read to its end, and the one is for a person to see', async () => {
    const created = Math.floor(payments.clock.now().getTime() / 1_000);
    const about = { object: 'event', created, data: { object: { id: 'seti_1' } } };
    const good = { ...about, id: 'evt_after_the_broken', type: 'setup_intent.succeeded' };
    const broken = { ...about, id: 'evt broken', type: 'setup_intent.succeeded' };
    payments.server.told.push(broken, good, broken);
    for (let time = 0; time < 2; time += 1) {
      await payments.jobs.runTask('sweepProviders');
      await payments.jobs.drain('processProviderEvent');
    }
    expect(await payments.db.providerEvent.findMany({ where: { type: 'unreadable' } })).toMatchObject([
      { provider: 'stripe', outcome: 'UNREADABLE' },
    ]);
    expect(
      await payments.db.providerEvent.count({
        where: { eventId: 'evt_after_the_broken', processedAt: { not: null } },
      }),
    ).toBe(1);
    expect(await payments.db.providerSweep.findFirst({ where: { provider: 'stripe' } })).toMatchObject({
      sweptUntil: payments.clock.now(),
    });
  });
});
