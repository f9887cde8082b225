import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { paymentIds } from '../ids.js';
import { givenPayments, purchase, subscribe } from '../testing/given.js';
import { PaymentRefused, type PaymentProvider } from './index.js';

type CreatePayment = PaymentProvider['createPayment'];

describe('asking a provider for money', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  /** What happens instead of a plain call. */
  let interfere: (call: CreatePayment) => CreatePayment;
  beforeAll(async () => {
    payments = await givenPayments({
      wrapProvider: (provider) => ({
        ...provider,
        createPayment: (request) => interfere((asked) => provider.createPayment(asked))(request),
      }),
    });
  });
  afterAll(() => payments.stop());
  beforeEach(async () => {
    interfere = (call) => call;
    await payments.jobs.take();
  });

  /** A purchase whose job has not begun. */
  async function bought() {
    const { viewer } = payments.given.person();
    await payments.as(viewer).execute(subscribe, purchase());
    const [job] = await payments.jobs.take('requestPayment');
    return { viewer, job: job! };
  }
  const charged = async (viewer: { id: string }) => {
    const { id } = await payments.db.payment.findFirstOrThrow({
      where: { subscription: { userId: viewer.id } },
    });
    const reference = paymentIds.encode(id);
    return payments.db.sandboxPayment.count({ where: { reference } });
  };

  it('makes one payment when the answer was lost and the job is repeated', async () => {
    const { viewer, job } = await bought();
    interfere = (call) => async (request) => {
      await call(request);
      throw new Error('connection lost');
    };
    await expect(payments.jobs.run(job)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    interfere = (call) => call;
    await payments.jobs.run(job);
    await payments.jobs.run(job);
    expect(await charged(viewer)).toBe(1);
    await payments.jobs.drain();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('makes one payment when two workers do the job at once', async () => {
    const { viewer, job } = await bought();
    await Promise.all([payments.jobs.run(job), payments.jobs.run(job)]);
    expect(await charged(viewer)).toBe(1);
  });

  it('is told of one decision when the sandbox decides twice', async () => {
    const { job } = await bought();
    await payments.jobs.run(job);
    const [settlement] = await payments.jobs.take('settleSandboxPayment');
    await Promise.all([payments.jobs.run(settlement!), payments.jobs.run(settlement!)]);
    expect(await payments.jobs.take('deliverSandboxEvent')).toHaveLength(2);
  });

  it('asks again, hours later, for a payment whose job is lost', async () => {
    const { viewer } = await bought();
    await payments.jobs.runTask('sweepProviders');
    expect(await payments.jobs.take('requestPayment')).toEqual([]);
    payments.clock.advance(2 * 3_600_000);
    await payments.jobs.runTask('sweepProviders');
    await payments.jobs.drain();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
    expect(await charged(viewer)).toBe(1);
  });

  it('fails the purchase when the provider will never make the payment', async () => {
    const { viewer, job } = await bought();
    interfere = () => async () => Promise.reject(new PaymentRefused('no'));
    await payments.jobs.run(job);
    expect(await payments.state(viewer)).toMatchObject({
      status: 'FAILED',
      paymentFailure: 'REFUSED_BY_PROVIDER',
    });
  });

  it('finds by the sweep what no webhook brought', async () => {
    const { viewer, job } = await bought();
    await payments.jobs.run(job);
    await payments.jobs.drain('settleSandboxPayment');
    expect(await payments.jobs.take('deliverSandboxEvent')).toHaveLength(2);
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    await payments.jobs.runTask('sweepProviders');
    await payments.jobs.drain('processProviderEvent');
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
    const before = await payments.db.providerEvent.count();
    await payments.jobs.runTask('sweepProviders');
    expect(await payments.db.providerEvent.count()).toBe(before);
  });

  it('reads all pages of a long list of events', async () => {
    await payments.given.subscriber();
    const event = await payments.db.sandboxEvent.findFirstOrThrow();
    const copies = Array.from({ length: 150 }, (_, at) => `${event.id}_${at}`);
    await payments.db.sandboxEvent.createMany({
      data: copies.map((id) => ({ ...event, id, body: event.body.replace(event.id, id) })),
    });
    const all = await payments.db.sandboxEvent.count();
    await payments.db.providerEvent.deleteMany();
    await payments.db.providerSweep.deleteMany();
    await payments.jobs.runTask('sweepProviders');
    expect(await payments.db.providerEvent.count()).toBe(all);
  });

  it('takes it for undelivered when the webhook answers anything but success', async () => {
    const { viewer, job } = await bought();
    await payments.jobs.run(job);
    await payments.jobs.drain('settleSandboxPayment');
    const deliveries = await payments.jobs.take('deliverSandboxEvent');
    const undo = await payments.breakInbox();
    for (const delivery of deliveries) {
      await expect(payments.jobs.run(delivery)).rejects.toThrow('The webhook answered 500');
    }
    await undo();
    payments.clock.advance(60_000);
    for (const delivery of deliveries) await payments.jobs.run(delivery);
    await payments.jobs.drain('processProviderEvent');
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });
});
