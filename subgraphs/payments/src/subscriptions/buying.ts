import { AppError, dayMs, idempotent, parseInput, type Audit, type Clock } from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import { assertFewDeclines, type Charges } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import { subscriptionIds } from '../ids.js';
import type { Choice, ChosenMethod, PaymentMethods } from '../payment-methods/index.js';
import type { Plans } from '../plans/index.js';
import type { Lifecycle, SubscriptionWithPlan } from './lifecycle.js';
import { chargedBy } from './owned.js';
import { addPeriod, chargePeriods } from './periods.js';
import { createRecord } from './recording.js';
import { liveStatuses, subscribeInput } from './rules.js';

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly plans: Plans;
  readonly paymentMethods: Pick<PaymentMethods, 'choose' | 'hold'>;
  readonly charges: Charges;
  readonly lifecycle: Pick<Lifecycle, 'activate'>;
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

/** Buying a plan, or trying it. */
export function createBuying(dependencies: Dependencies) {
  const { db, clock, plans, paymentMethods, charges, lifecycle, audit } = dependencies;
  const record = createRecord(audit);

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

  return { subscribe };
}
