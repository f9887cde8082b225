import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';

describe('buying a plan', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments();
  });
  afterAll(() => payments.stop());

  it('is pending until the webhook says that the money came, and is told to the others then', async () => {
    const { viewer, publicId } = payments.given.person();
    const answer = await payments.as(viewer).execute(subscribe, purchase());
    expect(answer.data.subscribe).toEqual({
      subscription: {
        id: expect.stringMatching(/^sub_/),
        status: 'PENDING',
        plan: { code: 'PREMIUM_MONTHLY' },
        user: { id: publicId },
      },
      userErrors: [],
    });
    expect(await payments.messages(viewer)).toEqual([]);
    await payments.jobs.drain();
    const { id } = answer.data.subscribe.subscription;
    expect(await payments.state(viewer)).toMatchObject({
      id,
      status: 'ACTIVE',
      currentPeriodStartsAt: '2026-06-01T12:00:00.000Z',
      currentPeriodEndsAt: '2026-07-01T12:00:00.000Z',
    });
    expect(await payments.messages(viewer)).toEqual([
      {
        type: 'payment.captured',
        data: {
          paymentId: expect.stringMatching(/^pay_/),
          subscriptionId: id,
          orderId: null,
          userId: publicId,
          amountMinor: '799',
          currency: 'EUR',
          capturedAt: '2026-06-01T12:00:00.000Z',
        },
      },
      {
        type: 'subscription.activated',
        data: {
          subscriptionId: id,
          userId: publicId,
          planCode: 'PREMIUM_MONTHLY',
          entitlements: expect.arrayContaining(['UNLIMITED_MESSAGING', 'AI_CREDITS']),
          currentPeriodEndsAt: '2026-07-01T12:00:00.000Z',
        },
      },
    ]);
  });

  it('fails with the reason when the card is declined, and may be tried again with another card', async () => {
    const { viewer } = await payments.given.subscriber(cards.declined);
    expect(await payments.state(viewer)).toMatchObject({
      status: 'FAILED',
      paymentFailure: 'CARD_DECLINED',
      currentPeriodEndsAt: null,
    });
    expect((await payments.messages(viewer)).map(({ type }) => type)).toEqual(['payment.failed']);
    await payments.as(viewer).execute(subscribe, purchase());
    await payments.jobs.drain();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE', paymentFailure: null });
  });

  it('waits for a provider that takes its time', async () => {
    const { viewer } = payments.given.person();
    await payments.as(viewer).execute(subscribe, purchase(cards.delayed));
    await payments.jobs.drain('requestPayment');
    await payments.jobs.drain('deliverSandboxEvent');
    await payments.jobs.drain('processProviderEvent');
    expect(await payments.state(viewer)).toMatchObject({ status: 'PENDING' });
    await payments.jobs.drain();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('counts a payment once that is reported twice and out of order', async () => {
    const { viewer, key } = await payments.given.subscriber(cards.reportedBadly);
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
    expect((await payments.messages(viewer)).map(({ type }) => type)).toEqual([
      'payment.captured',
      'subscription.activated',
    ]);
    expect(await payments.db.payment.count({ where: { subscriptionId: key } })).toBe(1);
  });

  it('answers a repeated call with the same subscription, and another body with CONFLICT', async () => {
    const { viewer } = payments.given.person();
    const call = purchase();
    const first = await payments.as(viewer).execute(subscribe, call);
    expect((await payments.as(viewer).execute(subscribe, call)).data).toEqual(first.data);
    const other = { input: { ...call.input, planCode: 'PREMIUM_YEARLY' } };
    const second = await payments.as(viewer).execute(subscribe, other);
    expect(second.data.subscribe).toMatchObject({ subscription: null, userErrors: [{ code: 'CONFLICT' }] });
  });

  it('names the live subscription to a person who buys a second one', async () => {
    const { viewer, subscriptionId } = await payments.given.subscriber();
    const answer = await payments.as(viewer).execute(subscribe, purchase());
    expect(answer.data.subscribe).toEqual({
      subscription: null,
      userErrors: [
        {
          __typename: 'AlreadySubscribedError',
          code: 'ALREADY_SUBSCRIBED',
          path: null,
          subscription: { id: subscriptionId },
        },
      ],
    });
  });

  it('makes one payment of ten calls with one key at once', async () => {
    const { viewer } = payments.given.person();
    const call = purchase();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => payments.as(viewer).execute(subscribe, call)),
    );
    const ids = answers.map((answer) => answer.data.subscribe.subscription.id as string);
    expect(new Set(ids).size).toBe(1);
    expect(await payments.db.payment.count({ where: { subscription: { userId: viewer.id } } })).toBe(1);
  });

  const subscribeTenTimes = async () => {
    const { viewer } = payments.given.person();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => payments.as(viewer).execute(subscribe, purchase())),
    );
    const bought = answers.filter((answer) => answer.data.subscribe.subscription).length;
    return {
      bought,
      payments: await payments.db.payment.count({ where: { subscription: { userId: viewer.id } } }),
    };
  };

  it('would sell several subscriptions to a person at once without its unique index, and sells one with it', async () => {
    const { definition } = await payments.withoutGuard('subscriptions_one_live', async () => {
      expect((await subscribeTenTimes()).bought).toBeGreaterThan(1);
      await payments.jobs.take();
      await payments.db.payment.deleteMany({});
      await payments.db.subscriptionPeriod.deleteMany({});
      await payments.db.subscription.deleteMany({});
    });
    expect(definition).toContain('UNIQUE');
    expect(await subscribeTenTimes()).toEqual({ bought: 1, payments: 1 });
  });

  it.each([
    ['a plan that does not exist', { planCode: 'GOLD' }, 'NOT_FOUND', ['planCode']],
    ['a plan for workspaces', { planCode: 'WORKSPACE_TEAM_MONTHLY' }, 'NOT_FOR_SALE', ['planCode']],
    ['the free plan', { planCode: 'FREE' }, 'INVALID_INPUT', ['planCode']],
    ['an empty key', { idempotencyKey: '' }, 'INVALID_INPUT', ['idempotencyKey']],
    ['a key that is too long', { idempotencyKey: 'k'.repeat(65) }, 'INVALID_INPUT', ['idempotencyKey']],
    ['no payment method', { paymentMethod: {} }, 'INVALID_INPUT', ['paymentMethod']],
    [
      'a card that is no test card',
      { paymentMethod: { sandboxCard: { number: '5555555555554444' } } },
      'INVALID_INPUT',
      ['paymentMethod', 'sandboxCard', 'number'],
    ],
  ])('refuses %s and keeps nothing', async (_what, overrides, code, path) => {
    const { viewer } = payments.given.person();
    const answer = await payments.as(viewer).execute(subscribe, purchase(cards.succeeds, overrides));
    expect(answer.data.subscribe).toMatchObject({ subscription: null, userErrors: [{ code, path }] });
    expect(await payments.state(viewer)).toBeNull();
  });

  it('takes any text as a key but NUL', async () => {
    const { viewer } = payments.given.person();
    const nul = await payments
      .as(viewer)
      .execute(subscribe, purchase(cards.succeeds, { idempotencyKey: 'a\u0000b' }));
    expect(nul.codes).toEqual(['INVALID_INPUT']);
    const marks = purchase(cards.succeeds, { idempotencyKey: '\u200f🎟️ مفتاح' });
    expect((await payments.as(viewer).execute(subscribe, marks)).data.subscribe.userErrors).toEqual([]);
  });

  it('stores no card number anywhere', async () => {
    await payments.given.subscriber(cards.succeeds);
    const tables = await payments.db.$queryRaw<{ name: string }[]>`
      SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_schema IN ('public', 'kit') AND table_type = 'BASE TABLE'`;
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      const rows = await payments.db.$queryRawUnsafe<unknown[]>(
        `SELECT 1 FROM ${name} AS r WHERE r::text LIKE '%${cards.succeeds}%'`,
      );
      expect(rows).toEqual([]);
    }
  });
});
