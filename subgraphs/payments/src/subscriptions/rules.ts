import { AppError, dayMs, idempotencyKey, minuteMs } from '@diaspora/kit';
import { z } from 'zod';

const planCode = z.string().min(1).max(64);

export const subscribeInput = z.object({ idempotencyKey: idempotencyKey(), planCode });
export const changeInput = z.object({ idempotencyKey: idempotencyKey(), planCode });

/** What keeps a person from buying again. The partial unique index says the same. */
export const liveStatuses = ['PENDING', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED'] as const;

export const isLive = (status: string): boolean => (liveStatuses as readonly string[]).includes(status);

/** Entitlements hold while a renewal is tried again. */
export const isGranting = (status: string): boolean => ['TRIALING', 'ACTIVE', 'PAST_DUE'].includes(status);

/** When a renewal is tried again, counted from the first attempt; after the last one the subscription ends. */
const retriesAfterMs = [3 * dayMs, 7 * dayMs];

/** The next attempt after one that failed, or null to give up. Attempts in between, with another card, change nothing. */
export function nextAttemptAt(firstAttemptAt: Date, failedAt: Date): Date | null {
  const attempts = retriesAfterMs.map((delay) => new Date(firstAttemptAt.getTime() + delay));
  return attempts.find((attempt) => attempt > failedAt) ?? null;
}

/** Until when entitlements hold while a renewal is not paid. */
export const graceEndsAt = (firstAttemptAt: Date): Date =>
  new Date(firstAttemptAt.getTime() + retriesAfterMs.at(-1)!);

/** What the clock has to do with a subscription. */
export function dueStep(
  subscription: {
    readonly status: string;
    readonly cancelsAtPeriodEnd: boolean;
    readonly nextStepAt: Date | null;
  },
  now: Date,
): 'end' | 'charge' | 'unpause' | 'nothing' {
  const { status, nextStepAt, cancelsAtPeriodEnd } = subscription;
  if (!nextStepAt || nextStepAt > now) return 'nothing';
  if (status === 'PAUSED') return 'unpause';
  if (!isGranting(status)) return 'nothing';
  return cancelsAtPeriodEnd ? 'end' : 'charge';
}

const maxPauseDays = 180;
const defaultPauseDays = 90;

/** When a pause ends by itself. Throws AppError INVALID_INPUT. */
export function pauseEnd(asked: Date | null, now: Date): Date {
  const latest = new Date(now.getTime() + maxPauseDays * dayMs);
  const end = asked ?? new Date(now.getTime() + defaultPauseDays * dayMs);
  if (end <= now || end > latest)
    throw new AppError('INVALID_INPUT', `A pause ends within ${maxPauseDays} days.`, { path: ['resumesAt'] });
  return end;
}

/**
 * When the trial ends of a plan that is tried in the place of another: never later than that one's. Throws AppError
 * INVALID_INPUT for a plan that cannot be tried, or no more.
 */
export function trialEndWith(
  { currentPeriodStartsAt, trialEndsAt }: { currentPeriodStartsAt: Date | null; trialEndsAt: Date | null },
  { trialDays }: { readonly trialDays: number },
  now: Date,
): Date {
  const own = currentPeriodStartsAt!.getTime() + trialDays * dayMs;
  const endsAt = new Date(Math.min(own, trialEndsAt!.getTime()));
  if (endsAt > now) return endsAt;
  throw new AppError(
    'INVALID_INPUT',
    'This plan cannot be tried any more. Change when the trial has ended.',
    {
      path: ['planCode'],
    },
  );
}

/** How long a quote holds. */
const quoteMs = 15 * minuteMs;

/** The moment a change is counted at: that of its preview, or now. Throws AppError QUOTE_OUTDATED. */
export function changeMoment(
  quotedAt: Date | null,
  period: { readonly startsAt: Date; readonly endsAt: Date },
  now: Date,
): Date {
  const at = quotedAt ?? now;
  const isFresh = at <= now && now.getTime() - at.getTime() <= quoteMs && at >= period.startsAt;
  if (!isFresh || now >= period.endsAt)
    throw new AppError('QUOTE_OUTDATED', 'Ask for a new preview: this one is not good any more.', {
      path: ['quotedAt'],
    });
  return at;
}
