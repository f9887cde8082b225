import { describe, expect, it } from '@jest/globals';
import { changeMoment, dueStep, graceEndsAt, nextAttemptAt, pauseEnd } from './rules.js';

const at = (text: string) => new Date(`${text}T10:00:00.000Z`);

describe('a declined renewal', () => {
  const first = at('2026-06-01');
  it('is tried again three and seven days after the first attempt, whatever is tried in between', () => {
    expect(nextAttemptAt(first, first)).toEqual(at('2026-06-04'));
    expect(nextAttemptAt(first, at('2026-06-02'))).toEqual(at('2026-06-04'));
    expect(nextAttemptAt(first, at('2026-06-04'))).toEqual(at('2026-06-08'));
    expect(nextAttemptAt(first, at('2026-06-08'))).toBeNull();
    expect(graceEndsAt(first)).toEqual(at('2026-06-08'));
  });
});

describe('what is due', () => {
  const now = at('2026-06-01');
  it.each([
    ['ACTIVE', false, now, 'charge'],
    ['ACTIVE', true, now, 'end'],
    ['PAST_DUE', false, now, 'charge'],
    ['TRIALING', false, now, 'charge'],
    ['TRIALING', true, now, 'end'],
    ['PAUSED', false, now, 'unpause'],
    ['PAUSED', true, now, 'unpause'],
    ['PAUSED', false, at('2026-06-02'), 'nothing'],
    ['ACTIVE', false, at('2026-06-02'), 'nothing'],
    ['ACTIVE', false, null, 'nothing'],
    ['CANCELLED', false, now, 'nothing'],
    ['PENDING', true, now, 'nothing'],
  ])('with %s, cancelling %s, next step %s: %s', (status, cancelsAtPeriodEnd, nextStepAt, step) => {
    expect(dueStep({ status, cancelsAtPeriodEnd, nextStepAt }, now)).toBe(step);
  });
});

describe('a pause', () => {
  const now = at('2026-06-01');
  it('ends after ninety days unless told otherwise, and within half a year', () => {
    expect(pauseEnd(null, now)).toEqual(at('2026-08-30'));
    expect(pauseEnd(at('2026-11-28'), now)).toEqual(at('2026-11-28'));
    for (const end of ['2026-05-31', '2026-06-01', '2026-11-29'])
      expect(() => pauseEnd(at(end), now)).toThrow('within 180 days');
  });
});

describe('the moment of a change', () => {
  const period = { startsAt: at('2026-06-01'), endsAt: at('2026-07-01') };
  const minutes = (count: number) => new Date(at('2026-06-10').getTime() + count * 60_000);
  it('is now, or that of a preview not older than a quarter of an hour', () => {
    expect(changeMoment(null, period, minutes(0))).toEqual(minutes(0));
    expect(changeMoment(minutes(-15), period, minutes(0))).toEqual(minutes(-15));
    for (const quoted of [minutes(-16), minutes(1)])
      expect(() => changeMoment(quoted, period, minutes(0))).toThrow('preview');
  });
  it('lies in the period that is paid', () => {
    const justBegun = new Date(period.startsAt.getTime() + 60_000);
    expect(() => changeMoment(new Date(period.startsAt.getTime() - 1), period, justBegun)).toThrow('preview');
    expect(() => changeMoment(null, period, period.endsAt)).toThrow('preview');
  });
});
