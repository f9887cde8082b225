import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refundIds } from '../ids.js';
import { cards, givenPayments } from '../testing/given.js';
import { permutations } from '../testing/given-charges.js';
import { givenOrders } from '../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

const types = (told: readonly { type: string }[]) => told.map(({ type }) => type);

describe('an order that is cancelled', () => {
  it('says so once', async () => {
    const order = orders.wish();
    await order.request();
    await order.cancel();
    await order.cancel('BUYER');
    expect(await order.row()).toMatchObject({ status: 'CANCELLED', cancelledAt: expect.any(Date) });
    expect(types(await order.told())).toEqual(['order.cancelled']);
  });

  it('may have been cancelled before it was known', async () => {
    const order = orders.wish();
    await order.cancel();
    await order.request();
    expect(await order.row()).toMatchObject({ status: 'CANCELLED' });
    expect(types(await order.told()).filter((type) => type !== 'order.cancelled')).toEqual([]);
    const { data } = await order.pay();
    expect(data.payOrder.userErrors).toMatchObject([{ code: 'ORDER_NOT_PAYABLE' }]);
  });

  it('gives money back that still comes in', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay(cards.delayed);
    await payments.jobs.drain('requestPayment');
    await order.cancel();
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'CANCELLED', paidAt: null });
    const refunds = await payments.db.refund.findMany({ where: { payment: { orderId: order.key } } });
    expect(refunds).toMatchObject([{ amountMinor: 2_000n, status: 'SUCCEEDED' }]);
    expect(types(await order.told())).toEqual(['order.cancelled']);
    expect(await order.open()).toEqual({});
  });

  it('stays paid when it was paid before', async () => {
    const order = await orders.paid();
    await order.cancel();
    expect(await order.row()).toMatchObject({ status: 'PAID' });
    expect(types(await order.told())).toEqual(['order.paid']);
  });

  it('is either cancelled or paid when both come at the same moment, and its money is where that says', async () => {
    const [rounds, ends] = [12, new Set<string>()];
    for (let round = 0; round < rounds; round++) {
      const order = orders.wish();
      await order.request();
      await order.pay();
      await payments.jobs.drain('requestPayment');
      await payments.jobs.drain('settleSandboxPayment');
      await payments.jobs.drain('deliverSandboxEvent');
      const events = await payments.jobs.take('processProviderEvent');
      const settle = () => Promise.all(events.map((event) => payments.jobs.run(event)));
      // The later the cancellation begins, the likelier the money is first; in the end it is.
      const cancel = async () => {
        for (let step = 0; step < round * 4; step++) await payments.db.$queryRaw`SELECT 1`;
        await order.cancel();
      };
      if (round === 0) await cancel().then(settle);
      else if (round === rounds - 1) await settle().then(cancel);
      else await Promise.all([cancel(), settle()]);
      await payments.jobs.drain();
      const { status } = await order.row();
      ends.add(status);
      const isPaid = status === 'PAID';
      expect(types(await order.told())).toEqual([isPaid ? 'order.paid' : 'order.cancelled']);
      expect(Object.keys(await order.open())).toHaveLength(isPaid ? 3 : 0);
    }
    expect(ends).toEqual(new Set(['PAID', 'CANCELLED']));
  });
});

describe('wishes of events in any order', () => {
  const everyOrder = [...permutations(['request', 'cancel', 'refund'] as const)];

  it.each(everyOrder)('leave nothing open: %s, %s, %s', async (...wishes) => {
    const order = orders.wish();
    const refundId = refundIds.create();
    const make = {
      request: order.request,
      cancel: order.cancel,
      refund: () => order.refund(2_000n, refundId),
    };
    for (const each of wishes) await make[each]();
    for (const each of wishes) await make[each]();
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'CANCELLED' });
    const told = types(await order.told());
    expect(new Set(told)).toEqual(new Set(['order.cancelled', 'order.refundFailed']));
    expect(await order.open()).toEqual({});
  });

  it('refund what was wished back before it was paid', async () => {
    const order = orders.wish();
    await order.refund(500n);
    await order.request();
    await order.refund(700n);
    await order.pay();
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedMinor: 1_200n });
    expect(types(await order.told())).toEqual(['order.paid', 'order.refunded', 'order.refunded']);
    expect(await order.open()).toEqual({
      PROVIDER_CLEARING: 800,
      ORGANIZER_PAYABLE: -760,
      PLATFORM_REVENUE: -40,
    });
  });
});
