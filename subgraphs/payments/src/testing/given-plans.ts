import { randomUUID } from 'node:crypto';
import { dayMs, type Viewer } from '@diaspora/kit';
import { subscriptionIds } from '../ids.js';
import { cards, purchase, subscribe, type givenPayments } from './given.js';

type Payments = Awaited<ReturnType<typeof givenPayments>>;

const fields = `id status cancelsAtPeriodEnd currentPeriodStartsAt currentPeriodEndsAt trialEndsAt pausedAt resumesAt
  nextAttemptAt paymentFailure endedAt plan { code } nextPlan { code }`;
const errors = 'userErrors { code path }';

export const changePlan = `mutation ($input: ChangeSubscriptionPlanInput!) {
  changeSubscriptionPlan(input: $input) { subscription { ${fields} } ${errors} } }`;
export const pause = `mutation ($input: PauseSubscriptionInput!) {
  pauseSubscription(input: $input) { subscription { ${fields} } ${errors} } }`;
export const unpause = `mutation ($input: UnpauseSubscriptionInput!) {
  unpauseSubscription(input: $input) { subscription { ${fields} } ${errors} } }`;
export const resume = `mutation ($input: ResumeSubscriptionInput!) {
  resumeSubscription(input: $input) { subscription { ${fields} } ${errors} } }`;
export const cancel = `mutation ($input: CancelSubscriptionInput!) {
  cancelSubscription(input: $input) { subscription { ${fields} } ${errors} } }`;
export const changeMethod = `mutation ($input: ChangeSubscriptionPaymentMethodInput!) {
  changeSubscriptionPaymentMethod(input: $input) { subscription { ${fields} } ${errors} } }`;
export const preview = `query ($subscriptionId: ID!, $planCode: String!) {
  subscriptionChangePreview(subscriptionId: $subscriptionId, planCode: $planCode) {
    plan { code } takesEffect takesEffectAt quotedAt nextChargeAt
    credit { amountMinor currency } amountDue { amountMinor } nextCharge { amountMinor } } }`;

export interface Subscriber {
  readonly viewer: Viewer;
  readonly subscriptionId: string;
  readonly key: string;
}

/** What people do to their subscriptions, and what time does. */
export function givenPlans(payments: Payments) {
  const run =
    (document: string) =>
    async ({ viewer, subscriptionId }: Pick<Subscriber, 'viewer' | 'subscriptionId'>, input: object = {}) => {
      const answer = await payments.as(viewer).execute(document, { input: { subscriptionId, ...input } });
      return Object.values<any>(answer.data)[0];
    };
  const advance = () => payments.jobs.runTask('advanceSubscriptions');
  /** What the crontab does in a minute, and all that follows from it. */
  const pass = async () => {
    await advance();
    await payments.jobs.drain();
  };
  const moveTo = (date: string | Date) =>
    payments.clock.advance(new Date(date).getTime() - payments.clock.now().getTime());
  const previewOf = async ({ viewer, subscriptionId }: Subscriber, planCode: string) =>
    (await payments.as(viewer).execute(preview, { subscriptionId, planCode })).data.subscriptionChangePreview;
  const changeTo = (subscriber: Subscriber, planCode: string, more: object = {}) =>
    run(changePlan)(subscriber, { idempotencyKey: randomUUID(), planCode, ...more });
  // By id too: the clock of tests stands still.
  const charges = ({ key }: Pick<Subscriber, 'key'>) =>
    payments.db.payment.findMany({
      where: { subscriptionId: key },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
  const types = async ({ viewer }: Pick<Subscriber, 'viewer'>) =>
    (await payments.messages(viewer)).map(({ type }) => type);
  const entitled = async ({ viewer }: Pick<Subscriber, 'viewer'>) => {
    const last = (await payments.messages(viewer)).findLast(({ type }) =>
      /^subscription\.(act|cha|end)/.test(type),
    );
    return ((last?.data as { entitlements?: string[] }).entitlements ?? []).length > 0;
  };
  /** A plan beside the two that are there, by what differs. */
  const plan = async (
    code: string,
    terms: { tier: number; amountMinor: bigint; interval?: 'MONTH' | 'YEAR'; trialDays?: number },
  ) => {
    const base = {
      version: 1,
      name: code,
      currency: 'EUR',
      interval: 'MONTH' as const,
      entitlements: ['AD_FREE'],
    };
    await payments.db.plan.create({ data: { id: randomUUID(), code, ...base, ...terms } });
  };
  const trial = async (card = cards.succeeds) => {
    const { viewer } = payments.given.person();
    const answer = await payments.as(viewer).execute(subscribe, purchase(card, { startsWithTrial: true }));
    await payments.jobs.drain();
    return { viewer, ...answer.data.subscribe };
  };
  /** A month that was paid and ends at that moment, without what led to it. */
  const paid = async (endsAt: Date): Promise<Subscriber> => {
    const { viewer } = payments.given.person();
    const { id: planId, amountMinor } = await payments.db.plan.findFirstOrThrow({
      where: { code: 'PREMIUM_MONTHLY', retiredAt: null },
    });
    const startsAt = new Date(endsAt.getTime() - 30 * dayMs);
    const key = subscriptionIds.create();
    const method = { provider: 'sandbox', paymentToken: 'pm_sandbox_succeeds' };
    const period = { anchorAt: startsAt, periodIndex: 0, currentPeriodStartsAt: startsAt };
    const ends = { currentPeriodEndsAt: endsAt, nextStepAt: endsAt, createdAt: startsAt };
    await payments.db.subscription.create({
      data: { id: key, userId: viewer.id, planId, status: 'ACTIVE', ...method, ...period, ...ends },
    });
    const first = { index: 0, kind: 'FIRST', planId, number: 0, amountMinor, createdAt: startsAt } as const;
    await payments.db.subscriptionPeriod.create({ data: { subscriptionId: key, ...first } });
    return { viewer, subscriptionId: subscriptionIds.encode(key), key };
  };
  return {
    pause: run(pause),
    unpause: run(unpause),
    resume: run(resume),
    cancel: run(cancel),
    changeMethod: run(changeMethod),
    ...{ advance, pass, moveTo, previewOf, changeTo, charges, types, entitled, plan, paid, trial },
  };
}
