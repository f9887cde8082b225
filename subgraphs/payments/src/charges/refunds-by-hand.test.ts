import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Payment } from '../__generated__/prisma/client.js';
import { refundIds } from '../ids.js';
import { disputeBody, eventBody, post, refundBody, signedByStripe } from '../testing/events.js';
import { givenPayments } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

const dayMs = 86_400_000;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
beforeAll(async () => {
  payments = await givenPayments();
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());

async function tell(body: string): Promise<string | null> {
  expect(await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()))).toBe(200);
  await payments.jobs.drain('processProviderEvent');
  const { id: eventId } = JSON.parse(body) as { id: string };
  return (await payments.db.providerEvent.findFirstOrThrow({ where: { eventId } })).outcome;
}
const paymentOf = (orderId: string) => payments.db.payment.findFirstOrThrow({ where: { orderId } });
const refundsOf = ({ id: paymentId }: Payment) =>
  payments.db.refund.findMany({ where: { paymentId }, orderBy: { id: 'asc' } });
const sweep = async () => {
  await payments.jobs.runTask('sweepProviders');
  await payments.jobs.drain();
};

describe('a refund that was made at the provider by hand', () => {
  it('while ours is on its way waits until that one failed, and is booked', async () => {
    const order = await orders.paid();
    const payment = await paymentOf(order.key);
    await order.refund(2_000n);
    await payments.jobs.take('requestRefund');
    const byHand = refundBody('payment.refunded', payment, { id: 'by_hand_first', amount: '500' });
    expect(await tell(byHand)).toBe('EXCEEDS_PAYMENT');
    const { id } = (await refundsOf(payment))[0]!;
    const reference = refundIds.encode(id);
    payments.clock.advance(2 * dayMs);
    await tell(refundBody('refund.failed', payment, { id: 'ours', amount: '2000', reference }));
    await sweep();
    expect((await refundsOf(payment)).map(({ amountMinor, status }) => [amountMinor, status])).toEqual([
      [2_000n, 'FAILED'],
      [500n, 'SUCCEEDED'],
    ]);
    expect(await order.row()).toMatchObject({ status: 'PARTIALLY_REFUNDED', refundedMinor: 500n });
    expect((await order.open())['PROVIDER_CLEARING']).toBe(1_500);
  });

  it('under the name of one of ours that was made already is for a person to see', async () => {
    const order = await orders.paid();
    const payment = await paymentOf(order.key);
    await order.refund(500n);
    await payments.jobs.drain();
    const { id } = (await refundsOf(payment))[0]!;
    const again = { id: 'made_twice', amount: '500', reference: refundIds.encode(id) };
    expect(await tell(refundBody('payment.refunded', payment, again))).toBe('MISMATCH');
  });
});

describe('money that is owed back', () => {
  /** Paid after it was cancelled. */
  async function owed() {
    const order = orders.wish();
    await order.request();
    await order.pay();
    await payments.jobs.take();
    await order.cancel();
    const payment = await paymentOf(order.key);
    const providerPaymentId = `sbx_pay_late_${payment.id}`;
    expect(await tell(eventBody('payment.captured', payment, { providerPaymentId }))).toBe('OWED_BACK');
    const now = await paymentOf(order.key);
    const fail = async () => {
      const refund = (await refundsOf(now)).at(-1)!;
      await payments.jobs.take('requestRefund');
      const failed = { amount: `${refund.amountMinor}`, reference: refundIds.encode(refund.id) };
      return tell(refundBody('refund.failed', now, { id: `ref_${refund.id}`, ...failed }));
    };
    return { payment: now, fail };
  }

  it('is sent again a day after its refund failed, once, and so on', async () => {
    const { payment, fail } = await owed();
    expect(await fail()).toBe('REFUND_FAILED');
    await payments.jobs.runTask('sweepProviders');
    expect(await refundsOf(payment)).toHaveLength(1);
    payments.clock.advance(dayMs + 60_000);
    for (let time = 0; time < 2; time += 1) await payments.jobs.runTask('sweepProviders');
    expect((await refundsOf(payment)).map(({ reason, status }) => [reason, status])).toEqual([
      ['OWED_BACK', 'FAILED'],
      ['OWED_BACK', 'REQUESTED'],
    ]);
    await fail();
    payments.clock.advance(dayMs + 60_000);
    await payments.jobs.runTask('sweepProviders');
    expect(await refundsOf(payment)).toHaveLength(3);
  });

  it('is sent back when its bank gave it back that had taken it', async () => {
    const { payment, fail } = await owed();
    await fail();
    const dispute = { id: `dsp_${payment.id}`, amount: '2000', openedAt: payments.clock.now() };
    await tell(disputeBody('OPEN', payment, dispute));
    payments.clock.advance(dayMs + 60_000);
    await payments.jobs.runTask('sweepProviders');
    expect(await refundsOf(payment)).toHaveLength(1);
    await tell(disputeBody('WON', payment, { ...dispute, at: payments.clock.now() }));
    await payments.jobs.runTask('sweepProviders');
    expect((await refundsOf(payment)).at(-1)).toMatchObject({ status: 'REQUESTED', amountMinor: 2_000n });
  });
});
