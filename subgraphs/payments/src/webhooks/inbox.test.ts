import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aViewer } from '@diaspora/kit/testing';
import { eventBody, post, signedByStripe } from '../testing/events.js';
import { givenPayments, purchase, subscribe } from '../testing/given.js';

const listed = `query ($outcome: ProviderEventOutcome, $first: Int, $after: String) {
  providerEvents(outcome: $outcome, provider: "sandbox", first: $first, after: $after) {
    nodes { provider account eventId type outcome processedAt } pageInfo { hasNextPage endCursor }
  }
}`;

describe('what providers tell', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments();
  });
  afterAll(() => payments.stop());
  beforeEach(() => payments.db.providerEvent.deleteMany());

  async function waiting() {
    const { viewer } = payments.given.person();
    await payments.as(viewer).execute(subscribe, purchase());
    await payments.jobs.take();
    const payment = await payments.db.payment.findFirstOrThrow({ where: { userId: viewer.id } });
    return { viewer, payment };
  }
  const send = async (body: string) =>
    expect(await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()))).toBe(200);
  const sweep = async () => {
    await payments.jobs.runTask('sweepProviders');
    await payments.jobs.drain('processProviderEvent');
  };
  const stored = () => payments.db.providerEvent.findFirstOrThrow();

  it('is worked on by the sweep when its job was lost', async () => {
    const { viewer, payment } = await waiting();
    await send(eventBody('payment.captured', payment));
    await payments.jobs.take();
    await sweep();
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    payments.clock.advance(600_000);
    await sweep();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('is counted by what became of it, so that types that mean nothing here are seen', async () => {
    const { payment } = await waiting();
    const counted = async () => {
      const { values } = await payments.registry.getSingleMetric('provider_events_total')!.get();
      const ofUnknown = values.find(({ labels }) => labels['outcome'] === 'UNKNOWN_TYPE');
      return ofUnknown ? { provider: ofUnknown.labels['provider'], count: ofUnknown.value } : null;
    };
    expect(await counted()).toBeNull();
    await send(eventBody('payment.noticed', payment));
    const [job] = await payments.jobs.take('processProviderEvent');
    for (let time = 0; time < 2; time += 1) await payments.jobs.run(job!);
    expect(await counted()).toEqual({ provider: 'sandbox', count: 1 });
  });

  it('waits a day for the payment that it tells of', async () => {
    const { viewer, payment } = await waiting();
    const away = '019a9f00-0000-7000-8000-00000000dead';
    await payments.db.payment.update({ where: { id: payment.id }, data: { provider: 'elsewhere' } });
    await send(eventBody('payment.captured', payment));
    await payments.jobs.drain('processProviderEvent');
    expect(await stored()).toMatchObject({ outcome: 'UNKNOWN_PAYMENT', processedAt: null });
    await payments.db.payment.update({ where: { id: payment.id }, data: { provider: 'sandbox' } });
    payments.clock.advance(600_000);
    await sweep();
    expect(await stored()).toMatchObject({ outcome: 'APPLIED' });
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
    await payments.db.providerEvent.deleteMany();
    await send(eventBody('payment.captured', { ...payment, id: away, providerPaymentId: 'sbx_pay_away' }));
    await payments.jobs.drain('processProviderEvent');
    payments.clock.advance(25 * 3_600_000);
    await sweep();
    expect(await stored()).toMatchObject({ outcome: 'UNKNOWN_PAYMENT', processedAt: payments.clock.now() });
  });

  it('is put aside when it breaks the provider’s own form, and holds nothing up', async () => {
    const { viewer, payment } = await waiting();
    await send(eventBody('payment.captured', payment, { amount: 'much' }));
    await send(eventBody('payment.captured', payment));
    await payments.jobs.drain('processProviderEvent');
    expect(await payments.db.providerEvent.count({ where: { outcome: 'UNREADABLE' } })).toBe(1);
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('is kept apart by the account it is about', async () => {
    const { payment } = await waiting();
    await send(eventBody('payment.noticed', payment, { id: 'evt_one' }));
    const event = await stored();
    await payments.db.providerEvent.create({ data: { ...event, account: 'acct_other' } });
    await payments.jobs.drain('processProviderEvent');
    const outcomes = await payments.db.providerEvent.findMany({ orderBy: { account: 'asc' } });
    expect(outcomes.map(({ account, outcome }) => [account, outcome])).toEqual([
      ['', 'UNKNOWN_TYPE'],
      ['acct_other', null],
    ]);
  });

  it('is listed for super users by what became of it, without its words', async () => {
    const { payment } = await waiting();
    for (let count = 0; count < 3; count += 1) await send(eventBody('payment.noticed', payment));
    await send(eventBody('payment.created', payment));
    await payments.jobs.drain('processProviderEvent');
    const root = payments.as(aViewer({ roles: ['SUPER_USER'] }));
    const first = (await root.execute(listed, { outcome: 'UNKNOWN_TYPE', first: 2 })).data.providerEvents;
    expect(first.nodes).toEqual(
      Array(2).fill(expect.objectContaining({ provider: 'sandbox', account: '', type: 'payment.noticed' })),
    );
    const after = first.pageInfo.endCursor as string;
    const rest = (await root.execute(listed, { outcome: 'UNKNOWN_TYPE', first: 2, after })).data
      .providerEvents;
    expect(rest).toMatchObject({ nodes: [{ outcome: 'UNKNOWN_TYPE' }], pageInfo: { hasNextPage: false } });
  });

  it.each([
    ['a visitor', null, 'UNAUTHENTICATED'],
    ['a member', aViewer(), 'FORBIDDEN'],
    ['an ambassador', aViewer({ roles: ['AMBASSADOR'] }), 'FORBIDDEN'],
  ])('is nothing for %s', async (_who, viewer, code) => {
    const client = viewer ? payments.as(viewer) : payments.anonymous;
    expect((await client.execute(listed, { first: 1 })).codes).toEqual([code]);
  });
});
