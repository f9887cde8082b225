import { AppError, dayMs } from '@diaspora/kit';
import rrule, { type Options } from 'rrule';
import { resolveLocal } from '../time/index.js';

/** How far ahead events are made, and how many of them at most. */
export const horizonMs = 180 * dayMs;
export const mostAhead = 26;
const mostCounted = 1_000;
/** A century. */
const longestDays = 36_525;
/** How many events may have been made for an organizer within a day before rules can be changed again. */
export const mostMadeADay = 300;

/** Which events of a series a change is about. */
export type SeriesScope = 'THIS_AND_LATER' | 'ALL';

/** A rule without its end, and what it says of its end. */
export interface ParsedRule {
  readonly rule: string;
  readonly count: number | null;
  readonly until: Date | null;
}

/**
 * Reads a recurrence rule (RFC 5545, section 3.3.10) of whole days. It takes what events need and every calendar
 * shows: days, weeks with weekdays, months by day or weekday, years. Throws AppError INVALID_INPUT.
 */
export function parseRule(text: string): ParsedRule {
  const parts = new Map(
    text
      .replace(/^RRULE:/i, '')
      .toUpperCase()
      .split(';')
      .map(partOf),
  );
  const take = (name: string) => {
    const value = parts.get(name);
    parts.delete(name);
    return value;
  };
  const [count, until] = [take('COUNT'), take('UNTIL')];
  if (count && until) throw refuse('A rule ends by COUNT or by UNTIL.');
  if (count && !(isWhole(count) && Number(count) <= mostCounted))
    throw refuse(`COUNT is a number up to ${mostCounted}.`);
  const rule = [...parts].map(([name, value]) => `${name}=${value}`).join(';');
  assertUnderstood(parts);
  return { rule, count: count ? Number(count) : null, until: until ? dayOf(until) : null };
}

function partOf(part: string): [string, string] {
  const [name = '', value = '', ...more] = part.split('=');
  if (!name || !value || more.length > 0)
    throw refuse('A rule is a list of NAME=VALUE, such as FREQ=WEEKLY;BYDAY=TU.');
  return [name, value];
}

const weekday = '(MO|TU|WE|TH|FR|SA|SU)';
const monthDay = '-?([1-9]|[12][0-9]|3[01])';
const list = (item: string) => new RegExp(`^(${item})(,(${item})){0,30}$`);
const interval = { INTERVAL: /^[1-9][0-9]?$/, WKST: new RegExp(`^${weekday}$`) };

/** Which parts each frequency takes. Whatever else RFC 5545 knows has no event of ours. */
const understood: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  DAILY: { ...interval, BYDAY: list(weekday) },
  WEEKLY: { ...interval, BYDAY: list(weekday) },
  MONTHLY: {
    ...interval,
    BYDAY: list(`-?[1-5]?${weekday}`),
    BYMONTHDAY: list(monthDay),
    BYSETPOS: /^(-?[1-4])$/,
  },
  YEARLY: {
    ...interval,
    BYMONTH: list('[1-9]|1[0-2]'),
    BYDAY: list(`-?[1-5]${weekday}`),
    BYMONTHDAY: list(monthDay),
  },
};

function assertUnderstood(parts: ReadonlyMap<string, string>): void {
  const frequency = parts.get('FREQ') ?? '';
  const known = understood[frequency];
  if (!known) throw refuse('FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.');
  for (const [name, value] of parts)
    if (name !== 'FREQ' && !known[name]?.test(value))
      throw refuse(`${name}=${value} is not understood with FREQ=${frequency}.`);
  const has = (name: string) => parts.has(name);
  const days = parts.get('BYDAY') ?? '';
  if (has('BYDAY') && has('BYMONTHDAY')) throw refuse('A rule has BYDAY or BYMONTHDAY.');
  if (has('BYSETPOS') && (!has('BYDAY') || /[1-5]/.test(days)))
    throw refuse('BYSETPOS counts among weekdays without numbers.');
  const needsMonth = frequency === 'YEARLY' && (has('BYDAY') || has('BYMONTHDAY'));
  if (needsMonth && !has('BYMONTH')) throw refuse('A day of a year needs its BYMONTH.');
}

