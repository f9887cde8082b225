import { AppError, idempotent, parseInput, type Clock } from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { subscriptionIds } from '../ids.js';
import type { Plans } from '../plans/index.js';
import type { PaymentMethod, Providers } from '../providers/index.js';
import type { Charges } from './charges.js';
import { lockSubscription, type Lifecycle, type SubscriptionWithPlan } from './lifecycle.js';
import { isLive, liveStatuses, subscribeInput } from './rules.js';

export type Subscriptions = ReturnType<typeof createSubscriptions>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly plans: Plans;
  readonly providers: Providers;
  readonly charges: Charges;
  readonly lifecycle: Lifecycle;
}

export interface SubscribeInput {
  readonly idempotencyKey: string;
  readonly planCode: string;
  readonly paymentMethod: PaymentMethod;
}

interface Purchase {
  readonly planCode: string;
  readonly provider: string;
  readonly token: string;
}

/** Buying and cancelling. No money moves inside a request: a job asks the provider, a webhook brings the outcome. */
export function createSubscriptions({ db, clock, plans, providers, charges, lifecycle }: Dependencies) {
  async function subscribe(userId: string, input: SubscribeInput): Promise<Subscription> {
    const { idempotencyKey: key, planCode } = parseInput(subscribeInput, input);
    const purchase = { planCode, ...providers.accept(input.paymentMethod) };
    const call = { actor: userId, operation: 'subscribe', key, request: purchase };
    const { subscriptionId } = await db.$transaction((tx) =>
      idempotent(tx, call, async () => ({ subscriptionId: await buy(tx, userId, purchase) })),
    );
    return db.subscription.findUniqueOrThrow({ where: { id: subscriptionId } });
  }

  async function buy(
    tx: Transaction,
    userId: string,
    { planCode, provider, token }: Purchase,
  ): Promise<string> {
    const plan = await plans.findOnOffer(tx, planCode);
    if (!plan) throw new AppError('NOT_FOUND', 'There is no such plan on offer.', { path: ['planCode'] });
    if (!plan.interval)
      throw new AppError('INVALID_INPUT', 'This plan needs no subscription.', { path: ['planCode'] });
    // The partial unique index of live subscriptions decides between purchases in parallel.
    const [created] = await tx.subscription.createManyAndReturn({
      data: [
        {
          id: subscriptionIds.create(),
          userId,
          planId: plan.id,
          provider,
          paymentToken: token,
          createdAt: clock.now(),
        },
      ],
      skipDuplicates: true,
    });
    if (!created) throw await alreadySubscribed(tx, userId);
    await charges.begin(tx, { ...created, plan }, 0);
    return created.id;
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
    return db.$transaction(async (tx) => {
      const subscription = await lockSubscription(tx, id);
      if (subscription?.userId !== userId) {
        throw new AppError('NOT_FOUND', 'There is no such subscription.', { path: ['subscriptionId'] });
      }
      if (isLive(subscription.status)) await cancelLive(tx, subscription, atPeriodEnd);
      return tx.subscription.findUniqueOrThrow({ where: { id } });
    });
  }

  async function cancelLive(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    atPeriodEnd: boolean,
  ): Promise<void> {
    const { id, status } = subscription;
    // The paid period of a subscription past due has ended already.
    if (atPeriodEnd && status !== 'PAST_DUE') {
      await tx.subscription.update({ where: { id }, data: { cancelsAtPeriodEnd: true } });
      return;
    }
    // Money asked for may come in: ending now could take it for nothing.
    const underWay = await tx.payment.count({ where: { subscriptionId: id, status: 'CREATED' } });
    if (underWay > 0)
      throw new AppError('PAYMENT_UNDER_WAY', 'A payment is under way. Try again when it has ended.');
    await lifecycle.end(tx, subscription, 'CANCELLED', clock.now());
  }

  return { subscribe, cancel };
}
