import { addJob, type Clock } from '@diaspora/kit';
import type { Db } from '../database.js';
import { requestPayment } from '../jobs.js';
import type { Charges } from './charges.js';
import { lockSubscription, type Lifecycle } from './lifecycle.js';
import { dueStep, periodToCharge } from './rules.js';

export type Renewals = ReturnType<typeof createRenewals>;

const batchSize = 500;
/** A payment that no provider acknowledged for this long is asked for again. */
const unacknowledgedMs = 3_600_000;

/** What time does to subscriptions. Every step looks again under the lock, so that two workers make one step. */
export function createRenewals(dependencies: {
  db: Db;
  clock: Clock;
  charges: Charges;
  lifecycle: Lifecycle;
}) {
  const { db, clock, charges, lifecycle } = dependencies;

  /** The job behind the crontab. One subscription that fails does not hold up the others. */
  async function advanceDue(): Promise<void> {
    const due = await db.subscription.findMany({
      where: { nextStepAt: { lte: clock.now() } },
      orderBy: { nextStepAt: 'asc' },
      take: batchSize,
      select: { id: true },
    });
    const failures: unknown[] = [];
    for (const { id } of due) await advance(id).catch((error: unknown) => failures.push(error));
    if (failures.length > 0)
      throw new AggregateError(failures, `${failures.length} subscriptions did not advance`);
  }

  async function advance(id: string): Promise<void> {
    await db.$transaction(async (tx) => {
      const subscription = await lockSubscription(tx, id);
      if (!subscription) return;
      const now = clock.now();
      const { plan, anchorAt, periodIndex, currentPeriodEndsAt } = subscription;
      const step = dueStep(subscription, now);
      if (step === 'end') await lifecycle.end(tx, subscription, 'CANCELLED', currentPeriodEndsAt ?? now);
      if (step !== 'charge' || !anchorAt || periodIndex === null) return;
      await tx.subscription.update({ where: { id }, data: { nextStepAt: null } });
      await charges.begin(
        tx,
        subscription,
        periodToCharge(anchorAt, plan.interval ?? 'MONTH', periodIndex, now),
      );
    });
  }

  /** A job gives up one day; a payment does not, because nobody knows whether the provider made it. */
  async function requestUnacknowledged(): Promise<void> {
    const createdAt = { lt: new Date(clock.now().getTime() - unacknowledgedMs) };
    const payments = await db.payment.findMany({
      where: { status: 'CREATED', providerPaymentId: null, createdAt },
      take: batchSize,
      select: { id: true },
    });
    for (const { id } of payments) {
      await addJob(db, requestPayment, { paymentId: id }, { jobKey: `request-payment:${id}` });
    }
  }

  return { advanceDue, requestUnacknowledged };
}
