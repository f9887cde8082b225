import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cancelSubscription, cards, givenPayments, purchase, subscribe } from '../testing/given.js';
import { eventBody, post, signedByStripe } from '../testing/events.js';

const dayMs = 86_400_000;

describe('renewing a subscription', () => {
  let payments: Awaited<ReturnType<typeof givenPayments>>;
  beforeAll(async () => {
    payments = await givenPayments({ start: new Date('2027-01-31T10:00:00.000Z') });
  });
  afterAll(() => payments.stop());

  const moveTo = (date: string) => payments.clock.advance(Date.parse(date) - payments.clock.now().getTime());
  const advance = () => payments.jobs.runTask('advanceSubscriptions');
  /** What the crontab does in a minute, and all that follows from it. */
  const pass = async () => {
    await advance();
    await payments.jobs.drain();
  };
  const types = async (viewer: Parameters<typeof payments.messages>[0]) =>
    (await payments.messages(viewer)).map(({ type }) => type);

  it('charges each period at its end, on the last day of shorter months, and says so each time', async () => {
    moveTo('2027-01-31T10:00:00.000Z');
    const { viewer } = await payments.given.subscriber();
    const ends: unknown[] = [];
    for (const due of ['2027-02-28T10:00:00Z', '2027-03-31T10:00:00Z', '2027-04-30T10:00:00Z']) {
      moveTo(due);
      payments.clock.advance(-1);
      await pass();
      ends.push((await payments.state(viewer))['currentPeriodEndsAt']);
      payments.clock.advance(1);
      await pass();
      await pass();
    }
    expect(ends).toEqual([
      '2027-02-28T10:00:00.000Z',
      '2027-03-31T10:00:00.000Z',
      '2027-04-30T10:00:00.000Z',
    ]);
    expect(await payments.state(viewer)).toMatchObject({
      status: 'ACTIVE',
      currentPeriodStartsAt: '2027-04-30T10:00:00.000Z',
      currentPeriodEndsAt: '2027-05-31T10:00:00.000Z',
    });
    const told = await payments.messages(viewer);
    expect(told.filter(({ type }) => type === 'payment.captured')).toHaveLength(4);
    expect(told.filter(({ type }) => type === 'subscription.activated').at(-1)?.data).toMatchObject({
      currentPeriodEndsAt: '2027-05-31T10:00:00.000Z',
    });
  });

  it('ends a cancelled one at the end of its period instead', async () => {
    const { viewer, subscriptionId } = await payments.given.subscriber();
    await payments.as(viewer).execute(cancelSubscription, { input: { subscriptionId } });
    const { currentPeriodEndsAt } = await payments.state(viewer);
    moveTo(String(currentPeriodEndsAt));
    await pass();
    expect(await payments.state(viewer)).toMatchObject({ status: 'CANCELLED', endedAt: currentPeriodEndsAt });
    expect(await types(viewer)).toEqual([
      'payment.captured',
      'subscription.activated',
      'subscription.changed',
      'subscription.ended',
    ]);
  });

  it('is past due when declined, tried again after three and four days, and ended then', async () => {
    const { viewer, key } = await payments.given.subscriber(cards.declinedLater);
    const { currentPeriodEndsAt } = await payments.state(viewer);
    moveTo(String(currentPeriodEndsAt));
    await pass();
    expect(await payments.state(viewer)).toMatchObject({
      status: 'PAST_DUE',
      paymentFailure: 'CARD_DECLINED',
    });
    expect(await types(viewer)).not.toContain('subscription.ended');
    const attempts = () => payments.db.payment.count({ where: { subscriptionId: key, periodIndex: 1 } });
    await pass();
    expect(await attempts()).toBe(1);
    payments.clock.advance(3 * dayMs);
    await pass();
    expect(await attempts()).toBe(2);
    expect(await payments.state(viewer)).toMatchObject({ status: 'PAST_DUE' });
    payments.clock.advance(4 * dayMs);
    await pass();
    expect(await attempts()).toBe(3);
    expect(await payments.state(viewer)).toMatchObject({ status: 'FAILED' });
    expect((await types(viewer)).at(-1)).toBe('subscription.ended');
    payments.clock.advance(40 * dayMs);
    await pass();
    expect(await attempts()).toBe(3);
  });

  it('keeps the period it was due for when a later attempt pays it', async () => {
    const { viewer, key } = await payments.given.subscriber(cards.declinedLater);
    const { currentPeriodEndsAt: dueAt } = await payments.state(viewer);
    moveTo(String(dueAt));
    await pass();
    await payments.db.subscription.update({
      where: { id: key },
      data: { paymentToken: 'pm_sandbox_succeeds' },
    });
    payments.clock.advance(3 * dayMs);
    await pass();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE', currentPeriodStartsAt: dueAt });
  });

  it('charges once when many workers find it due at once', async () => {
    const { viewer, key } = await payments.given.subscriber();
    moveTo(String((await payments.state(viewer))['currentPeriodEndsAt']));
    await Promise.all(Array.from({ length: 8 }, advance));
    expect(await payments.db.payment.count({ where: { subscriptionId: key, periodIndex: 1 } })).toBe(1);
    await payments.jobs.drain();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('charges one period, not three, after this service was away for three', async () => {
    const { viewer, key } = await payments.given.subscriber();
    payments.clock.advance(100 * dayMs);
    await pass();
    expect(await payments.db.payment.count({ where: { subscriptionId: key } })).toBe(2);
    const { currentPeriodEndsAt } = await payments.state(viewer);
    expect(Date.parse(String(currentPeriodEndsAt))).toBeGreaterThan(payments.clock.now().getTime());
  });

  const capture = async (paymentId: string) => {
    const payment = await payments.db.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const body = eventBody('payment.captured', payment, { at: payments.clock.now() });
    expect(await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()))).toBe(200);
    await payments.jobs.drain();
    return payments.db.payment.findUniqueOrThrow({ where: { id: paymentId } });
  };

  it('comes back to life when money of a payment that was given up arrives after all', async () => {
    const { viewer, key } = await payments.given.subscriber(cards.declined);
    const { id } = await payments.db.payment.findFirstOrThrow({ where: { subscriptionId: key } });
    expect((await capture(id)).owedBackAt).toBeNull();
    expect(await payments.state(viewer)).toMatchObject({
      status: 'ACTIVE',
      paymentFailure: null,
      endedAt: null,
    });
  });

  it('owes money back that arrives when the person has bought again', async () => {
    const { viewer, key } = await payments.given.subscriber(cards.declined);
    await payments.as(viewer).execute(subscribe, purchase());
    await payments.jobs.drain();
    const bought = await payments.state(viewer);
    const { id } = await payments.db.payment.findFirstOrThrow({ where: { subscriptionId: key } });
    expect(await capture(id)).toMatchObject({ status: 'CAPTURED', owedBackAt: payments.clock.now() });
    expect(await payments.db.providerEvent.count({ where: { outcome: 'OWED_BACK' } })).toBe(1);
    expect(await payments.state(viewer)).toEqual(bought);
  });

  it('owes money back that pays a period a second time', async () => {
    const { viewer, key } = await payments.given.subscriber(cards.declinedLater);
    moveTo(String((await payments.state(viewer))['currentPeriodEndsAt']));
    await pass();
    await payments.db.subscription.update({
      where: { id: key },
      data: { paymentToken: 'pm_sandbox_succeeds' },
    });
    payments.clock.advance(3 * dayMs);
    await pass();
    const [first, second] = await payments.db.payment.findMany({
      where: { subscriptionId: key, periodIndex: 1 },
      orderBy: { attempt: 'asc' },
    });
    expect([first?.status, second?.status, second?.owedBackAt]).toEqual(['FAILED', 'CAPTURED', null]);
    const before = await payments.state(viewer);
    expect((await capture(first!.id)).owedBackAt).toEqual(payments.clock.now());
    expect(await payments.state(viewer)).toEqual(before);
  });
});
