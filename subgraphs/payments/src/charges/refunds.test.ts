import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOutbox } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { refundIds } from '../ids.js';
import { messages } from '../messages.js';
import { createProviders } from '../providers/index.js';
import { cards, givenPayments } from '../testing/given.js';
import { createCharges, createCustomers, type MoneyMovement, type Purpose } from './index.js';

describe('sending money back', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  const movements: MoneyMovement[] = [];
  beforeAll(async () => {
    payments = await givenPayments({ listeners: [async (_tx, movement) => void movements.push(movement)] });
  });
  afterAll(() => payments.stop());

  const nothing: Purpose = {
    lock: async () => undefined,
    wants: async () => true,
    captured: async () => 'APPLIED',
    failed: async () => undefined,
    refunded: async () => undefined,
    disputed: async () => undefined,
  };
  /** As another slice has them: only what writes into a transaction is used. */
  const charges = () =>
    createCharges({
      db: payments.db,
      clock: payments.clock,
      log: silentLog,
      outbox: createOutbox(messages, { clock: payments.clock }),
      providers: createProviders([]),
      customers: createCustomers({ db: payments.db, clock: payments.clock, providers: createProviders([]) }),
      purposes: { subscription: nothing },
      listeners: [],
      documents: [],
    });
  const refund = (paymentId: string, amountMinor: bigint, refundId = refundIds.create()) =>
    payments.db.$transaction((tx) =>
      charges().refund(tx, { refundId, paymentId, amountMinor, reason: 'TEST' }),
    );

  async function paid(card = cards.succeeds) {
    const { viewer, key } = await payments.given.subscriber(card);
    const payment = await payments.db.payment.findFirstOrThrow({ where: { subscriptionId: key } });
    return { viewer, payment };
  }
  const moved = (paymentId: string) =>
    movements
      .filter(({ payment }) => payment.id === paymentId)
      .map(({ kind, amountMinor }) => [kind, amountMinor] as const);

  it('asks the provider by a job, books it when the provider says so, and tells the others', async () => {
    const { viewer, payment } = await paid();
    const { id } = await refund(payment.id, 300n);
    expect(moved(payment.id)).toEqual([
      ['CAPTURED', 799n],
      ['FEE', 23n],
    ]);
    await payments.jobs.drain();
    expect(await payments.db.refund.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'SUCCEEDED',
    });
    expect(moved(payment.id).at(-1)).toEqual(['REFUNDED', 300n]);
    expect((await payments.messages(viewer)).at(-1)).toMatchObject({
      type: 'payment.refunded',
      data: { refundId: refundIds.encode(id), amountMinor: '300', orderId: null },
    });
  });

  it('makes one refund of one key, however often it is asked for and the job is repeated', async () => {
    const { payment } = await paid();
    const id = refundIds.create();
    await Promise.all(Array.from({ length: 5 }, () => refund(payment.id, 100n, id)));
    const [job, ...more] = await payments.jobs.take('requestRefund');
    expect(more).toEqual([]);
    await Promise.all([payments.jobs.run(job!), payments.jobs.run(job!)]);
    expect(await payments.db.sandboxRefund.count({ where: { reference: refundIds.encode(id) } })).toBe(1);
    await expect(refund(payment.id, 200n, id)).rejects.toThrow('another refund');
  });

  it('never sends back more than came in, of whole refunds and parts asked for at once', async () => {
    const { payment } = await paid();
    const asked = await Promise.allSettled(Array.from({ length: 12 }, () => refund(payment.id, 100n)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    await expect(refund(payment.id, 100n)).rejects.toMatchObject({ code: 'CONFLICT' });
    await refund(payment.id, 99n);
    await expect(refund(payment.id, 1n)).rejects.toMatchObject({ code: 'CONFLICT' });
    await payments.jobs.drain();
    const gone = moved(payment.id).filter(([kind]) => kind === 'REFUNDED');
    expect(gone.reduce((sum, [, amount]) => sum + amount, 0n)).toBe(799n);
  });

  it.each([0n, -1n])('refuses to send back %p', async (amount) => {
    const { payment } = await paid();
    await expect(refund(payment.id, amount)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('sends nothing back of a payment that was declined', async () => {
    const { payment } = await paid(cards.declined);
    await expect(refund(payment.id, 1n)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('takes a refund back into the books when the bank returns it, and may send it again', async () => {
    const { payment } = await paid(cards.refundFails);
    const { id } = await refund(payment.id, 799n);
    await payments.jobs.drain();
    expect(await payments.db.refund.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'FAILED',
      failure: 'returned_by_bank',
    });
    expect(moved(payment.id).slice(-2)).toEqual([
      ['REFUNDED', 799n],
      ['REFUND_FAILED', 799n],
    ]);
    await refund(payment.id, 799n);
  });

  it('asks again, hours later, for a refund whose job is lost', async () => {
    const { payment } = await paid();
    const { id } = await refund(payment.id, 10n);
    await payments.jobs.take('requestRefund');
    payments.clock.advance(2 * 3_600_000);
    await payments.jobs.runTask('sweepProviders');
    await payments.jobs.drain();
    expect(await payments.db.refund.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: 'SUCCEEDED',
    });
  });

  it('books what the payer’s bank takes and how that ends', async () => {
    const lost = await paid(cards.disputed);
    expect(moved(lost.payment.id).slice(2)).toEqual([
      ['DISPUTED', 799n],
      ['DISPUTE_LOST', 799n],
    ]);
    expect(await payments.state(lost.viewer)).toMatchObject({ status: 'FAILED' });
    await expect(refund(lost.payment.id, 1n)).rejects.toMatchObject({ code: 'CONFLICT' });
    const won = await paid(cards.disputedInVain);
    expect(moved(won.payment.id).slice(2)).toEqual([
      ['DISPUTED', 799n],
      ['DISPUTE_WON', 799n],
    ]);
    expect(await payments.state(won.viewer)).toMatchObject({ status: 'ACTIVE' });
  });
});
