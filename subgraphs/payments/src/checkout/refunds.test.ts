import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditLines, aViewer } from '@diaspora/kit/testing';
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
  told.filter((message) => message.type === type).map(({ data }) => data as Record<string, unknown>);

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

const failed = `{ failedOrderRefunds(first: 10) {
  nodes { id orderId status failure advice attempts amount { amountMinor currency } } } }`;
const retry = `mutation ($input: RetryOrderRefundInput!) {
  retryOrderRefund(input: $input) { refund { status failure advice attempts } userErrors { code path } } }`;

describe('a refund that the provider refuses', () => {
  let refusing: Awaited<ReturnType<typeof givenPayments>>;
  let isRefused = true;
  beforeAll(async () => {
    refusing = await givenPayments({
      wrapProvider: (provider) => ({
        ...provider,
        createRefund: (request) =>
          isRefused ? Promise.reject(new PaymentRefused('too old')) : provider.createRefund(request),
      }),
    });
  });
  afterAll(() => refusing.stop());
  beforeEach(() => void (isRefused = true));

  async function refused() {
    const order = await givenOrders(refusing).paid();
    const refundId = refundIds.create();
    const before = await order.open();
    await order.refund(500n, refundId);
    expect(await order.open()).not.toEqual(before);
    await refusing.jobs.drain();
    return { order, before, refundId, id: refundIds.encode(refundId) };
  }
  type Someone = Parameters<typeof refusing.as>[0];
  const seenBy = async (viewer: Someone) =>
    (await refusing.as(viewer).execute(failed)).data.failedOrderRefunds.nodes as { id: string }[];
  const retriedBy = async (viewer: Someone, refundId: string) =>
    (await refusing.as(viewer).execute(retry, { input: { refundId } })).data.retryOrderRefund;

  it('is told as failed for good, and seller and platform have what they had', async () => {
    const { order, before } = await refused();
    expect(await order.row()).toMatchObject({ status: 'PAID', refundedMinor: 0n });
    expect(of(await order.told(), 'order.refundFailed')).toMatchObject([
      { reason: 'refused_by_provider', isFinal: true },
    ]);
    expect(await order.open()).toEqual(before);
  });

  it('is not tried again when events asks again, which is told the same once more', async () => {
    const { order, refundId } = await refused();
    isRefused = false;
    await order.refund(500n, refundId);
    await refusing.jobs.drain();
    expect(of(await order.told(), 'order.refundFailed').map(({ isFinal }) => isFinal)).toEqual([true, true]);
    expect(await order.row()).toMatchObject({ refundedMinor: 0n });
  });

  it('is shown to whoever sold and to super users, with what can be done', async () => {
    const { order, id } = await refused();
    expect(await seenBy(order.seller)).toEqual([
      {
        id,
        orderId: order.id,
        status: 'FAILED_FINALLY',
        failure: 'refused_by_provider',
        advice: expect.stringContaining('pay the buyer in another way'),
        attempts: 1,
        amount: { amountMinor: 500, currency: 'EUR' },
      },
    ]);
    expect(await seenBy(aViewer({ roles: ['SUPER_USER'] }))).toContainEqual(expect.objectContaining({ id }));
    for (const other of [order.buyer, refusing.given.person().viewer]) {
      expect(await seenBy(other)).toEqual([]);
      expect(await retriedBy(other, id)).toEqual({
        refund: null,
        userErrors: [{ code: 'NOT_FOUND', path: ['refundId'] }],
      });
    }
    expect((await refusing.anonymous.execute(failed)).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('is tried again on command, once at a time, and arrives', async () => {
    const { order, id } = await refused();
    isRefused = false;
    const answers = await Promise.all([1, 2, 3].map(() => retriedBy(order.seller, id)));
    expect(answers.map(({ refund }) => refund)).toEqual(
      answers.map(() => ({ status: 'REQUESTED', failure: null, advice: null, attempts: 2 })),
    );
    await refusing.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedMinor: 500n });
    expect(of(await order.told(), 'order.refunded')).toHaveLength(1);
    expect(await seenBy(order.seller)).toEqual([]);
    const lines = await auditLines(refusing.db, order.id);
    expect(lines.filter(({ action }) => action === 'order.refundRetried')).toHaveLength(1);
  });

  it('fails for good again when it is refused again', async () => {
    const { order, id } = await refused();
    await retriedBy(aViewer({ roles: ['SUPER_USER'] }), id);
    await refusing.jobs.drain();
    expect(await seenBy(order.seller)).toMatchObject([{ id, attempts: 2 }]);
  });
});

describe('a refund that a bank sends back', () => {
  it('is tried twelve times, and has then failed for good', async () => {
    const order = orders.wish();
    await order.request();
    await order.pay(cards.refundFails);
    await payments.jobs.drain();
    const refundId = refundIds.create();
    for (let attempt = 1; attempt <= 13; attempt += 1) {
      await order.refund(2_000n, refundId);
      await payments.jobs.drain();
    }
    const told = of(await order.told(), 'order.refundFailed').map(({ isFinal }) => isFinal);
    expect(told).toEqual([...Array<boolean>(11).fill(false), true, true]);
    expect(await payments.db.refund.count({ where: { payment: { orderId: order.key } } })).toBe(12);
  });
});
