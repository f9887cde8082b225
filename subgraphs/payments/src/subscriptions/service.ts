import {
  AppError,
  dayMs,
  idempotent,
  parseInput,
  type Audit,
  type AuditAction,
  type AuditEntry,
  type Clock,
} from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import { assertFewDeclines, type Charges } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { subscriptionIds } from '../ids.js';
import type { Plans } from '../plans/index.js';
import type { Choice, ChosenMethod, Method, PaymentMethods } from '../payment-methods/index.js';
import { lockSubscription, type Lifecycle, type SubscriptionWithPlan } from './lifecycle.js';
import { assertNoPaymentUnderWay, lockOwn, notInThisState } from './owned.js';
import { addPeriod, chargePeriods } from './periods.js';
import type { Renewals } from './renewals.js';
import { isLive, liveStatuses, subscribeInput } from './rules.js';

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

export interface SubscribeInput extends ChosenMethod {
  readonly idempotencyKey: string;
  readonly planCode: string;
  /** Which version was shown. */
  readonly planVersion?: number | null;
  /** IANA name; UTC unless given. */
  readonly timeZone?: string;
  readonly startsWithTrial?: boolean;
}

interface Purchase extends Required<
  Pick<SubscribeInput, 'planCode' | 'planVersion' | 'timeZone' | 'startsWithTrial'>
> {
  readonly choice: Choice;
}

/** Buying and ending. No money moves inside a request: a job asks the provider, a webhook brings the outcome. */
export function createSubscriptions(dependencies: Dependencies) {
  const { db, clock, plans, paymentMethods, charges, lifecycle, renewals, audit } = dependencies;

  async function subscribe(userId: string, input: SubscribeInput): Promise<Subscription> {
    const { idempotencyKey: key, planCode } = parseInput(subscribeInput, input);
    const { timeZone = 'UTC', startsWithTrial = false, planVersion = null } = input;
    const choice = paymentMethods.choose(input, startsWithTrial ? 'LATER' : 'NOW_AND_LATER');
    const purchase = { planCode, planVersion, timeZone, startsWithTrial, choice };
    const call = { actor: userId, operation: 'subscribe', key, request: purchase };
    const pending = { userId, subscription: { status: 'PENDING' as const } };
    const { subscriptionId } = await charges.insteadOf(pending, () =>
      db.$transaction((tx) =>
        idempotent(tx, call, async () => ({ subscriptionId: await buy(tx, userId, purchase) })),
      ),
    );
    return db.subscription.findUniqueOrThrow({ where: { id: subscriptionId } });
  }

  async function buy(tx: Transaction, userId: string, purchase: Purchase): Promise<string> {
    const { planCode, planVersion, choice, timeZone, startsWithTrial } = purchase;
    const plan = await plans.findForSale(tx, planCode, { version: planVersion });
    await assertFewDeclines(tx, userId, { clock });
    const { provider, ...method } = chargedBy(await paymentMethods.hold(tx, userId, choice));
    charges.assertTakes(provider, plan.currency);
    // The partial unique index of live subscriptions decides between purchases in parallel.
    const row = { id: subscriptionIds.create(), userId, planId: plan.id, provider, ...method, timeZone };
    const [created] = await tx.subscription.createManyAndReturn({
      data: [{ ...row, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    if (!created) throw await alreadySubscribed(tx, userId);
    const subscription = { ...created, plan };
    await record(tx, 'subscription.bought', created, { after: { planCode, provider, startsWithTrial } });
    if (startsWithTrial) await beginTrial(tx, subscription);
    else await chargeFirst(tx, subscription);
    return created.id;
  }

  async function chargeFirst(tx: Transaction, subscription: SubscriptionWithPlan): Promise<void> {
    const { id: subscriptionId, plan } = subscription;
    const terms = { subscriptionId, kind: 'FIRST', planId: plan.id, anchorAt: null, number: 0 } as const;
    const amounts = { amountMinor: plan.amountMinor, createdAt: clock.now() };
    const period = await addPeriod(tx, { ...terms, ...amounts });
    await chargePeriods(charges, tx, [{ subscription, period }]);
  }

  /** Nothing is charged before its end. The primary key of trials gives everybody one. */
  async function beginTrial(tx: Transaction, subscription: SubscriptionWithPlan): Promise<void> {
    const { id, userId, plan } = subscription;
    const path = ['startsWithTrial'];
    if (plan.trialDays === 0) throw new AppError('INVALID_INPUT', 'This plan cannot be tried.', { path });
    const startedAt = clock.now();
    const { count } = await tx.trial.createMany({
      data: [{ userId, subscriptionId: id, startedAt }],
      skipDuplicates: true,
    });
    if (count === 0) throw new AppError('TRIAL_USED', 'You have tried a plan before.', { path });
    const trialEndsAt = new Date(startedAt.getTime() + plan.trialDays * dayMs);
    await tx.subscription.update({ where: { id }, data: { trialEndsAt } });
    const terms = { kind: 'TRIAL', planId: plan.id, anchorAt: startedAt, number: 0 } as const;
    const asked = { subscriptionId: id, ...terms, amountMinor: 0n, createdAt: startedAt };
    const period = await addPeriod(tx, asked);
    await lifecycle.activate(tx, { ...subscription, trialEndsAt }, { ...period, plan }, startedAt);
  }

  async function alreadySubscribed(tx: Transaction, userId: string): Promise<AppError> {
    const subscription = await tx.subscription.findFirst({
      where: { userId, status: { in: [...liveStatuses] } },
    });
    // It ended between the two statements: a repetition will succeed.
    if (!subscription) return new AppError('CONFLICT', 'Your subscription is changing just now. Try again.');
    return new AppError('ALREADY_SUBSCRIBED', 'You have a subscription already.', {
      typename: 'AlreadySubscribedError',
      subscription,
    });
  }

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

  const record = (
    tx: Transaction,
    action: AuditAction,
    { id, userId }: Subscription,
    change: Pick<AuditEntry, 'before' | 'after'>,
  ) =>
    audit.record(tx, {
      action,
      subject: { type: 'PlanSubscription', id: subscriptionIds.encode(id) },
      personId: userId,
      ...change,
    });

  return { subscribe, cancel, resume, changePaymentMethod, endAllOf };
}

/** A method as a subscription keeps it. */
const chargedBy = ({ provider, token: paymentToken, paymentMethodId }: Method) => ({
  provider,
  paymentToken,
  paymentMethodId,
});
