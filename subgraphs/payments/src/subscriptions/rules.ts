import { idempotencyKey } from '@diaspora/kit';
import { z } from 'zod';

export const subscribeInput = z.object({
  idempotencyKey: idempotencyKey(),
  planCode: z.string().min(1).max(64),
});

/** What keeps a person from buying again. The partial unique index says the same. */
export const liveStatuses = ['PENDING', 'ACTIVE', 'PAST_DUE'] as const;

export const isLive = (status: string): boolean => (liveStatuses as readonly string[]).includes(status);

export type Interval = 'MONTH' | 'YEAR';
export type PaymentStatus = 'CREATED' | 'FAILED' | 'CAPTURED';

const monthsOf = (interval: Interval): number => (interval === 'YEAR' ? 12 : 1);

/**
 * Start of period `index` (0 begins at the anchor), in UTC. Always counted from the anchor: the day of the month is
 * clamped where a month is shorter and comes back where it is not (31 January, 28 February, 31 March).
 */
export function periodStart(anchor: Date, interval: Interval, index: number): Date {
  const months = anchor.getUTCMonth() + index * monthsOf(interval);
  const lastDay = new Date(Date.UTC(anchor.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const start = new Date(anchor);
  start.setUTCFullYear(anchor.getUTCFullYear(), months, Math.min(anchor.getUTCDate(), lastDay));
  return start;
}

/** The period to charge after `lastPaid`: the next one, or the one that holds `now` when this service slept through some. */
export function periodToCharge(anchor: Date, interval: Interval, lastPaid: number, now: Date): number {
  let index = lastPaid + 1;
  while (periodStart(anchor, interval, index + 1) <= now) index += 1;
  return index;
}

const rank: Record<PaymentStatus, number> = { CREATED: 0, FAILED: 1, CAPTURED: 2 };

/**
 * A payment only climbs: captured money outweighs a failure reported before or after it. So the last word does not
 * depend on the order in which a provider's events arrive, nor on how often.
 */
export const settledStatus = (known: PaymentStatus, told: PaymentStatus): PaymentStatus =>
  rank[told] > rank[known] ? told : known;

const dayMs = 86_400_000;
/** Pauses between attempts at one period; after the last attempt the subscription ends. */
const retryDelaysMs = [3 * dayMs, 4 * dayMs];

/** When to try again after failed attempt number `attempt` (from 1), or null to give up. */
export function nextAttemptAt(attempt: number, failedAt: Date): Date | null {
  const delay = retryDelaysMs[attempt - 1];
  return delay === undefined ? null : new Date(failedAt.getTime() + delay);
}

/** What the clock has to do with a subscription. */
export function dueStep(
  subscription: {
    readonly status: string;
    readonly cancelsAtPeriodEnd: boolean;
    readonly nextStepAt: Date | null;
  },
  now: Date,
): 'end' | 'charge' | 'nothing' {
  if (!subscription.nextStepAt || subscription.nextStepAt > now) return 'nothing';
  if (subscription.status !== 'ACTIVE' && subscription.status !== 'PAST_DUE') return 'nothing';
  return subscription.cancelsAtPeriodEnd ? 'end' : 'charge';
}
