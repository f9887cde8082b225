import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';
import { givenPlans, type Subscriber } from '../testing/given-plans.js';

const minuteMs = 60_000;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let plans: ReturnType<typeof givenPlans>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  plans = givenPlans(payments);
  orders = givenOrders(payments);
  await plans.plan('GOLD_MONTHLY', { tier: 20, amountMinor: 1_999n });
});
afterAll(() => payments.stop());

/** Time passes, and the sweep and all that follows are done. */
async function pass(minutes: number): Promise<void> {
  payments.clock.advance(minutes * minuteMs);
  await payments.jobs.runTask('sweepProviders');
  await payments.jobs.drain();
}
const useCard = (person: Subscriber, card: string) =>
  plans.changeMethod(person, { paymentMethod: { sandboxCard: { number: card } } });

describe('a payer who never answers', () => {
  it('keeps no upgrade under way: it ends, and another one can be asked for', async () => {
    const person = await payments.given.subscriber();
    await useCard(person, cards.unanswered);
    await plans.changeTo(person, 'GOLD_MONTHLY');
    await payments.jobs.drain();
    await pass(14);
    expect((await plans.changeTo(person, 'GOLD_MONTHLY')).userErrors).toMatchObject([
      { code: 'PAYMENT_UNDER_WAY' },
    ]);
    await pass(2);
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      plan: { code: 'PREMIUM_MONTHLY' },
      paymentFailure: 'CANCELLED',
    });
    await useCard(person, cards.succeeds);
    expect((await plans.changeTo(person, 'GOLD_MONTHLY')).userErrors).toEqual([]);
    await payments.jobs.drain();
    expect(await payments.state(person.viewer)).toMatchObject({ plan: { code: 'GOLD_MONTHLY' } });
  });

  it('does not stop the clock: what is under an upgrade at its end is renewed when that has failed', async () => {
    const person = await payments.given.subscriber();
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    await useCard(person, cards.unanswered);
    plans.moveTo(new Date(new Date(String(currentPeriodEndsAt)).getTime() - minuteMs));
    await plans.changeTo(person, 'GOLD_MONTHLY');
    await payments.jobs.drain();
    plans.moveTo(String(currentPeriodEndsAt));
    await plans.pass();
    expect(await plans.charges(person)).toHaveLength(2);
    await pass(16);
    await useCard(person, cards.succeeds);
    await plans.pass();
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      plan: { code: 'PREMIUM_MONTHLY' },
      currentPeriodStartsAt: currentPeriodEndsAt,
    });
  });

  it('can subscribe again', async () => {
    const { viewer } = await payments.given.subscriber(cards.unanswered);
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    await pass(16);
    expect(await payments.state(viewer)).toMatchObject({ status: 'FAILED', paymentFailure: 'CANCELLED' });
    const { data } = await payments.as(viewer).execute(subscribe, purchase());
    expect(data.subscribe.userErrors).toEqual([]);
    await payments.jobs.drain();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('can pay the order another way', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay(cards.unanswered);
    await payments.jobs.drain();
    expect((await order.pay()).data.payOrder.userErrors).toMatchObject([{ code: 'PAYMENT_UNDER_WAY' }]);
    await pass(16);
    expect(await order.row()).toMatchObject({ status: 'PENDING', paymentFailure: 'cancelled' });
  });

  it('has nothing taken any more when the order is off', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay(cards.unanswered);
    await payments.jobs.drain();
    await order.cancel();
    await payments.jobs.drain();
    const made = await payments.db.payment.findFirstOrThrow({ where: { orderId: order.key } });
    expect(made).toMatchObject({ status: 'FAILED', failure: 'cancelled' });
    const { providerPaymentId } = made;
    expect(
      await payments.db.sandboxPayment.findUniqueOrThrow({ where: { id: providerPaymentId! } }),
    ).toMatchObject({ status: 'FAILED' });
  });
});
