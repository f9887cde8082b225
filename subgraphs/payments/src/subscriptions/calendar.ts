import { localAt, resolveLocal } from '@diaspora/kit';

export type Interval = 'MONTH' | 'YEAR';

const monthsOf = (interval: Interval): number => (interval === 'YEAR' ? 12 : 1);

/** From where, in which steps and by whose calendar periods are counted. */
export interface Rhythm {
  readonly anchorAt: Date;
  readonly interval: Interval;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * Start of period `number` (0 begins at the anchor), on the clocks of the zone. Always counted from the anchor: the day of
 * the month is clamped where a month is shorter and comes back where it is not (31 January, 28 February, 31 March). The
 * time of day is that of the anchor; one that the clocks skip moves forward, of a repeated one the first counts.
 */
export function periodStart({ anchorAt, interval, timeZone }: Rhythm, number: number): Date {
  if (number === 0) return anchorAt;
  const local = localAt(anchorAt, timeZone);
  const months = local.getUTCMonth() + number * monthsOf(interval);
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const start = new Date(local);
  start.setUTCFullYear(local.getUTCFullYear(), months, Math.min(local.getUTCDate(), lastDay));
  return resolveLocal(start, timeZone).instant;
}

export const periodEnd = (rhythm: Rhythm, number: number): Date => periodStart(rhythm, number + 1);

/** The period from `number` on that holds `now`: those that nobody served, because this service slept, are left out. */
export function periodToServe(rhythm: Rhythm, number: number, now: Date): number {
  let served = number;
  while (periodEnd(rhythm, served) <= now) served += 1;
  return served;
}

export interface CreditMonth {
  /** From 0, within the period. */
  readonly month: number;
  readonly endsAt: Date;
  /** When the next one begins; null when the period is over then. */
  readonly nextAt: Date | null;
}

/** Which month of a period it is: credits come by the month, also where a year is paid at once. */
export function creditMonthAt(
  period: { readonly startsAt: Date; readonly endsAt: Date; readonly timeZone: string },
  now: Date,
): CreditMonth {
  const months: Rhythm = { anchorAt: period.startsAt, interval: 'MONTH', timeZone: period.timeZone };
  const month = periodToServe(months, 0, now);
  const end = periodEnd(months, month);
  return end < period.endsAt
    ? { month, endsAt: end, nextAt: end }
    : { month, endsAt: period.endsAt, nextAt: null };
}
