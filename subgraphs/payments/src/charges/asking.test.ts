import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { personalDataOf } from '@diaspora/kit/testing';
import { paymentIds } from '../ids.js';
import { ProviderUnavailable, type PaymentProvider } from '../providers/index.js';
import { givenPayments, purchase, subscribe } from '../testing/given.js';
import { givenOrders } from '../testing/orders.js';

const hourMs = 3_600_000;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let orders: ReturnType<typeof givenOrders>;
/** What was asked of the provider, and whether its answers arrive. */
const asked: string[] = [];
let isDown = false;
let isLost = false;

/** A provider that forgets keys after six hours, and fetches what was approved. */
function watched(provider: PaymentProvider): PaymentProvider {
  const told = async <Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> => {
    asked.push(what);
    if (isDown) throw new ProviderUnavailable('sandbox');
    const answer = await call();
    if (isLost) throw new ProviderUnavailable('sandbox');
    return answer;
  };
  return {
    ...provider,
    keysLastMs: 6 * hourMs,
    createPayment: (request) => told('payment', () => provider.createPayment(request)),
    createRefund: (request) => told('refund', () => provider.createRefund(request)),
    capturePayment: () => told('capture', async () => undefined),
  };
}

beforeAll(async () => {
  payments = await givenPayments({ wrapProvider: watched });
  orders = givenOrders(payments);
});
afterAll(() => payments.stop());
beforeEach(() => {
  asked.splice(0);
  isDown = isLost = false;
});

const paymentOf = (orderId: string) => payments.db.payment.findFirstOrThrow({ where: { orderId } });
async function paying() {
  const order = orders.wish();
  await order.request();
  await order.pay();
  return order;
}
const sweep = () => payments.jobs.runTask('sweepProviders');

describe('money that nobody wants any more', () => {
  it('is not asked for when the order was cancelled before its job ran', async () => {
    const order = await paying();
    await order.cancel();
    await payments.jobs.drain();
    expect(asked).toEqual([]);
    expect(await paymentOf(order.key)).toMatchObject({ status: 'FAILED', failure: 'not_wanted', token: '' });
    expect(await payments.messages(order.buyer)).toEqual([]);
  });

  it('is not asked for again when the order was cancelled while the provider was down', async () => {
    const order = await paying();
    const [job] = await payments.jobs.take('requestPayment');
    isDown = true;
    await expect(payments.jobs.run(job!)).rejects.toThrow('does not answer');
    await order.cancel();
    isDown = false;
    await payments.jobs.run(job!);
    expect(asked).toEqual(['payment']);
    expect(await paymentOf(order.key)).toMatchObject({ status: 'FAILED', failure: 'not_wanted' });
  });

  it('is not fetched when the buyer agreed after the order was cancelled', async () => {
    const order = await paying();
    const { id } = await paymentOf(order.key);
    await payments.jobs.take();
    const approved = { status: 'AUTHORISED', providerPaymentId: `sbx_pay_${id}` } as const;
    await payments.db.payment.update({ where: { id }, data: approved });
    await payments.jobs.runTask('capturePayment', { paymentId: id });
    expect(asked).toEqual(['capture']);
    await order.cancel();
    await payments.jobs.runTask('capturePayment', { paymentId: id });
    expect(asked).toEqual(['capture']);
    expect(await paymentOf(order.key)).toMatchObject({ status: 'FAILED', failure: 'not_wanted' });
  });

  it('is not taken from a person who is gone', async () => {
    const { viewer } = payments.given.person();
    await payments.as(viewer).execute(subscribe, purchase());
    const jobs = await payments.jobs.take('requestPayment');
    await personalDataOf(payments.subgraph.jobs!, payments.privateStore).erase(viewer.id);
    for (const job of jobs) await payments.jobs.run(job);
    expect(asked).toEqual([]);
  });
});

describe('a key that the provider forgets', () => {
  it('is not used again after that: what the provider never told of was never paid', async () => {
    const order = await paying();
    const [job] = await payments.jobs.take('requestPayment');
    isDown = true;
    await expect(payments.jobs.run(job!)).rejects.toThrow('does not answer');
    isDown = false;
    payments.clock.advance(6 * hourMs);
    await payments.jobs.run(job!);
    expect(asked).toEqual(['payment']);
    expect(await paymentOf(order.key)).toMatchObject({ status: 'CREATED' });
    payments.clock.advance(hourMs);
    await sweep();
    await payments.jobs.drain();
    expect(asked).toEqual(['payment']);
    expect(await paymentOf(order.key)).toMatchObject({ status: 'FAILED', failure: 'not_acknowledged' });
    expect(await order.row()).toMatchObject({ status: 'PENDING' });
  });

  it('is used again until then, and finds what was made', async () => {
    const order = await paying();
    const [job] = await payments.jobs.take('requestPayment');
    isLost = true;
    await expect(payments.jobs.run(job!)).rejects.toThrow('does not answer');
    isLost = false;
    payments.clock.advance(5 * hourMs);
    await payments.jobs.run(job!);
    await payments.jobs.drain();
    expect(await order.row()).toMatchObject({ status: 'PAID' });
    const { id } = await paymentOf(order.key);
    const reference = paymentIds.encode(id);
    expect(asked).toEqual(['payment', 'payment']);
    expect(await payments.db.sandboxPayment.count({ where: { reference } })).toBe(1);
  });

  it('sends no money back twice: the refund fails and is asked for anew', async () => {
    const order = await orders.paid();
    await order.refund(500n);
    const [job] = await payments.jobs.take('requestRefund');
    isDown = true;
    await expect(payments.jobs.run(job!)).rejects.toThrow('does not answer');
    isDown = false;
    asked.splice(0);
    payments.clock.advance(7 * hourMs);
    await sweep();
    await payments.jobs.drain();
    expect(asked).toEqual([]);
    const { id } = await paymentOf(order.key);
    expect(await payments.db.refund.findMany({ where: { paymentId: id } })).toMatchObject([
      { status: 'FAILED', failure: 'not_acknowledged' },
    ]);
    expect((await order.told()).at(-1)).toMatchObject({
      type: 'order.refundFailed',
      data: { isFinal: false },
    });
  });
});
