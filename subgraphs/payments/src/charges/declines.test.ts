import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { paymentIds } from '../ids.js';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

const add = `mutation ($input: AddPaymentMethodInput!) {
  addPaymentMethod(input: $input) { paymentMethod { id } userErrors { code } } }`;
const dayMs = 86_400_000;

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

/** Somebody with an order, who had so many payments of it declined just now. */
async function declined(times: number, failure = 'card_declined') {
  const order = orders.wish();
  await order.request();
  const [createdAt, settledAt] = [payments.clock.now(), payments.clock.now()];
  const about = { orderId: order.key, userId: order.buyer.id, provider: 'sandbox', isPayerPresent: true };
  await payments.db.payment.createMany({
    data: Array.from({ length: times }, (_none, index) => ({
      ...about,
      id: paymentIds.create(),
      attempt: index + 1,
      amountMinor: 2_000n,
      currency: 'EUR',
      status: 'FAILED' as const,
      failure,
      ...{ createdAt, settledAt },
    })),
  });
  return order;
}
type Answer = { readonly data: any; readonly codes: readonly string[] };
const codesOf = ({ data, codes }: Answer): string[] => [
  ...codes,
  ...Object.values<{ userErrors?: { code: string }[] }>(data ?? {}).flatMap(
    (payload) => payload?.userErrors?.map(({ code }) => code) ?? [],
  ),
];

describe('whoever has cards declined again and again', () => {
  it('pays no more that day, in whichever way, and can the next', async () => {
    const order = await declined(20);
    const viewer = order.buyer;
    const save = () => {
      const paymentMethod = { sandboxCard: { number: cards.succeeds } };
      return payments.as(viewer).execute(add, { input: { idempotencyKey: 'declines', paymentMethod } });
    };
    const buy = () => payments.as(viewer).execute(subscribe, purchase());
    for (const pay of [order.pay, save, buy]) expect(codesOf(await pay())).toEqual(['RATE_LIMITED']);
    payments.clock.advance(dayMs);
    for (const pay of [save, buy]) expect(codesOf(await pay())).toEqual([]);
  });

  it('is nobody whose payments were given up', async () => {
    const order = await declined(20, 'replaced');
    expect(codesOf(await order.pay())).toEqual([]);
  });

  it('is nobody who mistypes now and then', async () => {
    const order = await declined(19);
    expect(codesOf(await order.pay())).toEqual([]);
  });
});
