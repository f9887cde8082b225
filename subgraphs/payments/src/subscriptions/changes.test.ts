import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { eventBody } from '../testing/events.js';
import { cards, givenPayments } from '../testing/given.js';
import { givenCharges } from '../testing/given-charges.js';
import { givenPlans } from '../testing/given-plans.js';

const dayMs = 86_400_000;
let payments: Awaited<ReturnType<typeof givenPayments>>;
let given: ReturnType<typeof givenPlans>;
beforeAll(async () => {
  payments = await givenPayments({ start: new Date('2027-06-01T10:00:00.000Z') });
  given = givenPlans(payments);
  await given.plan('GOLD_MONTHLY', { tier: 20, amountMinor: 1_999n });
});
afterAll(() => payments.stop());

describe('an upgrade', () => {
  it('is charged at once what its preview said, and begins a period of its own when the money is there', async () => {
    const person = await payments.given.subscriber();
    payments.clock.advance(10 * dayMs);
    const preview = await given.previewOf(person, 'PREMIUM_YEARLY');
    expect(preview).toMatchObject({
      takesEffect: 'NOW',
      takesEffectAt: payments.clock.now().toISOString(),
      credit: { amountMinor: 533, currency: 'EUR' },
      amountDue: { amountMinor: 7_457 },
      nextCharge: { amountMinor: 7_990 },
    });
    // The money for the preview is asked for later, and is the same.
    payments.clock.advance(14 * 60_000);
    const changed = await given.changeTo(person, 'PREMIUM_YEARLY', { quotedAt: preview.quotedAt });
    expect(changed).toMatchObject({
      subscription: {
        status: 'ACTIVE',
        plan: { code: 'PREMIUM_MONTHLY' },
        nextPlan: { code: 'PREMIUM_YEARLY' },
      },
      userErrors: [],
    });
    await payments.jobs.drain();
    expect(
      (await given.charges(person)).map(({ amountMinor, status }) => [Number(amountMinor), status]),
    ).toEqual([
      [799, 'CAPTURED'],
      [preview.amountDue.amountMinor, 'CAPTURED'],
    ]);
    expect(await payments.state(person.viewer)).toMatchObject({
      plan: { code: 'PREMIUM_YEARLY' },
      currentPeriodStartsAt: preview.quotedAt,
      currentPeriodEndsAt: preview.nextChargeAt,
    });
    expect((await payments.messages(person.viewer)).at(-1)).toMatchObject({
      type: 'subscription.activated',
      data: { planCode: 'PREMIUM_YEARLY' },
    });
    const lines = await auditLines(payments.db, person.subscriptionId);
    expect(lines.map(({ action }) => action)).toContain('subscription.planChanged');
    const invoiced = await payments.db.invoiceLine.findMany({
      where: { invoice: { paymentId: (await given.charges(person))[1]!.id } },
    });
    expect(invoiced).toMatchObject([{ description: 'Premium, yearly', totalMinor: 7_457n }]);
    given.moveTo(preview.nextChargeAt);
    await given.pass();
    expect(Number((await given.charges(person)).at(-1)!.amountMinor)).toBe(preview.nextCharge.amountMinor);
  });

  it('that is declined leaves everything as it was, and the renewal comes as if nothing had been', async () => {
    const person = await payments.given.subscriber(cards.declinedLater);
    const before = await payments.state(person.viewer);
    await given.changeTo(person, 'GOLD_MONTHLY');
    await payments.jobs.drain();
    expect(await payments.state(person.viewer)).toEqual({ ...before, paymentFailure: 'CARD_DECLINED' });
    expect(await given.entitled(person)).toBe(true);
    await given.changeMethod(person, { paymentMethod: { sandboxCard: { number: cards.succeeds } } });
    given.moveTo(String(before['currentPeriodEndsAt']));
    await given.pass();
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      plan: { code: 'PREMIUM_MONTHLY' },
      currentPeriodStartsAt: before['currentPeriodEndsAt'],
    });
    expect((await given.charges(person)).map(({ status }) => status)).toEqual([
      'CAPTURED',
      'FAILED',
      'CAPTURED',
    ]);
  });

  /** Declined, and now its period is over: the renewal is asked for, and then the upgrade's money comes in after all. */
  async function lateUpgrade() {
    const person = await payments.given.subscriber(cards.declinedLater);
    const before = await payments.state(person.viewer);
    await given.changeTo(person, 'GOLD_MONTHLY');
    await payments.jobs.drain();
    const [, upgrade] = await given.charges(person);
    given.moveTo(String(before['currentPeriodEndsAt']));
    await given.advance();
    await payments.jobs.take('requestPayment');
    const [, , renewal] = await given.charges(person);
    const late = eventBody('payment.captured', upgrade!, { at: payments.clock.now() });
    await givenCharges(payments).told([late]);
    const told = (type: string) =>
      givenCharges(payments).told([eventBody(type, renewal!, { at: payments.clock.now() })]);
    return { person, before, upgrade: upgrade!, told };
  }

  it.each([
    ['payment.captured', { status: 'ACTIVE', plan: { code: 'PREMIUM_MONTHLY' } }],
    ['payment.failed', { status: 'PAST_DUE', plan: { code: 'PREMIUM_MONTHLY' } }],
  ])(
    'whose money comes late, while the renewal is under way, is paid back and changes nothing (then %s)',
    async (type, state) => {
      const { person, before, upgrade, told } = await lateUpgrade();
      expect(await payments.state(person.viewer)).toMatchObject({
        plan: { code: 'PREMIUM_MONTHLY' },
        currentPeriodEndsAt: before['currentPeriodEndsAt'],
      });
      expect(await payments.db.payment.findUnique({ where: { id: upgrade.id } })).toMatchObject({
        status: 'CAPTURED',
        owedBackAt: expect.any(Date),
      });
      await told(type);
      expect(await payments.state(person.viewer)).toMatchObject(state);
      const refunds = await payments.db.refund.findMany({ where: { paymentId: upgrade.id } });
      expect(refunds).toMatchObject([{ amountMinor: upgrade.amountMinor, reason: 'OWED_BACK' }]);
    },
  );

  it('whose money comes late, while nothing else was asked for, is had after all', async () => {
    const person = await payments.given.subscriber(cards.declinedLater);
    await given.changeTo(person, 'GOLD_MONTHLY');
    await payments.jobs.drain();
    const [, upgrade] = await given.charges(person);
    await givenCharges(payments).told([
      eventBody('payment.captured', upgrade!, { at: payments.clock.now() }),
    ]);
    expect(await payments.state(person.viewer)).toMatchObject({
      status: 'ACTIVE',
      plan: { code: 'GOLD_MONTHLY' },
    });
  });

  it('is not asked for twice: not by a second change, nor by the clock', async () => {
    const person = await payments.given.subscriber();
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    await given.changeTo(person, 'GOLD_MONTHLY');
    expect((await given.changeTo(person, 'PREMIUM_YEARLY')).userErrors).toEqual([
      { code: 'PAYMENT_UNDER_WAY', path: null },
    ]);
    given.moveTo(String(currentPeriodEndsAt));
    await given.advance();
    expect(await given.charges(person)).toHaveLength(2);
  });

  it.each([
    ['too old', -16 * 60_000],
    ['of the future', 60_000],
  ])('refuses a preview that is %s, and charges nothing', async (_what, offsetMs) => {
    const person = await payments.given.subscriber();
    payments.clock.advance(dayMs);
    const quotedAt = new Date(payments.clock.now().getTime() + offsetMs).toISOString();
    expect((await given.changeTo(person, 'GOLD_MONTHLY', { quotedAt })).userErrors).toEqual([
      { code: 'QUOTE_OUTDATED', path: ['quotedAt'] },
    ]);
    expect(await given.charges(person)).toHaveLength(1);
  });
});

