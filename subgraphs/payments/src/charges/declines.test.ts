import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

const add = `mutation ($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { id } userErrors { code } } }`;

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

describe('cards that are declined again and again', () => {
  it('are not tried any more that day, in whichever way, and nobody else is kept from paying', async () => {
    const order = orders.wish();
    await order.request();
    const viewer = order.buyer;
    const buy = async () =>
      (await payments.as(viewer).execute(subscribe, purchase(cards.declined))).data.subscribe.userErrors;
    for (let time = 0; time < 20; time += 1) {
      expect(await buy()).toEqual([]);
      await payments.jobs.drain();
    }
    const limited = ['RATE_LIMITED'];
    const codesOf = ({ data, codes }: { data: any; codes: readonly string[] }, name: string) => [
      ...codes,
      ...(data?.[name]?.userErrors ?? []).map(({ code }: { code: string }) => code),
    ];
    const paymentMethod = { sandboxCard: { number: cards.succeeds } };
    const saving = await payments
      .as(viewer)
      .execute(add, { input: { idempotencyKey: 'declines', paymentMethod } });
    const buying = await payments.as(viewer).execute(subscribe, purchase());
    expect(codesOf(buying, 'subscribe')).toEqual(limited);
    expect(codesOf(await order.pay(), 'payOrder')).toEqual(limited);
    expect(codesOf(saving, 'addPaymentMethod')).toEqual(limited);
    await payments.given.subscriber();
    payments.clock.advance(86_400_000);
    expect(codesOf(await payments.as(viewer).execute(subscribe, purchase()), 'subscribe')).toEqual([]);
  });
});
