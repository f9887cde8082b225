import { describe, expect, it } from '@jest/globals';
import { isGivenUp, maxAttempts, pausedUntil, retryAt, retryDelaysMs, tidied } from './rules.js';

const now = new Date('2026-06-01T00:00:00.000Z');
const hourMs = 3_600_000;
const wait = (until: Date | null) => until && (until.getTime() - now.getTime()) / 1_000;
const refused = (status: number, retryAfterSeconds: number | null = null) =>
  ({ kind: 'REFUSED', status, answer: '', retryAfterSeconds }) as const;

describe('what is not taken', () => {
  it('is tried again later each time, for about a day', () => {
    const waits = retryDelaysMs.map((_, index) => wait(retryAt(now, index + 1, () => 0.5)));
    expect(waits).toEqual([5, 60, 300, 1_200, 3_600, 7_200, 14_400, 28_800, 28_800]);
    expect(maxAttempts).toBe(10);
    const hours = retryDelaysMs.reduce((sum, delay) => sum + delay, 0) / hourMs;
    expect(hours).toBeGreaterThan(23);
    expect(hours).toBeLessThan(25);
  });

  it('is tried a tenth earlier or later, so that not all come back at once', () => {
    expect(wait(retryAt(now, 2, () => 0))).toBe(54);
    expect(wait(retryAt(now, 2, () => 0.999_999))).toBeCloseTo(66, 1);
  });
});

describe('a webhook', () => {
  it.each([
    ['asks for time', refused(429, 120), 1, 120],
    ['has too much to do and says no time', refused(429), 1, 60],
    ['is down for a while', refused(503, 30), 1, 30],
    ['asks for more than a day', refused(429, 10 * 86_400), 1, 86_400],
    ['is down and says no time', refused(503), 1, null],
    ['has a fault', refused(500), 7, null],
    ['does not answer', { kind: 'UNANSWERED', error: 'TIMEOUT' } as const, 1, 10],
    ['does not answer for the fourth time', { kind: 'UNANSWERED', error: 'TIMEOUT' } as const, 4, 80],
    ['does not answer for days', { kind: 'UNANSWERED', error: 'TIMEOUT' } as const, 40, 600],
  ])('that %s is given a rest of that length', (_name, outcome, failures, seconds) => {
    expect(wait(pausedUntil(now, outcome, failures))).toBe(seconds);
  });

  it.each([
    [72, 12, true],
    [71, 12, false],
    [720, 11, false],
  ])('that has failed for %s hours, %s times in a row, is turned off: %s', (hours, failures, isOff) => {
    expect(isGivenUp(now, new Date(now.getTime() - hours * hourMs), failures)).toBe(isOff);
  });
});

describe('what is kept of an answer', () => {
  it('is its beginning, without what we sign with', () => {
    const said = `no\u0000:\r\nwhsec_${'ab+/'.repeat(11)}= v1,${'cd+/'.repeat(11)} Bearer abc.def ${'x'.repeat(900)}`;
    const kept = tidied(said);
    expect(kept).toMatch(/^no : \*\*\* \*\*\* \*\*\* x+$/);
    expect(kept).toHaveLength(500);
  });
});
