import type { Clock } from '@diaspora/kit';
import type { Subscription } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import type { Lifecycle, SubscriptionWithPlan } from './lifecycle.js';
import { assertNoPaymentUnderWay, lockOwn, notInThisState } from './owned.js';
import { pauseEnd } from './rules.js';

export type Pausing = ReturnType<typeof createPausing>;

/** A pause: nothing is granted and nothing charged; the paid time that is left follows it. */
export function createPausing({ db, clock, lifecycle }: { db: Db; clock: Clock; lifecycle: Lifecycle }) {
  async function pause(userId: string, id: string, resumesAt: Date | null): Promise<Subscription> {
    return db.$transaction(async (tx) => {
      const subscription = await lockOwn(tx, userId, id);
      const now = clock.now();
      const nextStepAt = pauseEnd(resumesAt, now);
      const { status, currentPeriodEndsAt } = subscription;
      if (status === 'PAUSED')
        return lifecycle.change(tx, subscription, 'subscription.paused', { nextStepAt });
      await assertNoPaymentUnderWay(tx, id);
      if (status !== 'ACTIVE' || currentPeriodEndsAt! <= now)
        throw notInThisState('Only a paid subscription can be paused.');
      return lifecycle.change(tx, subscription, 'subscription.paused', {
        status: 'PAUSED',
        pausedAt: now,
        nextStepAt,
        nextCreditsAt: null,
      });
    });
  }

  /** Before the pause ends by itself. Repeating it changes nothing. */
  async function unpause(userId: string, id: string): Promise<Subscription> {
    return db.$transaction(async (tx) => {
      const subscription = await lockOwn(tx, userId, id);
      if (subscription.status === 'ACTIVE') return subscription;
      if (subscription.status !== 'PAUSED') throw notInThisState('This subscription is not paused.');
      return endPause(tx, lifecycle, subscription, clock.now());
    });
  }

  return { pause, unpause };
}

/** Paid time shifts by the length of the pause, and periods are counted from its new end on. */
export async function endPause(
  tx: Transaction,
  lifecycle: Lifecycle,
  subscription: SubscriptionWithPlan,
  at: Date,
): Promise<Subscription> {
  const shift = at.getTime() - subscription.pausedAt!.getTime();
  const shifted = (time: Date | null) => new Date(time!.getTime() + shift);
  const endsAt = shifted(subscription.currentPeriodEndsAt);
  const going = await lifecycle.change(tx, subscription, 'subscription.unpaused', {
    status: 'ACTIVE',
    pausedAt: null,
    currentPeriodStartsAt: shifted(subscription.currentPeriodStartsAt),
    currentPeriodEndsAt: endsAt,
    anchorAt: endsAt,
    periodNumber: -1,
    nextStepAt: endsAt,
  });
  await lifecycle.grantCredits(tx, going, at);
  return going;
}
