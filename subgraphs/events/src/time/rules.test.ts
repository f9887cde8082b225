import { describe, expect, it } from '@jest/globals';
import { formatLocal, localAt, parseLocal, resolveLocal } from './rules.js';

const resolve = (local: string, zone: string) => {
  const { local: wall, instant } = resolveLocal(parseLocal(local), zone);
  return [formatLocal(wall), instant.toISOString()];
};

describe('wall-clock times', () => {
  it.each([
    ['in winter', '2026-01-15T19:00:00', 'Europe/Berlin', '2026-01-15T18:00:00.000Z'],
    ['in summer', '2026-07-15T19:00:00', 'Europe/Berlin', '2026-07-15T17:00:00.000Z'],
    ['west of Greenwich', '2026-07-15T19:00:00', 'America/New_York', '2026-07-15T23:00:00.000Z'],
    ['south of the equator', '2026-01-15T19:00:00', 'Australia/Lord_Howe', '2026-01-15T08:00:00.000Z'],
    ['at a quarter-hour offset', '2026-01-15T19:00:00', 'Asia/Kathmandu', '2026-01-15T13:15:00.000Z'],
    ['at midnight', '2026-01-15T00:00:00', 'Asia/Tokyo', '2026-01-14T15:00:00.000Z'],
  ])('have one instant %s', (_case, local, zone, instant) => {
    expect(resolve(local, zone)).toEqual([local, instant]);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T03:30:00', '2026-03-29T01:30:00.000Z'],
    ['America/New_York', '2026-03-08T02:30:00', '2026-03-08T03:30:00', '2026-03-08T07:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:15:00', '2026-10-04T02:45:00', '2026-10-03T15:45:00.000Z'],
  ])('move forward in %s when the clocks skip them', (zone, skipped, local, instant) => {
    expect(resolve(skipped, zone)).toEqual([local, instant]);
  });

  it.each([
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '2026-11-01T01:30:00', '2026-11-01T05:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05T01:45:00', '2026-04-04T14:45:00.000Z'],
  ])('are the first of the two in %s when an hour repeats', (zone, local, instant) => {
    expect(resolve(local, zone)).toEqual([local, instant]);
  });

  it('agree with the clocks of the zone in every hour of a year', () => {
    for (const zone of ['Europe/Bucharest', 'America/St_Johns']) {
      for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 3_600_000) {
        const shown = localAt(new Date(at), zone);
        const back = resolveLocal(shown, zone);
        // The second pass of a repeated hour reads as the first one; everything else comes back as it was.
        const isSecondPass = localAt(new Date(at - 3_600_000), zone).getTime() === shown.getTime();
        expect(back.instant.getTime()).toBe(isSecondPass ? at - 3_600_000 : at);
      }
    }
  });

  it('are read in whole seconds', () => {
    expect(resolve('2026-01-15T19:00:00.999', 'UTC')).toEqual([
      '2026-01-15T19:00:00',
      '2026-01-15T19:00:00.000Z',
    ]);
  });
});
