import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refundIds } from '../ids.js';
import { PaymentRefused } from '../providers/index.js';
import { cards, givenPayments } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

const of = (told: readonly { type: string; data: unknown }[], type: string) =>
  told.filter((message) => message.type === type).map(({ data }) => data as Record<string, string>);

describe('money of an order that goes back', () => {
  it('is what was asked for, once, and each time it is asked for again that is told', async () => {
    const order = await orders.paid();
    const refundId = refundIds.create();
    await order.refund(500n, refundId);
    await order.refund(500n, refundId);
    await payments.jobs.drain();
    await order.refund(500n, refundId);
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedMinor: 500n });
    const told = of(await order.told(), 'order.refunded');
    expect(told.map((data) => [data['refundId'], data['amountMinor']])).toEqual([
      [refundIds.encode(refundId), '500'],
      [refundIds.encode(refundId), '500'],
    ]);
  });

  it('is taken from seller and platform as they earned it, to the last unit', async () => {
    const order = await orders.paid({ total: 999n });
    for (const amount of [333n, 333n, 333n]) await order.refund(amount);
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'REFUNDED', refundedMinor: 999n });
    expect(await order.open()).toEqual({});
  });

  it('is never more than came in, however many ask at once', async () => {
    const order = await orders.paid({ total: 1_000n });
    await Promise.all(Array.from({ length: 10 }, () => order.refund(300n)));
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ refundedMinor: 900n });
    const told = await order.told();
    expect(of(told, 'order.refunded')).toHaveLength(3);
    expect(of(told, 'order.refundFailed').map(({ reason }) => reason)).toEqual(
      Array.from({ length: 7 }, () => 'exceeds_payment'),
    );
    expect((await order.open())['PROVIDER_CLEARING']).toBe(100);
  });

  it('does not go in another currency', async () => {
    const order = await orders.paid();
    await order.refund(500n, refundIds.create(), 'USD');
    await payments.jobs.drain();
    expect(of(await order.told(), 'order.refundFailed')).toMatchObject([{ reason: 'other_currency' }]);
    expect(await order.row()).toMatchObject({ status: 'PAID', refundedMinor: 0n });
  });

  it('comes back when the bank of the buyer does not take it, and can be sent again', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay(cards.refundFails);
    await payments.jobs.drain();
    const refundId = refundIds.create();
    await order.refund(2_000n, refundId);
    await payments.jobs.drain();
    expect(of(await order.told(), 'order.refundFailed')).toHaveLength(1);
    expect(await order.row()).toMatchObject({ status: 'PAID', refundedMinor: 0n });
    expect(await order.open()).toEqual({
      PROVIDER_CLEARING: 2_000,
      ORGANIZER_PAYABLE: -1_900,
      PLATFORM_REVENUE: -100,
    });
    await order.refund(2_000n, refundId);
    expect(await payments.db.refund.count({ where: { payment: { orderId: order.key } } })).toBe(2);
  });
});

describe('a dispute', () => {
  it.each(['WON', 'LOST'] as const)('that is %s is told, and the books follow', async (end) => {
    const order = orders.wish();
    await order.request();
    await order.pay(end === 'WON' ? cards.disputedInVain : cards.disputed);
    await payments.jobs.drain();
    const told = of(await order.told(), 'order.disputed');
    expect(told.map(({ status }) => status)).toEqual(['OPEN', end]);
    expect(await order.row()).toMatchObject(
      end === 'WON' ? { status: 'PAID', disputedMinor: 0n } : { status: 'DISPUTED', disputedMinor: 2_000n },
    );
    expect(await order.open()).toEqual(
      end === 'WON' ? { PROVIDER_CLEARING: 2_000, ORGANIZER_PAYABLE: -1_900, PLATFORM_REVENUE: -100 } : {},
    );
  });
});

describe('a refund that the provider refuses', () => {
  it('is told as failed, and seller and platform have what they had', async () => {
    const refusing = await givenPayments({
      wrapProvider: (provider) => ({
        ...provider,
        createRefund: () => Promise.reject(new PaymentRefused('too old')),
      }),
    });
    const order = await givenOrders(refusing).paid();
    const before = await order.open();
    await order.refund(500n);
    expect(await order.open()).not.toEqual(before);
    await refusing.jobs.drain();
    const [row, told, after] = [await order.row(), await order.told(), await order.open()];
    await refusing.stop();
    expect(row).toMatchObject({ status: 'PAID', refundedMinor: 0n });
    expect(of(told, 'order.refundFailed')).toHaveLength(1);
    expect(after).toEqual(before);
  });
});
