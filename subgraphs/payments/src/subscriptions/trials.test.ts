import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cards, givenPayments, purchase, subscribe } from '../testing/given.js';
import { givenPlans } from '../testing/given-plans.js';
import { givenCredits } from '../testing/given-credits.js';
import { subscriptionIds, userIds } from '../ids.js';

const dayMs = 86_400_000;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenPlans>;
beforeAll(async () => {
  payments = await givenPayments({ start: new Date('2027-01-17T10:00:00.000Z') });
  given = givenPlans(payments);
});
afterAll(() => payments.stop());

const subscriberOf = ({ viewer, subscription }: Awaited<ReturnType<typeof given.trial>>) => ({
  viewer,
  subscriptionId: subscription.id as string,
  key: subscriptionIds.decode(subscription.id),
});

describe('a trial', () => {
  it('grants at once and charges nothing, and is paid for from its end on', async () => {
    const person = subscriberOf(await given.trial());
    const state = await payments.state(person.viewer);
    expect(state).toMatchObject({ status: 'TRIALING', currentPeriodEndsAt: '2027-01-31T10:00:00.000Z' });
    expect(await given.charges(person)).toEqual([]);
    expect(await given.types(person)).toEqual(['subscription.activated']);
    given.moveTo('2027-01-31T10:00:00Z');
    await given.pass();
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      currentPeriodStartsAt: '2027-01-31T10:00:00.000Z',
      currentPeriodEndsAt: '2027-02-28T10:00:00.000Z',
    });
    for (const due of ['2027-02-28T10:00:00Z', '2027-03-31T10:00:00Z']) {
      given.moveTo(due);
      await given.pass();
    }
    expect(await payments.state(person.viewer)).toMatchObject({
      currentPeriodEndsAt: '2027-04-30T10:00:00.000Z',
    });
    expect(await given.charges(person)).toHaveLength(3);
  });

  it('is had once, by everybody, whatever became of it', async () => {
    const first = await given.trial();
    await given.cancel(subscriberOf(first), { atPeriodEnd: false });
    const again = () =>
      payments.as(first.viewer).execute(subscribe, purchase(cards.succeeds, { startsWithTrial: true }));
    expect((await again()).data.subscribe).toMatchObject({
      subscription: null,
      userErrors: [{ code: 'TRIAL_USED', path: ['startsWithTrial'] }],
    });
    expect(
      (await payments.as(first.viewer).execute(subscribe, purchase())).data.subscribe.userErrors,
    ).toEqual([]);
  });

  it('is begun once by eight calls at once', async () => {
    const { viewer } = payments.given.person();
    const call = () =>
      payments.as(viewer).execute(subscribe, purchase(cards.succeeds, { startsWithTrial: true }));
    const answers = await Promise.all(Array.from({ length: 8 }, call));
    expect(answers.filter(({ data }) => data.subscribe.subscription)).toHaveLength(1);
    expect(await payments.db.trial.count({ where: { userId: viewer.id } })).toBe(1);
  });

  it('needs a plan that has one, and a payment method', async () => {
    await given.plan('NO_TRIAL', { tier: 10, amountMinor: 500n });
    const { viewer } = payments.given.person();
    const ask = async (overrides: object) =>
      (
        await payments
          .as(viewer)
          .execute(subscribe, purchase(cards.succeeds, { startsWithTrial: true, ...overrides }))
      ).data.subscribe.userErrors;
    expect(await ask({ planCode: 'NO_TRIAL' })).toMatchObject([
      { code: 'INVALID_INPUT', path: ['startsWithTrial'] },
    ]);
    expect(await ask({ paymentMethod: {} })).toMatchObject([
      { code: 'INVALID_INPUT', path: ['paymentMethod'] },
    ]);
    expect(await payments.db.trial.count({ where: { userId: viewer.id } })).toBe(0);
  });

  it('that is cancelled ends without a charge', async () => {
    const person = subscriberOf(await given.trial());
    const { subscription } = await given.cancel(person);
    expect(subscription).toMatchObject({ status: 'TRIALING', cancelsAtPeriodEnd: true });
    payments.clock.advance(14 * dayMs);
    await given.pass();
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'CANCELLED' });
    expect(await given.charges(person)).toEqual([]);
    expect(await given.entitled(person)).toBe(false);
  });

  it('whose first payment is declined is past due, with grace, and then over', async () => {
    const person = subscriberOf(await given.trial(cards.declined));
    payments.clock.advance(14 * dayMs);
    await given.pass();
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'PAST_DUE' });
    for (const days of [3, 4]) {
      payments.clock.advance(days * dayMs);
      await given.pass();
    }
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'FAILED' });
    expect(await given.charges(person)).toHaveLength(3);
  });

  it('goes on with another plan, which is charged at its end', async () => {
    const person = subscriberOf(await given.trial());
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    expect(await given.previewOf(person, 'PREMIUM_YEARLY')).toMatchObject({
      takesEffect: 'NOW',
      amountDue: { amountMinor: 0 },
      nextCharge: { amountMinor: 7_990 },
      nextChargeAt: currentPeriodEndsAt,
    });
    expect((await given.changeTo(person, 'PREMIUM_YEARLY')).subscription).toMatchObject({
      status: 'TRIALING',
      plan: { code: 'PREMIUM_YEARLY' },
      currentPeriodEndsAt,
    });
    given.moveTo(String(currentPeriodEndsAt));
    await given.pass();
    expect((await given.charges(person)).map(({ amountMinor }) => Number(amountMinor))).toEqual([7_990]);
  });
});

describe('the credits of a plan', () => {
  const balanceOf = async (person: { viewer: { id: string } }) =>
    (await givenCredits(payments).balanceOf({
      viewer: person.viewer as never,
      publicId: userIds.encode(person.viewer.id),
    })) as { available: number; nextExpiryAt: string };

  it('come each month, also of a year, and end with it', async () => {
    given.moveTo('2028-01-31T10:00:00Z');
    const person = await payments.given.subscriber(cards.succeeds, { planCode: 'PREMIUM_YEARLY' });
    expect(await balanceOf(person)).toMatchObject({
      available: 100,
      nextExpiryAt: '2028-02-29T10:00:00.000Z',
    });
    given.moveTo('2028-02-29T10:00:00Z');
    expect(await balanceOf(person)).toMatchObject({ available: 0 });
    for (let time = 0; time < 2; time++) await given.pass();
    expect(await balanceOf(person)).toMatchObject({
      available: 100,
      nextExpiryAt: '2028-03-31T10:00:00.000Z',
    });
    // A service that slept gives the month that it is, not those that were.
    given.moveTo('2028-06-15T10:00:00Z');
    await given.pass();
    expect(await balanceOf(person)).toMatchObject({
      available: 100,
      nextExpiryAt: '2028-06-30T10:00:00.000Z',
    });
    expect(await payments.db.creditGrant.count({ where: { userId: person.viewer.id } })).toBe(3);
  });

  it('end with the plan', async () => {
    const person = await payments.given.subscriber();
    expect(await balanceOf(person)).toMatchObject({ available: 100 });
    await given.cancel(person, { atPeriodEnd: false });
    expect(await balanceOf(person)).toMatchObject({ available: 0 });
  });

  it('do not add up over an upgrade', async () => {
    const person = await payments.given.subscriber();
    payments.clock.advance(dayMs);
    await given.changeTo(person, 'PREMIUM_YEARLY');
    await payments.jobs.drain();
    expect(await balanceOf(person)).toMatchObject({ available: 100 });
  });
});
