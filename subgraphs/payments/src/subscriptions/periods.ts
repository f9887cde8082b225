import type { Plan, SubscriptionPeriod } from '../__generated__/prisma/client.js';
import type { Charges } from '../charges/index.js';
import type { Transaction } from '../database.js';
import { periodToServe } from './calendar.js';
import type { SubscriptionWithPlan } from './lifecycle.js';

/** Jobs of renewals wait for what somebody in front of a screen waits for. */
const renewalPriority = 10;

type NewPeriod = Pick<
  SubscriptionPeriod,
  'subscriptionId' | 'kind' | 'planId' | 'anchorAt' | 'number' | 'amountMinor' | 'createdAt'
> &
  Partial<Pick<SubscriptionPeriod, 'creditMinor' | 'formerNextPlanId'>>;

/** Periods as they are asked for, one a subscription. The caller holds the locks of the subscriptions. */
export async function addPeriods(
  tx: Transaction,
  periods: readonly NewPeriod[],
): Promise<SubscriptionPeriod[]> {
  const subscriptionId = { in: periods.map((period) => period.subscriptionId) };
  const lasts = await lastIndexes(tx, subscriptionId);
  const indexOf = (id: string) => (lasts.get(id) ?? -1) + 1;
  const data = periods.map((period) => ({ ...period, index: indexOf(period.subscriptionId) }));
  return tx.subscriptionPeriod.createManyAndReturn({ data });
}

export async function addPeriod(tx: Transaction, period: NewPeriod): Promise<SubscriptionPeriod> {
  const [added] = await addPeriods(tx, [period]);
  return added!;
}

async function lastIndexes(
  tx: Transaction,
  subscriptionId: { readonly in: string[] },
): Promise<Map<string, number>> {
  const lasts = await tx.subscriptionPeriod.groupBy({
    by: ['subscriptionId'],
    where: { subscriptionId },
    _max: { index: true },
  });
  return new Map(lasts.map(({ subscriptionId: id, _max }) => [id, _max.index!]));
}

/** Asks for the money of periods, for the first time or once more. */
export async function chargePeriods(
  charges: Charges,
  tx: Transaction,
  asked: readonly { readonly subscription: SubscriptionWithPlan; readonly period: SubscriptionPeriod }[],
): Promise<void> {
  const wishes = asked.map(({ subscription, period }) => {
    const { id, userId, provider, paymentToken, paymentMethodId, plan } = subscription;
    const isRenewal = period.kind === 'RENEWAL';
    return {
      paidFor: { subscriptionId: id, periodIndex: period.index },
      userId,
      amountMinor: period.amountMinor,
      currency: plan.currency,
      provider,
      token: paymentToken,
      paymentMethodId,
      isPayerPresent: !isRenewal,
      isRepeated: true,
      ...(isRenewal && { priority: renewalPriority }),
    };
  });
  await charges.beginAll(tx, wishes);
}

/** The period that follows the current one, of the plan that follows; the last one once more while it is past due. */
export async function periodsToRenew(
  tx: Transaction,
  subscriptions: readonly SubscriptionWithPlan[],
  now: Date,
): Promise<SubscriptionPeriod[]> {
  const isPastDue = ({ status }: SubscriptionWithPlan) => status === 'PAST_DUE';
  const pastDue = subscriptions.filter(isPastDue);
  const paid = subscriptions.filter((subscription) => !isPastDue(subscription));
  const plans = await nextPlans(tx, paid);
  const following = paid.map((subscription): NewPeriod => {
    const plan = plans.get(subscription.nextPlanId ?? '') ?? subscription.plan;
    const { id: planId, amountMinor } = plan;
    const terms = { subscriptionId: subscription.id, kind: 'RENEWAL', planId, amountMinor } as const;
    return { ...terms, ...placeOf(subscription, plan, now), createdAt: now };
  });
  return [
    ...(following.length > 0 ? await addPeriods(tx, following) : []),
    ...(pastDue.length > 0 ? await lastPeriods(tx, pastDue) : []),
  ];
}

async function nextPlans(
  tx: Transaction,
  subscriptions: readonly SubscriptionWithPlan[],
): Promise<Map<string, Plan>> {
  const ids = new Set(subscriptions.flatMap(({ nextPlanId }) => nextPlanId ?? []));
  const plans = ids.size > 0 ? await tx.plan.findMany({ where: { id: { in: [...ids] } } }) : [];
  return new Map(plans.map((plan) => [plan.id, plan]));
}

async function lastPeriods(
  tx: Transaction,
  subscriptions: readonly SubscriptionWithPlan[],
): Promise<SubscriptionPeriod[]> {
  const lasts = await lastIndexes(tx, { in: subscriptions.map(({ id }) => id) });
  const keys = [...lasts].map(([subscriptionId, index]) => ({ subscriptionId, index }));
  return tx.subscriptionPeriod.findMany({ where: { OR: keys } });
}

/** Counted on from the anchor; anew from the end of the period after a trial and where the interval changes. */
function placeOf(
  { status, plan, anchorAt, periodNumber, currentPeriodEndsAt, timeZone }: SubscriptionWithPlan,
  nextPlan: Plan,
  now: Date,
): { anchorAt: Date; number: number } {
  const isAnew = status === 'TRIALING' || nextPlan.interval !== plan.interval;
  const from = isAnew ? currentPeriodEndsAt! : anchorAt!;
  const rhythm = { anchorAt: from, interval: nextPlan.interval ?? 'MONTH', timeZone };
  return { anchorAt: from, number: periodToServe(rhythm, isAnew ? 0 : periodNumber + 1, now) };
}
