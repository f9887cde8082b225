import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cards, givenPayments } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

const types = (told: readonly { type: string }[]) => told.map(({ type }) => type);

describe('an order', () => {
  it('is paid by its buyer once the provider reports the money, and events is told', async () => {
    const order = orders.wish();
    await order.request();
    const { data } = await order.pay();
    expect(data.payOrder).toMatchObject({ order: { id: order.id, status: 'PAYING' }, userErrors: [] });
    expect(await order.told()).toEqual([]);
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PAID', paidAt: expect.any(Date) });
    expect(await order.told()).toMatchObject([
      { type: 'order.paid', data: { orderId: order.id, amountMinor: '2000', currency: 'EUR' } },
    ]);
    expect(await order.open()).toEqual({
      PROVIDER_CLEARING: 2_000,
      ORGANIZER_PAYABLE: -1_900,
      PLATFORM_REVENUE: -100,
    });
  });

  it('is told of once, in the transaction in which it comes to be', async () => {
    const order = orders.wish();
    await Promise.all([order.request(), order.request()]);
    await order.cancel();
    const openedAt = (await order.row()).createdAt.toISOString();
    expect(await order.opened()).toMatchObject([{ data: { orderId: order.id, openedAt } }]);
    const neverMade = orders.wish();
    await neverMade.cancel();
    expect(await neverMade.opened()).toEqual([]);
  });

  it('keeps the fee it was made under', async () => {
    const order = orders.wish();
    await order.request();
    await payments.db.platformFee.create({
      data: { version: 2, basisPoints: 1_000, changedAt: payments.clock.now() },
    });
    const later = await orders.paid();
    await order.pay();
    await payments.jobs.drain();
    await payments.db.platformFee.delete({ where: { version: 2 } });
    expect((await order.open())['PLATFORM_REVENUE']).toBe(-100);
    expect((await later.open())['PLATFORM_REVENUE']).toBe(-200);
  });

  it('can be paid again after a declined card', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay(cards.declined);
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PENDING', paymentFailure: 'card_declined' });
    await order.pay();
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PAID', paymentFailure: null });
    expect(types(await order.told())).toEqual(['order.paymentFailed', 'order.paid']);
  });

  it('costs nothing: nobody pays', async () => {
    const order = orders.wish({ total: 0n });
    await order.request();
    expect(await order.row()).toMatchObject({ status: 'PAID', paidByPaymentId: null });
    expect(await order.told()).toMatchObject([{ type: 'order.paid', data: { amountMinor: '0' } }]);
    expect(await order.open()).toEqual({});
  });

  it('is one order, one payment and one message, however often everything is told', async () => {
    const order = orders.wish();
    await Promise.all([order.request(), order.request(), order.request()]);
    const pay = () => order.pay(cards.reportedBadly, order.buyer, 'the-same-key');
    const answers = await Promise.all([pay(), pay(), pay()]);
    expect(answers.map(({ data }) => data.payOrder.userErrors)).toEqual([[], [], []]);
    await payments.jobs.drain();
    await order.request();
    expect(await payments.db.payment.count({ where: { orderId: order.key } })).toBe(1);
    expect(types(await order.told())).toEqual(['order.paid']);
  });

  it('takes one of two payments that come at the same moment', async () => {
    const order = orders.wish();
    await order.request();
    const answers = await Promise.all([order.pay(), order.pay(), order.pay()]);
    const codes = answers.flatMap(({ data }) => data.payOrder.userErrors as { code: string }[]);
    expect(codes.map(({ code }) => code)).toEqual(['PAYMENT_UNDER_WAY', 'PAYMENT_UNDER_WAY']);
  });

  it('is refused another request under the same key', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay(cards.succeeds, order.buyer, 'used');
    const { data } = await order.pay(cards.declined, order.buyer, 'used');
    expect(data.payOrder.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it.each([
    ['paid', async () => orders.paid()],
    [
      'cancelled',
      async () => {
        const order = orders.wish();
        await order.request();
        await order.cancel();
        return order;
      },
    ],
    [
      'late',
      async () => {
        const order = orders.wish({ payBefore: payments.clock.now().toISOString() });
        await order.request();
        return order;
      },
    ],
  ])('that is %s cannot be paid', async (_what, given) => {
    const order = await given();
    const { data } = await order.pay();
    expect(data.payOrder).toMatchObject({ order: null, userErrors: [{ code: 'ORDER_NOT_PAYABLE' }] });
  });

  it.each([
    ['another sum', { totalMinor: '1999' }],
    [
      'another product',
      { lines: [{ description: 'x', quantity: 2, unitAmountMinor: '999', amountMinor: '2000' }] },
    ],
  ])('with %s is not made', async (_what, overrides) => {
    const order = orders.wish(overrides);
    await expect(order.request()).rejects.toThrow('do not sum');
    expect(await payments.db.order.count({ where: { id: order.key } })).toBe(0);
  });

  it('is not paid by another amount: that needs a person', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay();
    await payments.jobs.drain('requestPayment');
    const [payment] = await payments.db.payment.findMany({ where: { orderId: order.key } });
    const sandboxId = payment!.providerPaymentId!;
    await payments.db.sandboxPayment.update({ where: { id: sandboxId }, data: { amountMinor: 1_999n } });
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PAYING' });
    const events = await payments.db.providerEvent.findMany({ where: { body: { contains: sandboxId } } });
    expect(events.map(({ outcome }) => outcome)).toContain('MISMATCH');
  });
});
