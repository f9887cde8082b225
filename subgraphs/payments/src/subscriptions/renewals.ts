import { minuteMs, type Clock, type JobContext, type Logger } from '@diaspora/kit';
import type { Charges } from '../charges/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { lockSubscription, type Lifecycle, type SubscriptionWithPlan } from './lifecycle.js';
import { paymentsUnderWay } from './owned.js';
import { endPause } from './pausing.js';
import { chargePeriods, periodsToRenew } from './periods.js';
import { dueStep } from './rules.js';

export type Renewals = ReturnType<typeof createRenewals>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly charges: Charges;
  readonly lifecycle: Lifecycle;
}

/** What one transaction does, and how many are worked on at once by one process. */
const batchSize = 50;
const lanes = 4;
/** A subscription that cannot be advanced is looked at again later, so that it holds up no other. */
const setAsideMs = 10 * minuteMs;

type Due = 'next_step_at' | 'next_credits_at';

/**
 * What time does to subscriptions. Rows are taken with SKIP LOCKED, so that any number of lanes and processes share what is
 * due and make each step once; what a killed process had in hand was never committed and is due still.
 */
export function createRenewals({ db, clock, log, charges, lifecycle }: Dependencies) {
  /** The job behind the crontab: goes on until nothing is due. */
  async function advanceDue(_payload: object, { signal }: Pick<JobContext, 'signal'>): Promise<void> {
    // Once each: two lanes may try the same one.
    const failures = new Map<string, unknown>();
    const work = async (due: Due) => {
      while (!signal.aborted && (await advanceSome(due, failures)) > 0);
    };
    for (const due of ['next_step_at', 'next_credits_at'] as const)
      await Promise.all(Array.from({ length: lanes }, () => work(due)));
    if (failures.size > 0)
      throw new AggregateError(failures.values(), `${failures.size} subscriptions did not advance`);
  }

  /** Answers how many were due. When one of them fails they are done again one by one, and the one is set aside. */
  async function advanceSome(due: Due, failures: Map<string, unknown>): Promise<number> {
    const taken: string[] = [];
    try {
      await db.$transaction(async (tx) => {
        taken.push(...(await takeDue(tx, due)));
        await advance(tx, taken);
      });
    } catch (error) {
      if (taken.length === 0) throw error;
      log.warn({ err: error, count: taken.length }, 'subscriptions are advanced one by one');
      for (const id of taken)
        await advanceAlone(id, due).catch((reason: unknown) => failures.set(id, reason));
    }
    return taken.length;
  }

  async function takeDue(tx: Transaction, due: Due): Promise<string[]> {
    const column = Prisma.raw(due);
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM subscriptions WHERE ${column} <= ${clock.now()}
      ORDER BY ${column} LIMIT ${batchSize} FOR NO KEY UPDATE SKIP LOCKED`;
    return rows.map(({ id }) => id);
  }

  async function advanceAlone(id: string, due: Due): Promise<void> {
    try {
      await db.$transaction(async (tx) => {
        if (await lockSubscription(tx, id)) await advance(tx, [id]);
      });
    } catch (error) {
      const later = new Date(clock.now().getTime() + setAsideMs);
      const field = due === 'next_step_at' ? 'nextStepAt' : 'nextCreditsAt';
      await db.subscription.updateMany({
        where: { id, [field]: { lte: clock.now() } },
        data: { [field]: later },
      });
      throw error;
    }
  }

  /** Looks again under the locks: what is due may have been done meanwhile. What is charged is charged together. */
  async function advance(tx: Transaction, ids: readonly string[]): Promise<void> {
    const now = clock.now();
    const subscriptions = await tx.subscription.findMany({
      where: { id: { in: [...ids] } },
      include: { plan: true },
    });
    const isCharged = (subscription: SubscriptionWithPlan) => dueStep(subscription, now) === 'charge';
    await renewUnlessPaying(tx, subscriptions.filter(isCharged), now);
    for (const subscription of subscriptions)
      if (!isCharged(subscription)) await advanceOne(tx, subscription, now);
  }

  async function advanceOne(tx: Transaction, subscription: SubscriptionWithPlan, now: Date): Promise<void> {
    const { currentPeriodEndsAt, nextCreditsAt } = subscription;
    const step = dueStep(subscription, now);
    if (step === 'end') await lifecycle.end(tx, subscription, 'CANCELLED', currentPeriodEndsAt ?? now);
    else if (step === 'unpause') await endPause(tx, lifecycle, subscription, subscription.nextStepAt!);
    else if (nextCreditsAt && nextCreditsAt <= now) await lifecycle.grantCredits(tx, subscription, now);
  }

  /** What is being paid for, an upgrade, is waited for: its period may follow this one. */
  async function renewUnlessPaying(
    tx: Transaction,
    subscriptions: readonly SubscriptionWithPlan[],
    now: Date,
  ): Promise<void> {
    const paying = await paymentsUnderWay(
      tx,
      subscriptions.map(({ id }) => id),
    );
    await tx.subscription.updateMany({
      where: { id: { in: [...paying] } },
      data: { nextStepAt: new Date(now.getTime() + setAsideMs) },
    });
    await renew(
      tx,
      subscriptions.filter(({ id }) => !paying.has(id)),
      now,
    );
  }

  /** Under their locks. Nothing else is asked for until the outcome of the payment is known. */
  async function renew(
    tx: Transaction,
    subscriptions: readonly SubscriptionWithPlan[],
    now: Date,
  ): Promise<void> {
    if (subscriptions.length === 0) return;
    const periods = await periodsToRenew(tx, subscriptions, now);
    const byId = new Map(subscriptions.map((subscription) => [subscription.id, subscription]));
    await tx.subscription.updateMany({ where: { id: { in: [...byId.keys()] } }, data: { nextStepAt: null } });
    const asked = periods.map((period) => ({ subscription: byId.get(period.subscriptionId)!, period }));
    await chargePeriods(charges, tx, asked);
  }

  return { advanceDue, renew };
}
