import { messagesFrom } from '@diaspora/kit';
import { z } from 'zod';
import type { MoneyMovement, MovementDocument } from '../charges/index.js';
import type { Payment } from '../__generated__/prisma/client.js';
import { Prisma, type Transaction } from '../database.js';
import { subscriptionIds } from '../ids.js';
import type { PaymentsMessages } from '../messages.js';
import { changesBetween, dayOf, yearlyOf, type Change, type Counted } from './rules.js';

const { sql } = Prisma;
const own = messagesFrom<PaymentsMessages, Transaction>('payments');
const unknownCountry = 'ZZ';

/** Counts money in the transaction in which it moves, by the day: whoever counts the same days takes them in the same order. */
export const countMovements: MovementDocument = async (tx, movements) => {
  const byDay = movements.toSorted((left, right) => left.at.getTime() - right.at.getTime());
  for (const { payment, at, ...movement } of byDay) {
    const counts = countsOf(movement);
    if (!counts) continue;
    const platformFeeMinor = movement.kind === 'CAPTURED' ? await earnedBy(tx, payment) : 0n;
    await count(tx, payment, at, { ...nothing, ...counts, platformFeeMinor });
  }
};

/** What the platform earned of an order, by the books; money that bought nothing earned it nothing. */
async function earnedBy(tx: Transaction, { id: reference, orderId }: Payment): Promise<bigint> {
  if (!orderId) return 0n;
  const sale = await tx.ledgerTransaction.findUnique({
    where: { kind_reference: { kind: 'ORDER_SOLD', reference } },
    select: { postings: { where: { account: { type: 'PLATFORM_REVENUE' } } } },
  });
  return -(sale?.postings[0]?.amountMinor ?? 0n);
}

async function count(tx: Transaction, payment: Payment, at: Date, counts: typeof nothing): Promise<void> {
  const source = payment.orderId ? 'TICKETS' : 'SUBSCRIPTIONS';
  await tx.$executeRaw`
    INSERT INTO revenue_days AS known (day, country_code, currency, source, plan_code, captured_minor, captures,
      refunded_minor, refunds, lost_minor, provider_fee_minor, platform_fee_minor)
    VALUES (${dayOf(at)}::date, ${await countryOf(tx, payment.userId)}, ${payment.currency}, ${source}::revenue_source,
      ${await planCodeOf(tx, payment)}, ${counts.capturedMinor}, ${counts.captures}, ${counts.refundedMinor},
      ${counts.refunds}, ${counts.lostMinor}, ${counts.providerFeeMinor}, ${counts.platformFeeMinor})
    ON CONFLICT (day, country_code, currency, source, plan_code) DO UPDATE SET
      captured_minor = known.captured_minor + excluded.captured_minor, captures = known.captures + excluded.captures,
      refunded_minor = known.refunded_minor + excluded.refunded_minor, refunds = known.refunds + excluded.refunds,
      lost_minor = known.lost_minor + excluded.lost_minor,
      provider_fee_minor = known.provider_fee_minor + excluded.provider_fee_minor,
      platform_fee_minor = known.platform_fee_minor + excluded.platform_fee_minor`;
}

const nothing = {
  capturedMinor: 0n,
  captures: 0,
  refundedMinor: 0n,
  refunds: 0,
  lostMinor: 0n,
  providerFeeMinor: 0n,
  platformFeeMinor: 0n,
};

/** Money that a bank only withholds is not lost yet. */
function countsOf({ kind, amountMinor }: Pick<MoneyMovement, 'kind' | 'amountMinor'>) {
  switch (kind) {
    case 'CAPTURED':
      return { capturedMinor: amountMinor, captures: 1 };
    case 'FEE':
      return { providerFeeMinor: amountMinor };
    case 'REFUNDED':
      return { refundedMinor: amountMinor, refunds: 1 };
    case 'REFUND_FAILED':
      return { refundedMinor: -amountMinor, refunds: -1 };
    case 'DISPUTE_LOST':
      return { lostMinor: amountMinor };
    default:
      return null;
  }
}

/** The plan that was paid for, which a subscription may be on no longer, or not yet. */
async function planCodeOf(tx: Transaction, { subscriptionId, periodIndex }: Payment): Promise<string> {
  if (!subscriptionId) return '';
  const { plan } = await tx.subscriptionPeriod.findUniqueOrThrow({
    where: { subscriptionId_index: { subscriptionId, index: periodIndex! } },
    include: { plan: { select: { code: true } } },
  });
  return plan.code;
}

/** Where tax is due, as for invoices. */
async function countryOf(tx: Transaction, userId: string): Promise<string> {
  const [row] = await tx.$queryRaw<{ countryCode: string }[]>`
    SELECT coalesce(
      (SELECT country_code FROM billing_details WHERE user_id = ${userId}::uuid),
      (SELECT country_code FROM customers WHERE user_id = ${userId}::uuid),
      ${unknownCountry}) AS "countryCode"`;
  return row!.countryCode;
}

/**
 * Counts a subscription as it is now, on the day of what happened to it. It may be called again, late or for nothing: what
 * is counted is the difference to what it was counted as before.
 */
export async function countSubscription(tx: Transaction, subscriptionId: string, at: Date): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`count:${subscriptionId}`}, 0))`;
  const before = await tx.countedSubscription.findUnique({ where: { subscriptionId } });
  const after = await countOf(tx, subscriptionId);
  const changes = changesBetween(before, after);
  if (changes.length === 0) return;
  // In one order: whoever goes the other way meanwhile needs the same rows.
  const keyOf = ({ countryCode, currency, planCode }: Change) => `${countryCode} ${currency} ${planCode}`;
  const sorted = changes.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  for (const change of sorted) await write(tx, change, dayOf(at));
  if (!after) await tx.countedSubscription.delete({ where: { subscriptionId } });
  else
    await tx.countedSubscription.upsert({
      where: { subscriptionId },
      create: { subscriptionId, ...after },
      update: after,
    });
}

async function countOf(tx: Transaction, id: string): Promise<Counted | null> {
  const subscription = await tx.subscription.findUnique({ where: { id }, include: { plan: true } });
  if (!subscription) return null;
  const { plan, status, userId } = subscription;
  const yearlyMinor = yearlyOf(status, plan);
  if (yearlyMinor === 0n) return null;
  return {
    countryCode: await countryOf(tx, userId),
    currency: plan.currency,
    planCode: plan.code,
    yearlyMinor,
  };
}

async function write(tx: Transaction, change: Change, day: string): Promise<void> {
  const { kind, countryCode, currency, planCode, yearlyMinor, subscriptions } = change;
  const amount = sql([`${kind}_minor`]);
  const count = sql([kind]);
  await tx.$executeRaw`
    INSERT INTO recurring_days AS known (day, country_code, currency, plan_code, ${amount}, ${count})
    VALUES (${day}::date, ${countryCode}, ${currency}, ${planCode}, ${yearlyMinor}, ${subscriptions})
    ON CONFLICT (day, country_code, currency, plan_code)
    DO UPDATE SET ${amount} = known.${amount} + excluded.${amount}, ${count} = known.${count} + excluded.${count}`;
}

const aboutSubscription = z.object({ subscriptionId: z.string() });

/** What this subgraph tells of subscriptions, it hears too: whichever way one changes, it is told. */
export const countingHandlers = (
  ['subscription.activated', 'subscription.changed', 'subscription.ended'] as const
).map((type) =>
  own.on(type, aboutSubscription, async ({ data, time }, tx) =>
    countSubscription(tx, subscriptionIds.decode(data.subscriptionId), time),
  ),
);
