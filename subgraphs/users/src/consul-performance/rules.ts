import { AppError, dayMs, idempotencyKey, placeName, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Office } from '../__generated__/prisma/client.js';

const yearMs = 365 * dayMs;
const longestPeriodMs = 10 * 366 * dayMs;

/** How long after its end an event can be rated, as events has it. */
const ratingWindowMs = 14 * dayMs;

/** Ratings of an event that fewer have rated do not count, as in events: who gave them could be told from a mean. */
export const fewestRatings = 3;

/** Whatever ended by then cannot be rated any more. */
export const ratingsClosedBy = (now: Date): Date => new Date(now.getTime() - ratingWindowMs);

/** As many ratings of the mean of all count beside a consul's own. */
export const priorWeight = 10;

export const scopeInput = z.object({ countryCode: z.string(), city: placeName({ max: 80 }).nullish() });

export const reviewInput = z.object({
  idempotencyKey: idempotencyKey(),
  assessment: z.enum(['ABOVE_EXPECTATIONS', 'AS_EXPECTED', 'BELOW_EXPECTATIONS']),
  comment: text({ max: 4_000 }),
});

export interface Period {
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/** Throws INVALID_INPUT unless it has a length that can be looked at. */
export function assertPeriod({ from, to }: Period): void {
  const refuse = (message: string) => new AppError('INVALID_INPUT', message, { path: ['period', 'to'] });
  if (to <= from) throw refuse('The period ends before it begins.');
  if (to.getTime() - from.getTime() > longestPeriodMs) throw refuse('A period has ten years at most.');
}

/** What of a period an office was held for, up to now. Empty (`from` is `to`) when it was not. */
export function heldWithin(
  { from, to }: Period,
  office: Pick<Office, 'startsAt' | 'endsAt' | 'endedAt'>,
  now: Date,
): Period {
  const start = Math.max(from.getTime(), office.startsAt.getTime());
  const ends = [to, now, office.endsAt, office.endedAt].flatMap((each) => (each ? [each.getTime()] : []));
  return { from: new Date(start), to: new Date(Math.max(start, Math.min(...ends))) };
}

/** The mandate, in local events a year, in proportion to the time, in years of 365 days. */
export const eventsOwed = ({ from, to }: Period, mandate: number): number =>
  (mandate * (to.getTime() - from.getTime())) / yearMs;

/** Whole events are held, so whole events are owed. */
export const eventsMissing = (held: number, owed: number): number => Math.max(0, Math.floor(owed) - held);

export const isMandateMet = (held: number, owed: number): boolean => eventsMissing(held, owed) === 0;

/**
 * The mean of `count` ratings drawn towards the mean of all, `(prior * weight + sum) / (weight + count)`: the posterior mean
 * of a normal mean under a normal prior, whose weight counts in ratings (Efron and Morris, "Stein's Paradox in Statistics",
 * Scientific American 236, 1977).
 */
export const shrunkMean = (count: number, mean: number, prior: number): number =>
  (prior * priorWeight + mean * count) / (priorWeight + count);

/** What is told of the `count` ratings that count. A mean of all (`prior`) there is wherever there are ratings. */
export const ratingOf = (count: number, mean: number | null, prior: number | null) => ({
  sampleSize: count,
  mean,
  shrunkMean: mean !== null && prior !== null ? shrunkMean(count, mean, prior) : null,
});

/** More may come than hold a place: nobody is missing then. */
export const noShowRate = (registered: number, checkedIn: number): number | null =>
  registered === 0 ? null : Math.max(0, 1 - checkedIn / registered);
