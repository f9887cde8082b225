import type { Audit, AuditAction, MessageOf, Outbox } from '@diaspora/kit';
import type {
  Payment,
  Plan,
  Prisma,
  Subscription,
  SubscriptionPeriod,
} from '../__generated__/prisma/client.js';
import type { CreditGranting } from '../credits/index.js';
import type { Transaction } from '../database.js';
import { subscriptionIds, userIds } from '../ids.js';
import type { PaymentsMessages } from '../messages.js';
import { creditMonthAt, periodEnd, periodStart } from './calendar.js';
import { graceEndsAt, isGranting, liveStatuses } from './rules.js';

export type Lifecycle = ReturnType<typeof createLifecycle>;
export type SubscriptionWithPlan = Subscription & { readonly plan: Plan };
type PeriodWithPlan = SubscriptionPeriod & { readonly plan: Plan };

/** The row as it is once nobody else can change it. Null when there is none. */
export async function lockSubscription(tx: Transaction, id: string): Promise<SubscriptionWithPlan | null> {
  await lockSubscriptionRow(tx, id);
  return tx.subscription.findUnique({ where: { id }, include: { plan: true } });
}

/** For who may not need to look at it. */
export const lockSubscriptionRow = (tx: Transaction, id: string) =>
  tx.$executeRaw`SELECT 1 FROM subscriptions WHERE id = ${id}::uuid FOR NO KEY UPDATE`;

type PlanMessage = 'subscription.activated' | 'subscription.changed' | 'subscription.pastDue';

interface Dependencies {
  readonly outbox: Outbox<PaymentsMessages>;
  readonly audit: Audit;
  readonly credits: Pick<CreditGranting, 'grant' | 'endPlanGrants'>;
}

