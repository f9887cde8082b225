import type { Plan, SubscriptionPeriod } from '../__generated__/prisma/client.js';
import type { Charges } from '../charges/index.js';
import type { Transaction } from '../database.js';
import { periodToServe } from './calendar.js';
import type { SubscriptionWithPlan } from './lifecycle.js';

/** Jobs of renewals wait for what somebody in front of a screen waits for. */
const renewalPriority = 10;

type NewPeriod = Pick<SubscriptionPeriod, 'kind' | 'planId' | 'anchorAt' | 'number' | 'amountMinor'> &
  Partial<Pick<SubscriptionPeriod, 'creditMinor' | 'formerNextPlanId'>>;

/** Periods as they are asked for. The caller holds the lock of the subscription. */
export async function addPeriod(
  tx: Transaction,
  subscriptionId: string,
  period: NewPeriod & { readonly createdAt: Date },
): Promise<SubscriptionPeriod> {
  const { _max } = await tx.subscriptionPeriod.aggregate({
    where: { subscriptionId },
    _max: { index: true },
  });
  const index = (_max.index ?? -1) + 1;
  return tx.subscriptionPeriod.create({ data: { subscriptionId, index, ...period } });
}

/** Asks for the money of a period, for the first time or once more. */
export async function chargePeriod(
  charges: Charges,
  tx: Transaction,
  subscription: SubscriptionWithPlan,
  period: SubscriptionPeriod,
): Promise<void> {
  const { id, userId, provider, paymentToken, plan } = subscription;
  await charges.begin(tx, {
    paidFor: { subscriptionId: id, periodIndex: period.index },
    userId,
    amountMinor: period.amountMinor,
    currency: plan.currency,
    provider,
    token: paymentToken,
    isPayerPresent: period.kind !== 'RENEWAL',
    isRepeated: true,
    ...(period.kind === 'RENEWAL' && { priority: renewalPriority }),
  });
}

/** The period that follows the current one, of the plan that follows; the last one once more while it is past due. */
export async function periodToRenew(
  tx: Transaction,
  subscription: SubscriptionWithPlan,
  now: Date,
): Promise<SubscriptionPeriod> {
  const { id: subscriptionId, status } = subscription;
  if (status === 'PAST_DUE')
    return tx.subscriptionPeriod.findFirstOrThrow({ where: { subscriptionId }, orderBy: { index: 'desc' } });
  const nextPlan = subscription.nextPlanId
    ? await tx.plan.findUniqueOrThrow({ where: { id: subscription.nextPlanId } })
    : subscription.plan;
  return addPeriod(tx, subscriptionId, {
    kind: 'RENEWAL',
    planId: nextPlan.id,
    ...placeOf(subscription, nextPlan, now),
    amountMinor: nextPlan.amountMinor,
    createdAt: now,
  });
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
