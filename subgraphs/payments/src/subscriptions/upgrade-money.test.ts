import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { disputeBody, post, refundBody, signedByStripe } from '../testing/events.js';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';
import { givenPlans, type Subscriber } from '../testing/given-plans.js';

const dayMs = 86_400_000;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenPlans>;
beforeAll(async () => {
  payments = await givenPayments({ start: new Date('2027-06-01T10:00:00.000Z') });
  given = givenPlans(payments);
  await given.plan('GOLD_MONTHLY', { tier: 20, amountMinor: 1_999n });
  await given.plan('DIAMOND_MONTHLY', { tier: 30, amountMinor: 4_999n });
});
afterAll(() => payments.stop());

async function tell(body: string): Promise<void> {
  expect(await post(payments.webhookUrl, body, signedByStripe(body, payments.clock.now()))).toBe(200);
  await payments.jobs.drain('processProviderEvent');
}
const lastOf = async (person: Subscriber) => (await given.charges(person)).at(-1)!;
const disputeOf = async (person: Subscriber) => {
  const payment = (await given.charges(person))[0]!;
  const amount = payment.amountMinor.toString();
  const dispute = { id: `dsp_${payment.id}`, amount, openedAt: payments.clock.now() };
  return (status: 'OPEN' | 'WON' | 'LOST') =>
    tell(disputeBody(status, payment, { ...dispute, at: payments.clock.now() }));
};

describe('the credit of an upgrade', () => {
  it('is of the money that is still here, not of what went back', async () => {
    const person = await payments.given.subscriber();
    await tell(refundBody('payment.refunded', await lastOf(person), { id: 'half_back', amount: '399' }));
    payments.clock.advance(15 * dayMs);
    expect(await given.previewOf(person, 'GOLD_MONTHLY')).toMatchObject({
      credit: { amountMinor: 200 },
      amountDue: { amountMinor: 1_799 },
    });
  });

  it('holds what the period before paid of this one', async () => {
    const person = await payments.given.subscriber();
    payments.clock.advance(15 * dayMs);
    await given.changeTo(person, 'GOLD_MONTHLY');
    await payments.jobs.drain();
    expect(await given.previewOf(person, 'DIAMOND_MONTHLY')).toMatchObject({
      credit: { amountMinor: 1_999 },
    });
  });

  it('is not given while a bank asks for the money, and given when it does no more', async () => {
    const person = await payments.given.subscriber();
    const dispute = await disputeOf(person);
    await dispute('OPEN');
    expect((await given.changeTo(person, 'GOLD_MONTHLY')).userErrors).toMatchObject([
      { code: 'SUBSCRIPTION_STATE' },
    ]);
    await dispute('WON');
    expect((await given.changeTo(person, 'GOLD_MONTHLY')).userErrors).toEqual([]);
  });

  it('ends with the money it was of, and the subscription that it paid for with it', async () => {
    const person = await payments.given.subscriber();
    payments.clock.advance(dayMs);
    await given.changeTo(person, 'GOLD_MONTHLY');
    await payments.jobs.drain();
    const dispute = await disputeOf(person);
    await dispute('OPEN');
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'ACTIVE' });
    await dispute('LOST');
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'FAILED' });
    expect(await given.entitled(person)).toBe(false);
  });

  it('lost after its period is over ends nothing that was paid since', async () => {
    const person = await payments.given.subscriber();
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    given.moveTo(String(currentPeriodEndsAt));
    await given.pass();
    const dispute = await disputeOf(person);
    await dispute('OPEN');
    await dispute('LOST');
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'ACTIVE' });
  });
});

describe('an upgrade that is declined', () => {
  it('leaves the plan that was to follow', async () => {
    const person = await payments.given.subscriber(cards.declinedLater, { planCode: 'PREMIUM_YEARLY' });
    await given.changeTo(person, 'PREMIUM_MONTHLY');
    await given.plan('GOLD_YEARLY', { tier: 20, amountMinor: 19_990n, interval: 'YEAR' });
    expect((await given.changeTo(person, 'GOLD_YEARLY')).subscription).toMatchObject({
      nextPlan: { code: 'GOLD_YEARLY' },
    });
    await payments.jobs.drain();
    const { data } = await payments
      .as(person.viewer)
      .execute('{ viewerSubscription { plan { code } nextPlan { code } } }');
    expect(data.viewerSubscription).toEqual({
      plan: { code: 'PREMIUM_YEARLY' },
      nextPlan: { code: 'PREMIUM_MONTHLY' },
    });
  });
});