/** Changes of state that others are told about. The caller holds the lock on the row. */
export function createLifecycle({ outbox, audit, credits }: Dependencies) {
  /** A period begins: it was paid at that moment, or may be tried. */
  async function activate(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    { index, kind, plan, number, ...period }: PeriodWithPlan,
    paidAt: Date,
  ) {
    const { id, timeZone, trialEndsAt } = subscription;
    const anchorAt = period.anchorAt ?? paidAt;
    const rhythm = { anchorAt, interval: plan.interval ?? 'MONTH', timeZone };
    const isTrial = kind === 'TRIAL';
    const currentPeriodEndsAt = isTrial ? trialEndsAt! : periodEnd(rhythm, number);
    const begun = await tx.subscription.update({
      where: { id },
      data: {
        status: isTrial ? 'TRIALING' : 'ACTIVE',
        planId: plan.id,
        nextPlanId: null,
        anchorAt,
        periodNumber: number,
        periodIndex: index,
        endedAt: null,
        pausedAt: null,
        paymentFailure: null,
        currentPeriodStartsAt: periodStart(rhythm, number),
        currentPeriodEndsAt,
        nextStepAt: currentPeriodEndsAt,
      },
      include: { plan: true },
    });
    await tell(tx, 'subscription.activated', begun, {
      entitlements: plan.entitlements,
      currentPeriodEndsAt: currentPeriodEndsAt.toISOString(),
    });
    await record(tx, 'subscription.activated', subscription, begun);
    await credits.endPlanGrants(tx, subscription.userId);
    await grantCredits(tx, begun, paidAt);
  }

  /** The credits of the month in which `now` lies, once, and when those of the next one are due. */
  async function grantCredits(tx: Transaction, subscription: SubscriptionWithPlan, now: Date): Promise<void> {
    const { id, userId, plan, periodIndex, timeZone } = subscription;
    const [startsAt, endsAt] = [subscription.currentPeriodStartsAt!, subscription.currentPeriodEndsAt!];
    const { creditsPerMonth: amount } = plan;
    const { month, endsAt: expiresAt, nextAt } = creditMonthAt({ startsAt, endsAt, timeZone }, now);
    const nextCreditsAt = amount > 0 ? nextAt : null;
    await tx.subscription.update({ where: { id }, data: { nextCreditsAt } });
    if (amount === 0 || expiresAt <= now) return;
    const source = `plan:${id}:${periodIndex}:${month}`;
    await credits.grant(tx, { userId, kind: 'PLAN', amount, expiresAt, source });
  }

  /** Ends a subscription that granted something. */
  async function end(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    status: 'CANCELLED' | 'FAILED',
    endedAt: Date,
  ) {
    const ended = await tx.subscription.update({
      where: { id: subscription.id },
      data: { status, endedAt, nextStepAt: null, nextCreditsAt: null, nextPlanId: null, pausedAt: null },
      include: { plan: true },
    });
    const userId = userIds.encode(subscription.userId);
    const data = {
      subscriptionId: subscriptionIds.encode(subscription.id),
      userId,
      endedAt: endedAt.toISOString(),
      reason: status === 'FAILED' ? ('UNPAID' as const) : ('CANCELLED' as const),
    };
    await outbox.publish(tx, { type: 'subscription.ended', key: userId, data });
    await record(tx, 'subscription.ended', subscription, ended);
    await credits.endPlanGrants(tx, subscription.userId);
  }

  /** Writes a change that is none of the above, tells what it grants from now on, and puts it on record. */
  async function change(
    tx: Transaction,
    before: SubscriptionWithPlan,
    action: AuditAction,
    data: Prisma.SubscriptionUncheckedUpdateInput,
  ): Promise<SubscriptionWithPlan> {
    const after = await tx.subscription.update({
      where: { id: before.id },
      data,
      include: { plan: true, nextPlan: true },
    });
    await tell(tx, 'subscription.changed', after, {
      status: after.status,
      entitlements: isGranting(after.status) ? after.plan.entitlements : [],
      currentPeriodEndsAt: after.currentPeriodEndsAt?.toISOString() ?? null,
      cancelsAtPeriodEnd: after.cancelsAtPeriodEnd,
      nextPlanCode: after.nextPlan?.code ?? null,
    });
    await record(tx, action, before, after);
    return after;
  }

  /** A renewal was declined; the person hears of each attempt. */
  async function pastDue(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    { payment, firstAttemptAt, nextStepAt }: { payment: Payment; firstAttemptAt: Date; nextStepAt: Date },
  ): Promise<void> {
    const after = await tx.subscription.update({
      where: { id: subscription.id },
      data: { status: 'PAST_DUE', nextStepAt },
      include: { plan: true },
    });
    await tell(tx, 'subscription.pastDue', after, {
      attempt: payment.attempt,
      reason: payment.failure ?? 'other',
      nextAttemptAt: nextStepAt.toISOString(),
      graceEndsAt: graceEndsAt(firstAttemptAt).toISOString(),
    });
  }

  async function tell<Type extends PlanMessage>(
    tx: Transaction,
    type: Type,
    { id, userId: personId, plan }: SubscriptionWithPlan,
    about: Omit<MessageOf<PaymentsMessages, Type>, 'subscriptionId' | 'userId' | 'planCode'>,
  ): Promise<void> {
    const userId = userIds.encode(personId);
    const data = { subscriptionId: subscriptionIds.encode(id), userId, planCode: plan.code, ...about };
    await outbox.publish(tx, { type, key: userId, data: data as MessageOf<PaymentsMessages, Type> });
  }

  const record = (
    tx: Transaction,
    action: AuditAction,
    before: SubscriptionWithPlan,
    after: SubscriptionWithPlan,
  ): Promise<void> =>
    audit.record(tx, {
      action,
      subject: { type: 'PlanSubscription', id: subscriptionIds.encode(before.id) },
      personId: before.userId,
      before: termsOf(before),
      after: termsOf(after),
    });

  return { activate, grantCredits, change, pastDue, end };
}

/** What the trail says of a subscription. */
const termsOf = (subscription: SubscriptionWithPlan) => ({
  status: subscription.status,
  planCode: subscription.plan.code,
  currentPeriodEndsAt: subscription.currentPeriodEndsAt,
  cancelsAtPeriodEnd: subscription.cancelsAtPeriodEnd,
  nextPlanId: subscription.nextPlanId,
  endedAt: subscription.endedAt,
});

/**
 * Whether another subscription of the person is live. When one comes to life at this very moment, the unique index
 * makes the transaction fail, and the repetition sees it.
 */
export const hasOtherLive = async (tx: Transaction, { id, userId }: Subscription): Promise<boolean> =>
  (await tx.subscription.count({ where: { userId, id: { not: id }, status: { in: [...liveStatuses] } } })) >
  0;
