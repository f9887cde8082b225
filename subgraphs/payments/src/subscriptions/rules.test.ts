import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dueStep, nextAttemptAt, periodStart, periodToCharge, settledStatus } from './rules.js';

const at = (text: string) => new Date(`${text}T10:00:00.000Z`);
const day = (date: Date) => date.toISOString().slice(0, 10);

describe('periods', () => {
  it.each([
    ['2026-01-31', ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
    ['2028-01-31', ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31']],
    ['2026-12-30', ['2026-12-30', '2027-01-30', '2027-02-28', '2027-03-30', '2027-04-30']],
    ['2026-02-28', ['2026-02-28', '2026-03-28', '2026-04-28', '2026-05-28', '2026-06-28']],
  ])('of a month from %s begin on that day, or on the last one of a shorter month', (anchor, days) => {
    expect(days.map((_, index) => day(periodStart(at(anchor), 'MONTH', index)))).toEqual(days);
  });

  it('of a year from a leap day begin on 28 February until the next leap year', () => {
    const days = [0, 1, 2, 3, 4].map((index) => day(periodStart(at('2028-02-29'), 'YEAR', index)));
    expect(days).toEqual(['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']);
  });

  it('follow each other without gap, keep the time of day, and are 28 to 31 days long', () => {
    const anchors = fc.date({ min: at('2020-01-01'), max: at('2060-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(anchors, fc.integer({ min: 0, max: 300 }), (anchor, index) => {
        const [start, end] = [periodStart(anchor, 'MONTH', index), periodStart(anchor, 'MONTH', index + 1)];
        const days = (end.getTime() - start.getTime()) / 86_400_000;
        expect(Number.isInteger(days) && days >= 28 && days <= 31).toBe(true);
        expect(start.toISOString().slice(10)).toBe(anchor.toISOString().slice(10));
      }),
    );
  });

  it('that nobody served are not charged', () => {
    const anchor = at('2026-01-31');
    expect(periodToCharge(anchor, 'MONTH', 0, at('2026-02-28'))).toBe(1);
    expect(periodToCharge(anchor, 'MONTH', 0, at('2026-03-30'))).toBe(1);
    expect(periodToCharge(anchor, 'MONTH', 0, at('2026-03-31'))).toBe(2);
    expect(periodToCharge(anchor, 'MONTH', 0, at('2026-07-15'))).toBe(5);
  });
});

describe('settlement', () => {
  it('ends at the highest thing told, in whatever order', () => {
    const told = fc.constantFrom('CREATED' as const, 'FAILED' as const, 'CAPTURED' as const);
    fc.assert(
      fc.property(fc.array(told, { minLength: 1 }), (all) => {
        const settle = (events: typeof all) => events.reduce(settledStatus, 'CREATED');
        const expected = all.includes('CAPTURED')
          ? 'CAPTURED'
          : all.includes('FAILED')
            ? 'FAILED'
            : 'CREATED';
        expect(settle(all)).toBe(expected);
        expect(settle([...all].reverse())).toBe(expected);
        expect(settle([...all, ...all])).toBe(expected);
      }),
    );
  });

  it('tries a renewal three times within a week', () => {
    expect(nextAttemptAt(1, at('2026-06-01'))).toEqual(at('2026-06-04'));
    expect(nextAttemptAt(2, at('2026-06-04'))).toEqual(at('2026-06-08'));
    expect(nextAttemptAt(3, at('2026-06-08'))).toBeNull();
  });
});

describe('what is due', () => {
  const now = at('2026-06-01');
  it.each([
    ['ACTIVE', false, now, 'charge'],
    ['ACTIVE', true, now, 'end'],
    ['PAST_DUE', false, now, 'charge'],
    ['ACTIVE', false, at('2026-06-02'), 'nothing'],
    ['ACTIVE', false, null, 'nothing'],
    ['CANCELLED', false, now, 'nothing'],
    ['PENDING', true, now, 'nothing'],
  ])('with %s, cancelling %s, next step %s: %s', (status, cancelsAtPeriodEnd, nextStepAt, step) => {
    expect(dueStep({ status, cancelsAtPeriodEnd, nextStepAt }, now)).toBe(step);
  });
});