const isWhole = (value: string) => /^[1-9][0-9]{0,3}$/.test(value);

/** The day of an UNTIL; its time of day does not matter for a rule of days. */
function dayOf(until: string): Date {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)(T\d{6}Z?)?$/.exec(until) ?? [];
  const at = new Date(`${year}-${month}-${day}T00:00:00.000Z`);
  if (Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(day))
    throw refuse('UNTIL is a day, such as 20271231.');
  return at;
}

const refuse = (message: string) => new AppError('INVALID_INPUT', message, { path: ['rule'] });

/** A rule on days as midnights in UTC: no clock is changed there, so that the library sees nothing but dates. */
const recurrence = (rule: string, anchorOn: Date, more: Partial<Options> = {}) =>
  new rrule.RRule({ ...rrule.RRule.parseString(rule), dtstart: anchorOn, ...more });

/** The days of a rule, counted from its anchor, between two days that belong to them. */
export const daysBetween = (rule: string, anchorOn: Date, from: Date, through: Date): Date[] =>
  recurrence(rule, anchorOn, { until: through }).between(from, through, true);

/**
 * The last day of a rule that begins on a day; null for one that does not end. A rule that counts is followed for a century:
 * days of one that has none, or few, would be looked for until the year 9999. Throws when it leaves out its first day.
 */
export function lastDayOf({ rule, count, until }: ParsedRule, anchorOn: Date): Date | null {
  assertBeginsThere(rule, anchorOn, until);
  if (count === null) return until;
  const counted = recurrence(rule, anchorOn, { count, until: dayAfter(anchorOn, longestDays) }).all();
  return counted.at(-1)!;
}

/** Throws when a rule leaves out the day of the event it begins with. */
export function assertBeginsThere(rule: string, day: Date, lastOn: Date | null): void {
  const isThere = daysBetween(rule, day, day, day).length > 0 && (!lastOn || lastOn >= day);
  if (!isThere)
    throw new AppError('INVALID_INPUT', 'The rule leaves out the day of the event.', { path: ['rule'] });
}

/** Rule and end as RFC 5545 writes them. */
export const writeRule = (rule: string, lastOn: Date | null): string =>
  lastOn ? `${rule};UNTIL=${isoDay(lastOn).replaceAll('-', '')}` : rule;

export const isoDay = (day: Date): string => day.toISOString().slice(0, 10);
export const midnightOf = (local: Date): Date => new Date(Math.floor(local.getTime() / dayMs) * dayMs);
export const dayAfter = (day: Date, days: number): Date => new Date(day.getTime() + days * dayMs);

/** When the events of a series begin and how long they take, on the clocks of a zone. */
export interface Timing {
  readonly startsAfterSeconds: number;
  readonly lengthSeconds: number;
  readonly timeZone: string;
}

/**
 * The times of the event of one day; null when the zone has no such day (Samoa left out 30 December 2011). A start
 * that the clocks skip moves forward, of a repeated hour it is the first, and where the end would not come after the
 * start because of that, the event takes its length from there.
 */
export function timesOn(day: Date, { startsAfterSeconds, lengthSeconds, timeZone }: Timing) {
  const wall = new Date(day.getTime() + startsAfterSeconds * 1_000);
  const starts = resolveLocal(wall, timeZone);
  if (midnightOf(starts.local).getTime() !== day.getTime()) return null;
  const ends = resolveLocal(new Date(wall.getTime() + lengthSeconds * 1_000), timeZone);
  const isAfter = ends.instant > starts.instant;
  const later = new Date(starts.local.getTime() + lengthSeconds * 1_000);
  const end = isAfter ? ends : resolveLocal(later, timeZone);
  return {
    startsAtLocal: starts.local,
    endsAtLocal: end.local,
    timeZone,
    startsAt: starts.instant,
    endsAt: end.instant,
  };
}
