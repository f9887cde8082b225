import type { Outbox } from '@diaspora/kit';
import type { Payment, Plan, Subscription } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { subscriptionIds, userIds } from '../ids.js';
import type { PaymentsMessages } from '../messages.js';
import { liveStatuses, periodStart } from './rules.js';

export type Lifecycle = ReturnType<typeof createLifecycle>;
export type SubscriptionWithPlan = Subscription & { readonly plan: Plan };

/** The row as it is once nobody else can change it. Null when there is none. */
export async function lockSubscription(tx: Transaction, id: string): Promise<SubscriptionWithPlan | null> {
  await tx.$executeRaw`SELECT 1 FROM subscriptions WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
  return tx.subscription.findUnique({ where: { id }, include: { plan: true } });
}

/** Changes of state that others are told about. The caller holds the lock on the row. */
export function createLifecycle({ outbox }: { outbox: Outbox<PaymentsMessages> }) {
  /** A captured payment begins its period. */
  async function activate(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    payment: Payment,
    paidAt: Date,
  ) {
    const { id, plan } = subscription;
    const anchorAt = subscription.anchorAt ?? paidAt;
    const interval = plan.interval ?? 'MONTH';
    const endsAt = periodStart(anchorAt, interval, payment.periodIndex + 1);
    await tx.subscription.update({
      where: { id },
      data: {
        status: 'ACTIVE',
        anchorAt,
        periodIndex: payment.periodIndex,
        endedAt: null,
        paymentFailure: null,
        currentPeriodStartsAt: periodStart(anchorAt, interval, payment.periodIndex),
        currentPeriodEndsAt: endsAt,
        nextStepAt: endsAt,
      },
    });
    const userId = userIds.encode(subscription.userId);
    await outbox.publish(tx, {
      type: 'subscription.activated',
      key: userId,
      data: {
        subscriptionId: subscriptionIds.encode(id),
        userId,
        planCode: plan.code,
        entitlements: plan.entitlements,
        currentPeriodEndsAt: endsAt.toISOString(),
      },
    });
  }

  /** Ends a subscription that granted something. */
  async function end(
    tx: Transaction,
    subscription: Subscription,
    status: 'CANCELLED' | 'FAILED',
    endedAt: Date,
  ) {
    await tx.subscription.update({
      where: { id: subscription.id },
      data: { status, endedAt, nextStepAt: null },
    });
    const userId = userIds.encode(subscription.userId);
    const data = {
      subscriptionId: subscriptionIds.encode(subscription.id),
      userId,
      endedAt: endedAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'subscription.ended', key: userId, data });
  }

  return { activate, end };
}

/**
 * Whether another subscription of the person is live. When one comes to life at this very moment, the unique index
 * makes the transaction fail, and the repetition sees it.
 */
export const hasOtherLive = async (tx: Transaction, { id, userId }: Subscription): Promise<boolean> =>
  (await tx.subscription.count({ where: { userId, id: { not: id }, status: { in: [...liveStatuses] } } })) >
  0;
