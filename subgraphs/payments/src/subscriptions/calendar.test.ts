import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { creditMonthAt, periodEnd, periodStart, periodToServe, type Interval } from './calendar.js';

const dayOf = (instant: Date, zone: string) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(
    instant,
  );

const zones = [
  'UTC',
  'Europe/Bucharest',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Auckland',
  'Pacific/Apia',
];

/** Local days on which periods begin, by the local day of the anchor. */
const matrix: readonly (readonly [string, Interval, readonly string[]])[] = [
  ['31 January', 'MONTH', ['2027-01-31', '2027-02-28', '2027-03-31', '2027-04-30', '2027-05-31']],
  ['31 January of a leap year', 'MONTH', ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']],
  ['30 December', 'MONTH', ['2026-12-30', '2027-01-30', '2027-02-28', '2027-03-30']],
  ['28 February', 'MONTH', ['2027-02-28', '2027-03-28', '2027-04-28']],
  ['29 February', 'MONTH', ['2028-02-29', '2028-03-29', '2028-04-29']],
  ['29 February', 'YEAR', ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']],
  ['31 December', 'YEAR', ['2027-12-31', '2028-12-31', '2029-12-31']],
];
/** Late in the evening the day is another one in UTC, west of Greenwich; early in the morning, east of it. */
const times = ['00:30', '12:00', '23:30'];

/** The instant at which a clock of the zone shows this. */
function instantOf(day: string, time: string, zone: string): Date {
  const wanted = `${day} ${time}`;
  const guess = Date.parse(`${day}T${time}:00Z`);
  for (let quarter = -60; quarter <= 60; quarter++) {
    const instant = new Date(guess + quarter * 15 * 60_000);
    if (dayOf(instant, zone) === wanted) return instant;
  }
  throw new Error(`${wanted} does not exist in ${zone}`);
}

describe('periods', () => {
  it.each(
    matrix.flatMap(([anchor, interval, days]) =>
      zones.flatMap((zone) => times.map((time) => [anchor, interval, zone, time, days] as const)),
    ),
  )('from %s by the %s in %s at %s begin on that day, or on the last one of a shorter month', (...row) => {
    const [, interval, timeZone, time, days] = row;
    const rhythm = { anchorAt: instantOf(days[0]!, time, timeZone), interval, timeZone };
    const starts = days.map((_, number) => dayOf(periodStart(rhythm, number), timeZone));
    expect(starts).toEqual(days.map((day) => `${day} ${time}`));
  });

  it('do not depend on the zone of this machine, but on that of the person', () => {
    // 23:30 on 31 January in New York is 1 February in London.
    const anchorAt = new Date('2027-02-01T04:30:00.000Z');
    const next = (timeZone: string) =>
      periodStart({ anchorAt, interval: 'MONTH', timeZone }, 1).toISOString();
    expect(next('America/New_York')).toBe('2027-03-01T04:30:00.000Z');
    expect(next('UTC')).toBe('2027-03-01T04:30:00.000Z');
    expect(periodStart({ anchorAt, interval: 'MONTH', timeZone: 'America/New_York' }, 2).toISOString()).toBe(
      '2027-04-01T03:30:00.000Z',
    );
    expect(periodStart({ anchorAt, interval: 'MONTH', timeZone: 'UTC' }, 2).toISOString()).toBe(
      '2027-04-01T04:30:00.000Z',
    );
  });

  it('move on when the clocks skip their time of day, and begin at their anchor also in an hour that repeats', () => {
    const timeZone = 'Europe/Berlin';
    const skipped = { anchorAt: new Date('2027-02-28T01:30:00.000Z'), interval: 'MONTH', timeZone } as const;
    expect(dayOf(periodStart(skipped, 1), timeZone)).toBe('2027-03-28 03:30');
    expect(dayOf(periodStart(skipped, 2), timeZone)).toBe('2027-04-28 02:30');
    const second = { anchorAt: new Date('2027-10-31T01:30:00.000Z'), interval: 'MONTH', timeZone } as const;
    expect(periodStart(second, 0)).toEqual(second.anchorAt);
  });

  it('follow each other without gap for decades, 28 to 31 days each, in every zone', () => {
    const anchors = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2060-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(
        anchors,
        fc.integer({ min: 0, max: 300 }),
        fc.constantFrom(...zones),
        (anchorAt, number, timeZone) => {
          const rhythm = { anchorAt, interval: 'MONTH', timeZone } as const;
          expect(periodEnd(rhythm, number)).toEqual(periodStart(rhythm, number + 1));
          const days =
            (periodEnd(rhythm, number).getTime() - periodStart(rhythm, number).getTime()) / 86_400_000;
          // An hour more or less where the clocks change.
          expect(days).toBeGreaterThan(27.9);
          expect(days).toBeLessThan(31.1);
        },
      ),
    );
  });

  it('that nobody served are left out', () => {
    const rhythm = {
      anchorAt: new Date('2026-01-31T10:00:00Z'),
      interval: 'MONTH',
      timeZone: 'UTC',
    } as const;
    const served = (day: string) => periodToServe(rhythm, 1, new Date(`${day}T10:00:00Z`));
    expect(['2026-02-28', '2026-03-30', '2026-03-31', '2026-07-15'].map(served)).toEqual([1, 1, 2, 5]);
  });
});

describe('months of credits', () => {
  const year = {
    startsAt: new Date('2027-01-31T10:00:00Z'),
    endsAt: new Date('2028-01-31T10:00:00Z'),
    timeZone: 'UTC',
  };
  it.each([
    ['2027-01-31', 0, '2027-02-28', '2027-02-28'],
    ['2027-02-28', 1, '2027-03-31', '2027-03-31'],
    ['2027-07-01', 5, '2027-07-31', '2027-07-31'],
    ['2028-01-30', 11, '2028-01-31', null],
  ])('of a year: on %s it is the one numbered %s, until %s', (day, month, end, next) => {
    const at = (text: string) => new Date(`${text}T10:00:00Z`);
    expect(creditMonthAt(year, at(day))).toEqual({ month, endsAt: at(end), nextAt: next && at(next) });
  });

  it('of a month are one', () => {
    const month = { ...year, endsAt: new Date('2027-02-28T10:00:00Z') };
    expect(creditMonthAt(month, year.startsAt)).toEqual({ month: 0, endsAt: month.endsAt, nextAt: null });
  });
});
