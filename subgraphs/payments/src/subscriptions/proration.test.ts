import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changeTerms, isUpgrade, unusedPart } from './proration.js';

const startsAt = new Date('2026-06-01T00:00:00Z');
const endsAt = new Date('2026-07-01T00:00:00Z');
const on = (day: string) => new Date(`2026-06-${day}T00:00:00Z`);
const month = (valueMinor: bigint) => ({ startsAt, endsAt, valueMinor });

describe('the unused part of a period', () => {
  it.each([
    ['all of it at its start', '01', 900n],
    ['two thirds after ten days', '11', 600n],
    ['a thirtieth on the last day', '30', 30n],
  ])('is %s', (_what, day, unused) => {
    expect(unusedPart(month(900n), on(day))).toBe(unused);
  });

  it('is nothing after its end, and never more than the whole before its start', () => {
    expect(unusedPart(month(900n), new Date('2026-08-01'))).toBe(0n);
    expect(unusedPart(month(900n), new Date('2026-05-01'))).toBe(900n);
  });

  it('is what is exact to the unit, rounded to the nearer one', () => {
    // 7.99 over thirty days: ten days are 2.6633, and twenty 5.3266.
    expect(unusedPart(month(799n), on('11'))).toBe(533n);
    expect(unusedPart(month(799n), on('21'))).toBe(266n);
  });

  it('falls as time passes, stays within the whole, and is exact within a unit', () => {
    const moment = fc.integer({ min: startsAt.getTime(), max: endsAt.getTime() });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), moment, moment, (value, one, other) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)].map((ms) => new Date(ms)) as [
          Date,
          Date,
        ];
        const [more, less] = [unusedPart(month(value), early), unusedPart(month(value), late)];
        expect(more >= less && more <= value && less >= 0n).toBe(true);
        const length = BigInt(endsAt.getTime() - startsAt.getTime());
        const exact = value * BigInt(endsAt.getTime() - late.getTime());
        const distance = less * length - exact;
        expect(distance < length && -distance < length).toBe(true);
      }),
    );
  });
});

describe('a change', () => {
  const plan = (tier: number, interval: 'MONTH' | 'YEAR', amountMinor: bigint) => ({
    tier,
    interval,
    amountMinor,
  });
  const monthly = plan(10, 'MONTH', 799n);
  const yearly = plan(10, 'YEAR', 7_990n);
  const more = plan(20, 'MONTH', 1_999n);

  it.each([
    ['the same for longer', monthly, yearly, true],
    ['the same for shorter', yearly, monthly, false],
    ['more for as long', monthly, more, true],
    ['more for shorter', yearly, more, true],
    ['less', more, monthly, false],
    ['less for longer', more, yearly, false],
    ['the same', monthly, monthly, false],
  ])('to %s is an upgrade or not', (_what, from, to, expected) => {
    expect(isUpgrade(from, to)).toBe(expected);
  });

  it('up is charged now, less what is unused; down costs nothing and waits', () => {
    const at = on('11');
    expect(changeTerms({ from: monthly, to: yearly, period: month(799n), at })).toEqual({
      takesEffect: 'NOW',
      creditMinor: 533n,
      amountDueMinor: 7_457n,
    });
    const waiting = { takesEffect: 'PERIOD_END', creditMinor: 0n, amountDueMinor: 0n };
    expect(changeTerms({ from: yearly, to: monthly, period: month(7_990n), at })).toEqual(waiting);
    // What is unused of the year is worth more than a month of the better plan.
    expect(changeTerms({ from: yearly, to: more, period: month(7_990n), at })).toEqual(waiting);
    expect(changeTerms({ from: yearly, to: more, period: month(7_990n), at: on('30') })).toMatchObject({
      takesEffect: 'NOW',
      amountDueMinor: 1_733n,
    });
  });
});
