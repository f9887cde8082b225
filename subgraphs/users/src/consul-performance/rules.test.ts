import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventsOwed, heldWithin, isMandateMet, noShowRate, ratingOf, shrunkMean } from './rules.js';

const at = (day: string) => new Date(`${day}T00:00:00Z`);
const year = { from: at('2026-01-01'), to: at('2027-01-01') };

describe('a mandate of four events a year', () => {
  it.each([
    ['a whole year', '2026-01-01', '2027-01-01', 4],
    ['half a year', '2026-01-01', '2026-07-02', 1.99],
    ['a quarter', '2026-01-01', '2026-04-02', 1],
    ['no time', '2026-01-01', '2026-01-01', 0],
  ])('is in proportion to %s', (_name, from, to, owed) => {
    expect(eventsOwed({ from: at(from), to: at(to) }, 4)).toBeCloseTo(owed, 1);
  });

  it.each([
    [3, 4, false],
    [4, 4, true],
    [4, 4.99, true],
    [0, 0.99, true],
    [0, 1, false],
  ])('asks for whole events: %d held of %d', (held, owed, isMet) => {
    expect(isMandateMet(held, owed)).toBe(isMet);
  });
});

describe('what of a period counts', () => {
  const office = (startsAt: string, endsAt: string | null = null, endedAt: string | null = null) => ({
    startsAt: at(startsAt),
    endsAt: endsAt ? at(endsAt) : null,
    endedAt: endedAt ? at(endedAt) : null,
  });
  it.each([
    ['all of it for a term around it', office('2025-01-01'), '2028-01-01', '2026-01-01', '2027-01-01'],
    ['from the start of the term', office('2026-03-01'), '2028-01-01', '2026-03-01', '2027-01-01'],
    ['to the end of the term', office('2025-01-01', '2026-05-01'), '2028-01-01', '2026-01-01', '2026-05-01'],
    [
      'to an earlier end',
      office('2025-01-01', '2026-05-01', '2026-02-01'),
      '2028-01-01',
      '2026-01-01',
      '2026-02-01',
    ],
    ['nothing later than now', office('2025-01-01'), '2026-06-01', '2026-01-01', '2026-06-01'],
    ['nothing outside of the term', office('2027-05-01'), '2028-01-01', '2027-05-01', '2027-05-01'],
  ])('is %s', (_name, held, now, from, to) => {
    expect(heldWithin(year, held, at(now))).toEqual({ from: at(from), to: at(to) });
  });
});

describe('the shrunk mean', () => {
  const stars = fc.double({ min: 1, max: 5, noNaN: true });
  it('lies between the own mean and that of all, nearer to the own the more ratings there are', () => {
    fc.assert(
      fc.property(stars, stars, fc.integer({ min: 1, max: 1_000 }), (mean, prior, count) => {
        const few = shrunkMean(count, mean, prior);
        const more = shrunkMean(count * 2, mean, prior);
        expect(few).toBeGreaterThanOrEqual(Math.min(mean, prior) - 1e-9);
        expect(few).toBeLessThanOrEqual(Math.max(mean, prior) + 1e-9);
        expect(Math.abs(more - mean)).toBeLessThanOrEqual(Math.abs(few - mean) + 1e-9);
      }),
    );
  });
  it('lies halfway between the two for as many ratings as the mean of all counts for', () => {
    expect(shrunkMean(10, 5, 3)).toBe(4);
  });
});

describe('what is told of ratings', () => {
  it.each([
    ['nobody has rated', 0, null, null, null],
    ['only others were rated', 0, null, 3, null],
    ['there are some', 5, 5, 3, (3 * 10 + 5 * 5) / 15],
  ])('when %s', (_name, count, mean, prior, shrunk) => {
    expect(ratingOf(count, mean, prior)).toEqual({ sampleSize: count, mean, shrunkMean: shrunk });
  });
});

it('the no-show rate is the share of places nobody came for', () => {
  expect([noShowRate(10, 7), noShowRate(10, 12), noShowRate(0, 0)]).toEqual([1 - 0.7, 0, null]);
});