describe('a price that changed since it was shown', () => {
  /** The plan gets another price. */
  async function reprice(code: string, amountMinor: bigint): Promise<number> {
    const { id, version, ...terms } = await payments.db.plan.findFirstOrThrow({
      where: { code, retiredAt: null },
    });
    await payments.db.plan.update({ where: { id }, data: { retiredAt: payments.clock.now() } });
    const next = { ...terms, id: crypto.randomUUID(), version: version + 1, amountMinor };
    await payments.db.plan.create({ data: next });
    return version + 1;
  }

  it('is not charged on a preview of the old one', async () => {
    const person = await payments.given.subscriber();
    const { quotedAt } = await given.previewOf(person, 'DIAMOND_MONTHLY');
    payments.clock.advance(60_000);
    await reprice('DIAMOND_MONTHLY', 9_999n);
    expect((await given.changeTo(person, 'DIAMOND_MONTHLY', { quotedAt })).userErrors).toMatchObject([
      { code: 'QUOTE_OUTDATED' },
    ]);
    expect(await given.charges(person)).toHaveLength(1);
    const fresh = await given.previewOf(person, 'DIAMOND_MONTHLY');
    payments.clock.advance(60_000);
    expect(
      (await given.changeTo(person, 'DIAMOND_MONTHLY', { quotedAt: fresh.quotedAt })).userErrors,
    ).toEqual([]);
  });

  it('is not charged to who was shown another version', async () => {
    const { viewer } = payments.given.person();
    const { version: planVersion } = await payments.db.plan.findFirstOrThrow({
      where: { code: 'GOLD_MONTHLY', retiredAt: null },
    });
    const wanted = { planCode: 'GOLD_MONTHLY', planVersion };
    const now = await reprice('GOLD_MONTHLY', 2_499n);
    const buy = async (terms: object) =>
      (await payments.as(viewer).execute(subscribe, purchase(cards.succeeds, terms))).data.subscribe;
    expect(await buy(wanted)).toMatchObject({
      subscription: null,
      userErrors: [{ code: 'QUOTE_OUTDATED', path: ['planCode'] }],
    });
    expect((await buy({ ...wanted, planVersion: now })).userErrors).toEqual([]);
    const person = await payments.given.subscriber();
    expect((await given.changeTo(person, 'GOLD_MONTHLY', { planVersion })).userErrors).toMatchObject([
      { code: 'QUOTE_OUTDATED' },
    ]);
  });
});

describe('a trial', () => {
  it('of another plan is no longer than that one may be tried, and none where it may not', async () => {
    const { viewer, subscription } = await given.trial();
    const person = { viewer, subscriptionId: subscription.id };
    const startsAt = payments.clock.now().getTime();
    await given.plan('SHORT_MONTHLY', { tier: 20, amountMinor: 1_999n, trialDays: 5 });
    const untried = await given.changeTo({ ...person, key: '' }, 'DIAMOND_MONTHLY');
    expect(untried.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['planCode'] }]);
    const { subscription: moved } = await given.changeTo({ ...person, key: '' }, 'SHORT_MONTHLY');
    const endsAt = new Date(startsAt + 5 * dayMs).toISOString();
    expect(moved).toMatchObject({
      status: 'TRIALING',
      plan: { code: 'SHORT_MONTHLY' },
      trialEndsAt: endsAt,
      currentPeriodEndsAt: endsAt,
    });
    payments.clock.advance(5 * dayMs);
    await given.pass();
    expect(await payments.state(viewer)).toMatchObject({ status: 'ACTIVE', plan: { code: 'SHORT_MONTHLY' } });
  });
});
