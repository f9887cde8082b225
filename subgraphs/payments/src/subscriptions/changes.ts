import { AppError, idempotent, parseInput, type Clock } from '@diaspora/kit';
import type { Plan, Subscription } from '../__generated__/prisma/client.js';
import type { Charges } from '../charges/index.js';
import type { Db, Transaction } from '../database.js';
import type { Plans } from '../plans/index.js';
import { periodStart } from './calendar.js';
import { heldFor } from './holdings.js';
import type { Lifecycle, SubscriptionWithPlan } from './lifecycle.js';
import { assertNoPaymentUnderWay, lockOwn, notInThisState } from './owned.js';
import { addPeriod, chargePeriods } from './periods.js';
import { changeTerms, type ChangeTerms } from './proration.js';
import { changeInput, changeMoment, trialEndWith } from './rules.js';

export type PlanChanges = ReturnType<typeof createPlanChanges>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly plans: Plans;
  readonly charges: Charges;
  readonly lifecycle: Lifecycle;
}

interface WishedPlan {
  readonly planCode: string;
  /** Which version was shown. */
  readonly planVersion?: number | null | undefined;
  /** When its price was. */
  readonly quotedAt?: Date | null;
}

export interface ChangeInput extends WishedPlan {
  readonly idempotencyKey: string;
  readonly quotedAt: Date | null;
}

export interface ChangePreview extends ChangeTerms {
  readonly plan: Plan;
  readonly quotedAt: Date;
  readonly takesEffectAt: Date;
  readonly nextChargeAt: Date;
}

/** Another plan: more of it at once, for the difference; less of it when the paid time is over. */
export function createPlanChanges({ db, clock, plans, charges, lifecycle }: Dependencies) {
  /** What `change` would do and charge, told this moment. */
  async function preview(userId: string, id: string, planCode: string): Promise<ChangePreview> {
    return db.$transaction(async (tx) => {
      const subscription = await lockOwn(tx, userId, id);
      const plan = await findPlan(tx, subscription, { planCode });
      const at = momentOf(subscription, null);
      return describe(subscription, plan, await termsOf(tx, subscription, plan, at), at);
    });
  }

  function describe(
    subscription: SubscriptionWithPlan,
    plan: Plan,
    terms: ChangeTerms,
    at: Date,
  ): ChangePreview {
    const { timeZone, status } = subscription;
    const currentPeriodEndsAt =
      status === 'TRIALING'
        ? trialEndWith(subscription, plan, clock.now())
        : subscription.currentPeriodEndsAt;
    const isChargedNow = terms.amountDueMinor > 0n;
    const rhythm = { anchorAt: at, interval: plan.interval ?? 'MONTH', timeZone };
    return {
      ...terms,
      plan,
      quotedAt: at,
      takesEffectAt: isChargedNow || status === 'TRIALING' ? at : currentPeriodEndsAt!,
      nextChargeAt: isChargedNow ? periodStart(rhythm, 1) : currentPeriodEndsAt!,
    };
  }

  /** While a plan is tried, another one is tried in its place. */
  async function termsOf(
    tx: Transaction,
    subscription: SubscriptionWithPlan,
    to: Plan,
    at: Date,
  ): Promise<ChangeTerms> {
    const { plan: from, status } = subscription;
    if (status === 'TRIALING') return { takesEffect: 'NOW', creditMinor: 0n, amountDueMinor: 0n };
    if (to.id === from.id) return { takesEffect: 'PERIOD_END', creditMinor: 0n, amountDueMinor: 0n };
    const period = { ...boundsOf(subscription), valueMinor: await heldFor(tx, subscription) };
    return changeTerms({ from, to, period, at });
  }

  async function change(userId: string, id: string, input: ChangeInput): Promise<Subscription> {
    const { idempotencyKey: key, planCode } = parseInput(changeInput, input);
    const { planVersion } = input;
    const request = { id, planCode, planVersion, quotedAt: input.quotedAt?.toISOString() ?? null };
    const call = { actor: userId, operation: 'changeSubscriptionPlan', key, request };
    const begin = () =>
      db.$transaction((tx) =>
        idempotent(tx, call, async () => {
          const subscription = await lockOwn(tx, userId, id);
          const plan = await findPlan(tx, subscription, input);
          await assertNoPaymentUnderWay(tx, id);
          await apply(tx, subscription, plan, momentOf(subscription, input.quotedAt));
          return {};
        }),
      );
    await charges.insteadOf({ userId, subscriptionId: id }, begin);
    return db.subscription.findUniqueOrThrow({ where: { id } });
  }

  async function apply(tx: Transaction, subscription: SubscriptionWithPlan, plan: Plan, at: Date) {
    const { id, status } = subscription;
    const { amountDueMinor, creditMinor } = await termsOf(tx, subscription, plan, at);
    const next = { nextPlanId: plan.id === subscription.planId ? null : plan.id };
    if (amountDueMinor === 0n) {
      const data = status === 'TRIALING' ? tried(subscription, plan) : next;
      await lifecycle.change(tx, subscription, 'subscription.planChanged', data);
      return;
    }
    await lifecycle.change(tx, subscription, 'subscription.planChanged', next);
    const period = await addPeriod(tx, {
      subscriptionId: id,
      kind: 'CHANGE',
      planId: plan.id,
      anchorAt: at,
      number: 0,
      amountMinor: amountDueMinor,
      creditMinor,
      formerNextPlanId: subscription.nextPlanId,
      createdAt: clock.now(),
    });
    await chargePeriods(charges, tx, [{ subscription, period }]);
  }

  /** Another plan tried in the place of one: for as long as it may be tried, counted from the same beginning. */
  function tried(subscription: SubscriptionWithPlan, plan: Plan) {
    const endsAt = trialEndWith(subscription, plan, clock.now());
    return { planId: plan.id, trialEndsAt: endsAt, currentPeriodEndsAt: endsAt, nextStepAt: endsAt };
  }

  /** The plan one has can be kept whether or not it is on offer still: that takes back a change that waits. */
  async function findPlan(
    tx: Transaction,
    { plan: current }: SubscriptionWithPlan,
    { planCode: code, planVersion = null, quotedAt = null }: WishedPlan,
  ): Promise<Plan> {
    if (code === current.code) return current;
    const plan = await plans.findForSale(tx, code, { version: planVersion, since: quotedAt });
    if (plan.currency === current.currency) return plan;
    throw new AppError('INVALID_INPUT', 'This plan is charged in another currency.', { path: ['planCode'] });
  }

  function momentOf(subscription: SubscriptionWithPlan, quotedAt: Date | null): Date {
    const { status, cancelsAtPeriodEnd } = subscription;
    if (status !== 'ACTIVE' && status !== 'TRIALING')
      throw notInThisState('Only a subscription that is paid or tried can be changed.');
    if (cancelsAtPeriodEnd) throw notInThisState('Take back the cancellation first.');
    return changeMoment(quotedAt, boundsOf(subscription), clock.now());
  }

  return { preview, change };
}

const boundsOf = ({ currentPeriodStartsAt, currentPeriodEndsAt }: Subscription) => ({
  startsAt: currentPeriodStartsAt!,
  endsAt: currentPeriodEndsAt!,
});