describe('a downgrade', () => {
  it('costs nothing now and follows at the end of the period, counted from there', async () => {
    const person = await payments.given.subscriber(cards.succeeds, { planCode: 'PREMIUM_YEARLY' });
    const { currentPeriodEndsAt } = await payments.state(person.viewer);
    const preview = await given.previewOf(person, 'PREMIUM_MONTHLY');
    expect(preview).toMatchObject({
      takesEffect: 'PERIOD_END',
      takesEffectAt: currentPeriodEndsAt,
      nextChargeAt: currentPeriodEndsAt,
      amountDue: { amountMinor: 0 },
      nextCharge: { amountMinor: 799 },
    });
    const { subscription } = await given.changeTo(person, 'PREMIUM_MONTHLY');
    expect(subscription).toMatchObject({
      plan: { code: 'PREMIUM_YEARLY' },
      nextPlan: { code: 'PREMIUM_MONTHLY' },
    });
    expect((await payments.messages(person.viewer)).at(-1)).toMatchObject({
      type: 'subscription.changed',
      data: { planCode: 'PREMIUM_YEARLY', nextPlanCode: 'PREMIUM_MONTHLY' },
    });
    given.moveTo(String(currentPeriodEndsAt));
    await given.pass();
    expect(await payments.state(person.viewer)).toMatchObject({
      plan: { code: 'PREMIUM_MONTHLY' },
      currentPeriodStartsAt: currentPeriodEndsAt,
    });
    expect((await given.charges(person)).map(({ amountMinor }) => Number(amountMinor))).toEqual([7_990, 799]);
  });

  it('is taken back by asking for the plan one has', async () => {
    const person = await payments.given.subscriber(cards.succeeds, { planCode: 'PREMIUM_YEARLY' });
    await given.changeTo(person, 'PREMIUM_MONTHLY');
    const { subscription } = await given.changeTo(person, 'PREMIUM_YEARLY');
    expect(subscription).toMatchObject({ plan: { code: 'PREMIUM_YEARLY' }, nextPlan: null });
    given.moveTo(String(subscription.currentPeriodEndsAt));
    await given.pass();
    expect((await given.charges(person)).map(({ amountMinor }) => Number(amountMinor))).toEqual([
      7_990, 7_990,
    ]);
  });
});

