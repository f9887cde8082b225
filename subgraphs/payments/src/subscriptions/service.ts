import { AppError, type Audit, type Clock } from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import type { Charges } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import type { ChosenMethod, PaymentMethods } from '../payment-methods/index.js';
import type { Plans } from '../plans/index.js';
import { createBuying } from './buying.js';
import { lockSubscription, type Lifecycle, type SubscriptionWithPlan } from './lifecycle.js';
import { assertNoPaymentUnderWay, chargedBy, lockOwn, notInThisState } from './owned.js';
import { createRecord } from './recording.js';
import type { Renewals } from './renewals.js';
import { isLive, liveStatuses } from './rules.js';

export type Subscriptions = ReturnType<typeof createSubscriptions>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly plans: Plans;
  readonly paymentMethods: Pick<PaymentMethods, 'choose' | 'hold' | 'holdIfActive'>;
  readonly charges: Charges;
  readonly lifecycle: Lifecycle;
  readonly renewals: Pick<Renewals, 'renew'>;
  readonly audit: Audit;
}

/** Buying and ending. No money moves inside a request: a job asks the provider, a webhook brings the outcome. */
export function createSubscriptions(dependencies: Dependencies) {
  const { db, clock, paymentMethods, charges, lifecycle, renewals, audit } = dependencies;
  const { subscribe } = createBuying(dependencies);
  const record = createRecord(audit);

  /** Repeating it changes nothing. Another person's subscription looks like none. */
  async function cancel(
    userId: string,
    id: string,
    { atPeriodEnd }: { atPeriodEnd: boolean },
  ): Promise<Subscription> {
    return charges.insteadOf({ userId, subscriptionId: id }, () =>
      db.$transaction(async (tx) => {
        const subscription = await lockOwn(tx, userId, id);
        if (isLive(subscription.status)) await cancelLive(tx, subscription, atPeriodEnd);
        return tx.subscription.findUniqueOrThrow({ where: { id } });
      }),
    );
  }

  async function cancelLive(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    atPeriodEnd: boolean,
  ): Promise<void> {
    const { id, status } = subscription;
    // The paid period of a subscription past due has ended already.
    if (atPeriodEnd && status !== 'PAST_DUE') {
      if (subscription.cancelsAtPeriodEnd) return;
      await lifecycle.change(tx, subscription, 'subscription.cancelled', { cancelsAtPeriodEnd: true });
      return;
    }
    await assertNoPaymentUnderWay(tx, id);
    await record(tx, 'subscription.cancelled', subscription, {
      before: { status },
      after: { cancelsAtPeriodEnd: false },
    });
    await lifecycle.end(tx, subscription, 'CANCELLED', clock.now());
  }

  /** Takes back a cancellation before it took effect. Repeating it changes nothing. */
  async function resume(userId: string, id: string): Promise<Subscription> {
    return db.$transaction(async (tx) => {
      const subscription = await lockOwn(tx, userId, id);
      const { status, currentPeriodEndsAt, cancelsAtPeriodEnd } = subscription;
      const isOver =
        status !== 'PAUSED' && currentPeriodEndsAt !== null && currentPeriodEndsAt <= clock.now();
      if (!isLive(status) || isOver) throw notInThisState('This subscription has ended.');
      if (!cancelsAtPeriodEnd) return subscription;
      await assertChargeable(tx, subscription);
      return lifecycle.change(tx, subscription, 'subscription.resumed', { cancelsAtPeriodEnd: false });
    });
  }

  /** What was cancelled does not keep its owner from removing the method it was charged to. */
  async function assertChargeable(tx: Transaction, { userId, paymentMethodId }: Subscription): Promise<void> {
    if (paymentMethodId === null || (await paymentMethods.holdIfActive(tx, userId, paymentMethodId))) return;
    throw new AppError('PAYMENT_METHOD_NOT_ACTIVE', 'Choose a payment method for the subscription first.', {
      path: ['subscriptionId'],
    });
  }

  /** What is charged from now on. What is past due is charged at once. */
  async function changePaymentMethod(
    userId: string,
    id: string,
    chosen: ChosenMethod,
  ): Promise<Subscription> {
    const choice = paymentMethods.choose(chosen, 'LATER');
    const change = () =>
      db.$transaction(async (tx) => {
        const subscription = await lockOwn(tx, userId, id);
        const { status } = subscription;
        if (!isLive(status) || status === 'PENDING') throw notInThisState('Nothing more is charged for it.');
        await assertNoPaymentUnderWay(tx, id);
        const method = chargedBy(await paymentMethods.hold(tx, userId, choice));
        charges.assertTakes(method.provider, subscription.plan.currency);
        await tx.subscription.update({ where: { id }, data: method });
        const after = { provider: method.provider };
        await record(tx, 'subscription.paymentMethodChanged', subscription, { after });
        if (status === 'PAST_DUE') await renewals.renew(tx, [{ ...subscription, ...method }], clock.now());
        return tx.subscription.findUniqueOrThrow({ where: { id } });
      });
    return charges.insteadOf({ userId, subscriptionId: id }, change);
  }

  /** For a person who is gone: nothing is charged any more. Money that is under way goes back when it comes in. */
  async function endAllOf(tx: Transaction, userId: string): Promise<number> {
    const live = await tx.subscription.findMany({
      where: { userId, status: { in: [...liveStatuses] } },
      select: { id: true },
    });
    for (const { id } of live) {
      const subscription = await lockSubscription(tx, id);
      const endedAt = clock.now();
      if (!subscription || !isLive(subscription.status)) continue;
      if (subscription.status !== 'PENDING') await lifecycle.end(tx, subscription, 'CANCELLED', endedAt);
      else await tx.subscription.update({ where: { id }, data: { status: 'CANCELLED', endedAt } });
      await charges.cancelLater(tx, { subscriptionId: id });
    }
    return live.length;
  }

  return { subscribe, cancel, resume, changePaymentMethod, endAllOf };
}
