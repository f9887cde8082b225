import type { Payment } from '../__generated__/prisma/client.js';
import type { Purpose } from '../charges/index.js';
import type { Transaction } from '../database.js';
import { paysForCurrent } from './holdings.js';
import {
  hasOtherLive,
  lockSubscription,
  lockSubscriptionRow,
  type Lifecycle,
  type SubscriptionWithPlan,
} from './lifecycle.js';
import { isLive, nextAttemptAt } from './rules.js';

/** What the money of a period does to its subscription. */
export function createSubscriptionPurpose({ lifecycle }: { lifecycle: Lifecycle }): Purpose {
  const lock = async (tx: Transaction, { subscriptionId }: Payment): Promise<SubscriptionWithPlan> => {
    const subscription = await lockSubscription(tx, subscriptionId!);
    if (!subscription) throw new Error(`There is no subscription ${subscriptionId}.`);
    return subscription;
  };

  const periodOf = (tx: Transaction, { subscriptionId, periodIndex }: Payment) =>
    tx.subscriptionPeriod.findUniqueOrThrow({
      where: { subscriptionId_index: { subscriptionId: subscriptionId!, index: periodIndex! } },
      include: { plan: true },
    });

  /** Of a period that was given up: something else has been asked for since, and is what the person has or will have. */
  const isSuperseded = async (tx: Transaction, { subscriptionId, periodIndex }: Payment): Promise<boolean> =>
    (await tx.subscriptionPeriod.count({
      where: { subscriptionId: subscriptionId!, index: { gt: periodIndex! } },
    })) > 0;

  /** Money buys the period it was asked for, even when it was given up meanwhile; money that can buy nothing is owed back. */
  async function captured(tx: Transaction, payment: Payment, at: Date): Promise<'APPLIED' | 'OWED_BACK'> {
    const subscription = await lock(tx, payment);
    const isRevivable = subscription.status === 'FAILED' && !(await hasOtherLive(tx, subscription));
    if (isPaid(subscription, payment) || !(isLive(subscription.status) || isRevivable)) return 'OWED_BACK';
    if (await isSuperseded(tx, payment)) return 'OWED_BACK';
    await lifecycle.activate(tx, subscription, await periodOf(tx, payment), at);
    return 'APPLIED';
  }

  /**
   * The first payment decides the purchase, and that of an upgrade the upgrade; a renewal is tried again for some days
   * before it ends the subscription.
   */
  async function failed(tx: Transaction, payment: Payment, at: Date): Promise<void> {
    const subscription = await lock(tx, payment);
    const { id, status, cancelsAtPeriodEnd } = subscription;
    if (!isLive(status) || isPaid(subscription, payment)) return;
    const period = await periodOf(tx, payment);
    const paymentFailure = payment.failure;
    await tx.subscription.update({ where: { id }, data: { paymentFailure } });
    if (status === 'PENDING') {
      await tx.subscription.update({ where: { id }, data: { status: 'FAILED', endedAt: at } });
    } else if (period.kind === 'CHANGE') {
      const nextPlanId = period.formerNextPlanId;
      await lifecycle.change(tx, subscription, 'subscription.changeFailed', { nextPlanId });
    } else {
      const firstAttemptAt = period.createdAt;
      const nextStepAt = cancelsAtPeriodEnd ? null : nextAttemptAt(firstAttemptAt, at);
      if (nextStepAt) await lifecycle.pastDue(tx, subscription, { payment, firstAttemptAt, nextStepAt });
      else await lifecycle.end(tx, subscription, 'FAILED', at);
    }
  }

  return {
    lock: async (tx, { subscriptionId }) => void (await lockSubscriptionRow(tx, subscriptionId!)),
    wants: async (tx, payment) => {
      const subscription = await lock(tx, payment);
      return isLive(subscription.status) && !isPaid(subscription, payment);
    },
    captured,
    failed,
    // Money that is given back is a favour: what was bought stays until it is cancelled.
    refunded: async () => undefined,
    /** A period whose money the bank keeps was not paid, and neither was what its unused part paid. */
    disputed: async (tx, payment, { status, closedAt }) => {
      const subscription = await lock(tx, payment);
      if (status !== 'LOST' || !isLive(subscription.status)) return;
      if (await paysForCurrent(tx, subscription, payment.periodIndex!))
        await lifecycle.end(tx, subscription, 'FAILED', closedAt!);
    },
  };
}

const isPaid = (subscription: SubscriptionWithPlan, payment: Payment): boolean =>
  payment.periodIndex! <= (subscription.periodIndex ?? -1);