describe('a change', () => {
  it.each([
    ['to a plan that is none', 'NO_SUCH_PLAN', 'NOT_FOUND'],
    ['to a plan for workspaces', 'WORKSPACE_TEAM_MONTHLY', 'NOT_FOR_SALE'],
    ['to the free plan', 'FREE', 'INVALID_INPUT'],
  ])('%s is refused', async (_what, planCode, code) => {
    const person = await payments.given.subscriber();
    expect((await given.changeTo(person, planCode)).userErrors).toEqual([{ code, path: ['planCode'] }]);
  });

  it('is refused of what is cancelled, paused or ended', async () => {
    const person = await payments.given.subscriber();
    const refused = [{ code: 'SUBSCRIPTION_STATE', path: null }];
    await given.cancel(person);
    expect((await given.changeTo(person, 'GOLD_MONTHLY')).userErrors).toEqual(refused);
    await given.resume(person);
    await given.pause(person);
    expect((await given.changeTo(person, 'GOLD_MONTHLY')).userErrors).toEqual(refused);
    await given.cancel(person, { atPeriodEnd: false });
    expect((await given.changeTo(person, 'GOLD_MONTHLY')).userErrors).toEqual(refused);
  });

  it('of somebody else is of none: neither seen, nor changed', async () => {
    const [person, stranger] = [await payments.given.subscriber(), payments.given.person()];
    const theirs = { ...person, viewer: stranger.viewer };
    const before = await payments.state(person.viewer);
    const answers = [
      await given.changeTo(theirs, 'GOLD_MONTHLY'),
      await given.pause(theirs),
      await given.unpause(theirs),
      await given.resume(theirs),
      await given.changeMethod(theirs, { paymentMethod: { sandboxCard: { number: cards.succeeds } } }),
    ];
    expect(answers.map(({ userErrors }) => userErrors[0].code)).toEqual(Array(5).fill('NOT_FOUND'));
    const seen = `query ($id: ID!) { subscriptionChangePreview(subscriptionId: $id, planCode: "GOLD_MONTHLY") { quotedAt } }`;
    const look = (viewer: typeof stranger.viewer | null) =>
      payments.as(viewer).execute(seen, { id: person.subscriptionId });
    expect((await look(stranger.viewer)).codes).toEqual(['NOT_FOUND']);
    expect((await look(null)).codes).toEqual(['UNAUTHENTICATED']);
    expect(await payments.state(person.viewer)).toEqual(before);
  });
});
