import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cards, givenPayments } from '../testing/given.js';
import { givenPlans } from '../testing/given-plans.js';

const dayMs = 86_400_000;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenPlans>;
beforeAll(async () => {
  payments = await givenPayments({ start: new Date('2027-06-01T10:00:00.000Z') });
  given = givenPlans(payments);
});
afterAll(() => payments.stop());

const later = (days: number, from: unknown = payments.clock.now()) =>
  new Date(new Date(from as string).getTime() + days * dayMs).toISOString();

describe('a pause', () => {
  it('takes away what the plan grants and charges nothing; the paid time that is left follows it', async () => {
    const person = await payments.given.subscriber();
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    payments.clock.advance(10 * dayMs);
    const { subscription } = await given.pause(person);
    expect(subscription).toMatchObject({
      status: 'PAUSED',
      pausedAt: payments.clock.now().toISOString(),
      resumesAt: later(90),
    });
    expect(await given.entitled(person)).toBe(false);
    payments.clock.advance(40 * dayMs);
    await given.pass();
    expect(await given.charges(person)).toHaveLength(1);
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'PAUSED' });
    for (let time = 0; time < 2; time++)
      expect((await given.unpause(person)).subscription).toMatchObject({
        status: 'ACTIVE',
        pausedAt: null,
        currentPeriodEndsAt: later(40, currentPeriodEndsAt),
      });
    expect(await given.entitled(person)).toBe(true);
    given.moveTo(later(40, currentPeriodEndsAt));
    await given.pass();
    expect(await given.charges(person)).toHaveLength(2);
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      currentPeriodStartsAt: later(40, currentPeriodEndsAt),
    });
  });

  it('ends by itself when it was to end, also when nobody looked in time', async () => {
    const person = await payments.given.subscriber();
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    payments.clock.advance(5 * dayMs);
    await given.pause(person, { resumesAt: later(20) });
    payments.clock.advance(21 * dayMs);
    await given.pass();
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      currentPeriodEndsAt: later(20, currentPeriodEndsAt),
    });
  });

  it('counts what is left of the period for an upgrade after it', async () => {
    const person = await payments.given.subscriber();
    payments.clock.advance(10 * dayMs);
    const before = await given.previewOf(person, 'PREMIUM_YEARLY');
    await given.pause(person);
    payments.clock.advance(30 * dayMs);
    await given.unpause(person);
    const after = await given.previewOf(person, 'PREMIUM_YEARLY');
    expect([after.credit, after.amountDue]).toEqual([before.credit, before.amountDue]);
  });

  it.each([
    ['past', -1],
    ['of a year', 365],
  ])('that ends in the %s is refused', async (_what, days) => {
    const person = await payments.given.subscriber();
    expect((await given.pause(person, { resumesAt: later(days) })).userErrors).toEqual([
      { code: 'INVALID_INPUT', path: ['resumesAt'] },
    ]);
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'ACTIVE' });
  });

  it('is for what is paid: not for a trial, nor for what is past due or over', async () => {
    const trial = await given.trial();
    const person = { viewer: trial.viewer, subscriptionId: trial.subscription.id as string };
    const refused = [{ code: 'SUBSCRIPTION_STATE', path: null }];
    expect((await given.pause(person)).userErrors).toEqual(refused);
    expect((await given.unpause(person)).userErrors).toEqual(refused);
    await given.cancel(person, { atPeriodEnd: false });
    expect((await given.pause(person)).userErrors).toEqual(refused);
  });

  it('can be ended for good', async () => {
    const person = await payments.given.subscriber();
    await given.pause(person);
    expect((await given.cancel(person, { atPeriodEnd: false })).subscription).toMatchObject({
      status: 'CANCELLED',
      pausedAt: null,
    });
  });
});

describe('a cancellation that is taken back before the end', () => {
  it('goes on as if it had not been', async () => {
    const person = await payments.given.subscriber();
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    await given.cancel(person);
    for (let time = 0; time < 2; time++)
      expect((await given.resume(person)).subscription).toMatchObject({ cancelsAtPeriodEnd: false });
    given.moveTo(String(currentPeriodEndsAt));
    await given.pass();
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'ACTIVE' });
    expect(await given.charges(person)).toHaveLength(2);
  });

  it('is too late at the end, whether or not the clock was there', async () => {
    const person = await payments.given.subscriber();
    await given.cancel(person);
    given.moveTo(String((await payments.state(person.viewer))['currentPeriodEndsAt']));
    const refused = [{ code: 'SUBSCRIPTION_STATE', path: null }];
    expect((await given.resume(person)).userErrors).toEqual(refused);
    await given.pass();
    expect((await given.resume(person)).userErrors).toEqual(refused);
  });
});

describe('a declined renewal', () => {
  const pastDue = async () => {
    const person = await payments.given.subscriber(cards.declinedLater);
    given.moveTo(String((await payments.state(person.viewer))['currentPeriodEndsAt']));
    await given.pass();
    return person;
  };

  it('is told to the person at each attempt, with the next one and the end of the grace', async () => {
    const person = await pastDue();
    const [firstAt, graceEndsAt] = [payments.clock.now(), later(7)];
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'PAST_DUE' });
    payments.clock.advance(3 * dayMs);
    await given.pass();
    const told = (await payments.messages(person.viewer)).filter(
      ({ type }) => type === 'subscription.pastDue',
    );
    expect(told.map(({ data }) => data)).toMatchObject([
      { attempt: 1, reason: 'card_declined', nextAttemptAt: later(3, firstAt), graceEndsAt },
      { attempt: 2, reason: 'card_declined', nextAttemptAt: graceEndsAt, graceEndsAt },
    ]);
    expect(await given.entitled(person)).toBe(true);
    payments.clock.advance(4 * dayMs);
    await given.pass();
    expect((await payments.messages(person.viewer)).at(-1)).toMatchObject({
      type: 'subscription.ended',
      data: { reason: 'UNPAID' },
    });
    expect(await given.entitled(person)).toBe(false);
  });

  it('is paid at once with another payment method, for the period it was due for', async () => {
    const person = await pastDue();
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    payments.clock.advance(dayMs);
    const paymentMethod = { sandboxCard: { number: cards.succeeds } };
    expect((await given.changeMethod(person, { paymentMethod })).userErrors).toEqual([]);
    await payments.jobs.drain();
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      currentPeriodStartsAt: currentPeriodEndsAt,
      paymentFailure: null,
    });
    expect((await given.charges(person)).map(({ status }) => status)).toEqual([
      'CAPTURED',
      'FAILED',
      'CAPTURED',
    ]);
  });

  it('loses no attempt to a payment method that is declined as well', async () => {
    const person = await pastDue();
    payments.clock.advance(dayMs);
    await given.changeMethod(person, { paymentMethod: { sandboxCard: { number: cards.declined } } });
    await payments.jobs.drain();
    expect(await payments.state(person.viewer)).toMatchObject({ status: 'PAST_DUE' });
    const { nextStepAt } = await payments.db.subscription.findUniqueOrThrow({ where: { id: person.key } });
    expect(nextStepAt?.toISOString()).toBe(later(2));
  });
});
