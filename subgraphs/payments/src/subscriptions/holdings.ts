import type { Transaction } from '../database.js';
import type { SubscriptionWithPlan } from './lifecycle.js';
import { notInThisState } from './owned.js';

type Current = Pick<SubscriptionWithPlan, 'id' | 'periodIndex'>;

/**
 * What of the money for the current period is with us: less what went back and what banks took. What the period before
 * paid of it counts, as long as no bank takes that: then the subscription ends. Throws SUBSCRIPTION_STATE while a bank asks for
 * some of its money.
 */
export async function heldFor(tx: Transaction, { id, periodIndex }: Current): Promise<bigint> {
  if ((await tx.dispute.count({ where: { payment: { subscriptionId: id }, status: 'OPEN' } })) > 0)
    throw notInThisState('A bank asks for money of this subscription. Change it when that is decided.');
  const period = await tx.subscriptionPeriod.findUniqueOrThrow({
    where: { subscriptionId_index: { subscriptionId: id, index: periodIndex! } },
  });
  const payments = await tx.payment.findMany({
    where: { subscriptionId: id, periodIndex, status: 'CAPTURED', owedBackAt: null },
    include: { refunds: { where: { status: { not: 'FAILED' } } }, disputes: { where: { status: 'LOST' } } },
  });
  const held = payments
    .flatMap(({ amountMinor, refunds, disputes }) => [
      amountMinor,
      ...[...refunds, ...disputes].map((gone) => -gone.amountMinor),
    ])
    .reduce((sum, part) => sum + part, period.creditMinor);
  return held > 0n ? held : 0n;
}

/** Whether the money of a period pays for the current one: its own, or by the credits of the upgrades since. */
export async function paysForCurrent(
  tx: Transaction,
  { id: subscriptionId, periodIndex }: Current,
  paidIndex: number,
): Promise<boolean> {
  if (periodIndex === null || paidIndex > periodIndex) return false;
  const periods = await tx.subscriptionPeriod.findMany({
    where: { subscriptionId, index: { gt: paidIndex, lte: periodIndex } },
  });
  const paid = await tx.payment.findMany({
    where: { subscriptionId, status: 'CAPTURED', owedBackAt: null },
    select: { periodIndex: true },
  });
  const granted = periods.filter(({ index }) => paid.some((payment) => payment.periodIndex === index));
  return granted.every(({ kind, creditMinor }) => kind === 'CHANGE' && creditMinor > 0n);
}
