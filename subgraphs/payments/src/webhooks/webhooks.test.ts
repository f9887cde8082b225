import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import type { Payment } from '../__generated__/prisma/client.js';
import { signPayload } from '../providers/signature.js';
import { eventBody, post, signedByStripe } from '../testing/events.js';
import { givenPayments, purchase, subscribe, webhookSecret } from '../testing/given.js';

describe('the webhook inbox', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments();
  });
  afterAll(() => payments.stop());
  beforeEach(() => payments.db.providerEvent.deleteMany());

  /** A person whose payment was asked for, and nothing heard of it yet. */
  async function waiting() {
    const { viewer } = payments.given.person();
    await payments.as(viewer).execute(subscribe, purchase());
    await payments.jobs.take();
    const payment = await payments.db.payment.findFirstOrThrow({
      where: { subscription: { userId: viewer.id } },
    });
    return { viewer, payment };
  }
  const send = (body: string) => post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()));
  const work = () => payments.jobs.drain('processProviderEvent');
  const stored = () => payments.db.providerEvent.count();
  const outcomes = async () =>
    (await payments.db.providerEvent.findMany({ orderBy: { receivedAt: 'asc' } })).map(
      ({ outcome }) => outcome,
    );

  it('signs so that Stripe’s own library accepts it', () => {
    const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'payment.captured' });
    const header = signPayload(body, { secret: webhookSecret, at: new Date() });
    const { webhooks } = new Stripe('sk_test_never_used');
    expect(webhooks.constructEvent(body, header, webhookSecret).id).toBe('evt_1');
    expect(() => webhooks.constructEvent(`${body} `, header, webhookSecret)).toThrow('signature');
  });

  it('stores what Stripe’s library signed, acknowledges it, and applies it by a job', async () => {
    const { viewer, payment } = await waiting();
    expect(await send(eventBody('payment.captured', payment))).toBe(200);
    expect(await stored()).toBe(1);
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    await work();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('refuses and forgets what is not signed, signed wrongly, changed, or too old', async () => {
    const { viewer, payment } = await waiting();
    const body = eventBody('payment.captured', payment);
    const now = payments.clock.now();
    const seconds = (count: number) => new Date(now.getTime() + count * 1_000);
    const good = signedByStripe(body, now);
    const refused: (readonly [string, string | undefined])[] = [
      [body, undefined],
      [body, 'nonsense'],
      [body, good.replace('v1=', 'v0=')],
      [body, `${good.slice(0, -2)}zz`],
      [body, good.replace(/^t=\d+/, `t=${Math.floor(now.getTime() / 1_000) + 1}`)],
      [body, `${good},t=1`],
      [body, signedByStripe(body, now, 'another-secret-another-secret-another')],
      [body.replace('"799"', '"1"'), good],
      [body, signedByStripe(body, seconds(-301))],
      [body, signedByStripe(body, seconds(301))],
    ];
    for (const [sent, signature] of refused)
      expect(await post(payments.webhookUrl, sent, signature)).toBe(400);
    expect(await stored()).toBe(0);
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    expect(await post(payments.webhookUrl, body, signedByStripe(body, seconds(-299)))).toBe(200);
  });

  it('accepts either of two signatures while the secret is changed', async () => {
    const { payment } = await waiting();
    const body = eventBody('payment.captured', payment);
    const both = `${signedByStripe(body, payments.clock.now())},v1=${'0'.repeat(64)}`;
    expect(await post(payments.webhookUrl, body, both)).toBe(200);
  });

  it('refuses signed bytes that are no event', async () => {
    for (const body of [
      '',
      '{',
      '[]',
      '{"id":"x"}',
      '{"id":"a\\u0000b","object":"event","type":"t","created":1,"data":{}}',
    ]) {
      expect(await send(body)).toBe(400);
    }
    expect(await stored()).toBe(0);
  });

  it('refuses a body that is too large, announced or not', async () => {
    const large = 'x'.repeat(300 * 1_024);
    expect(await send(large)).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 300; sent++) controller.enqueue(Buffer.alloc(1_024));
        controller.close();
      },
    });
    expect(await post(payments.webhookUrl, chunks, 't=1,v1=00')).toBe(413);
    expect(await stored()).toBe(0);
  });

  it('stores an event once, however often it comes at once', async () => {
    const { viewer, payment } = await waiting();
    const body = eventBody('payment.captured', payment);
    expect(await Promise.all(Array.from({ length: 8 }, () => send(body)))).toEqual(Array(8).fill(200));
    expect(await stored()).toBe(1);
    const [job, ...more] = await payments.jobs.take('processProviderEvent');
    expect(more).toEqual([]);
    await Promise.all([payments.jobs.run(job!), payments.jobs.run(job!)]);
    await payments.jobs.run(job!);
    expect(await outcomes()).toEqual(['APPLIED']);
    expect((await payments.messages(viewer)).map(({ type }) => type)).toEqual([
      'payment.captured',
      'subscription.activated',
    ]);
  });

  it('stores what it does not understand and leaves everything else alone', async () => {
    const { viewer, payment } = await waiting();
    expect(await send(eventBody('payment.noticed', payment))).toBe(200);
    expect(await send(eventBody('payment.captured', payment, { amount: '1' }))).toBe(200);
    expect(await send(eventBody('payment.captured', payment, { currency: 'USD' }))).toBe(200);
    expect(await send(eventBody('payment.captured', payment, { reference: 'pay_nobody' }))).toBe(200);
    await work();
    expect((await outcomes()).sort()).toEqual(['MISMATCH', 'MISMATCH', 'UNKNOWN_PAYMENT', 'UNKNOWN_TYPE']);
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    expect(await payments.messages(viewer)).toEqual([]);
  });

  it('leaves a payment alone when the provider tells of a second one under its reference', async () => {
    const { viewer, payment } = await waiting();
    expect(await send(eventBody('payment.created', payment))).toBe(200);
    await work();
    expect(await send(eventBody('payment.captured', payment, { providerPaymentId: 'sbx_pay_twice' }))).toBe(
      200,
    );
    await work();
    expect((await outcomes()).sort()).toEqual(['MISMATCH', 'NOTHING_NEW']);
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
  });

  const everyOrder = [...permutations(['created', 'created', 'captured', 'captured', 'failed', 'failed'])];

  const ending = async (viewer: Parameters<typeof payments.state>[0], paymentId: string) => {
    const { status, failure, owedBackAt } = await payments.db.payment.findUniqueOrThrow({
      where: { id: paymentId },
    });
    const { id: _id, user: _user, ...state } = await payments.state(viewer);
    const told = (await payments.messages(viewer)).map(({ type }) => type);
    const count = (type: string) => told.filter((each) => each === type).length;
    return {
      state,
      payment: { status, failure, owedBackAt },
      last: told.at(-1),
      captured: count('payment.captured'),
      activated: count('subscription.activated'),
    };
  };
  const paid = {
    state: {
      status: 'ACTIVE',
      cancelsAtPeriodEnd: false,
      paymentFailure: null,
      endedAt: null,
      currentPeriodStartsAt: '2026-06-01T12:00:00.000Z',
      currentPeriodEndsAt: '2026-07-01T12:00:00.000Z',
      plan: { code: 'PREMIUM_MONTHLY' },
    },
    payment: { status: 'CAPTURED', failure: null, owedBackAt: null },
    last: 'subscription.activated',
    captured: 1,
    activated: 1,
  };
  const bodiesOf = (order: readonly string[], payment: Payment) =>
    order.map((type) => eventBody(`payment.${type}`, payment));

  it('reaches one state from every order of created, captured and failed, each told twice', async () => {
    expect(everyOrder).toHaveLength(90);
    const people: Awaited<ReturnType<typeof waiting>>[] = [];
    while (people.length < everyOrder.length) people.push(await waiting());
    for (const step of everyOrder[0]!.keys()) {
      const bodies = people.map(({ payment }, at) => bodiesOf(everyOrder[at]!, payment)[step]!);
      expect(new Set(await Promise.all(bodies.map(send)))).toEqual(new Set([200]));
      await work();
    }
    for (const [at, { viewer, payment }] of people.entries()) {
      const order = everyOrder[at];
      expect({ order, ...(await ending(viewer, payment.id)) }).toEqual({ order, ...paid });
    }
  }, 120_000);

  it('reaches that state too when the events are worked on at once', async () => {
    for (const order of everyOrder.slice(0, 20)) {
      const { viewer, payment } = await waiting();
      await Promise.all(bodiesOf(order, payment).map(send));
      const jobs = await payments.jobs.take('processProviderEvent');
      await Promise.all(jobs.map((job) => payments.jobs.run(job)));
      expect(await ending(viewer, payment.id)).toEqual(paid);
    }
  });
});

/** Every different order of the items, equal ones counted as one. */
function* permutations(items: readonly string[]): Generator<string[]> {
  if (items.length === 0) yield [];
  for (const first of new Set(items)) {
    const at = items.indexOf(first);
    for (const rest of permutations(items.toSpliced(at, 1))) yield [first, ...rest];
  }
}
