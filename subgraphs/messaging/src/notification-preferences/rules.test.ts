import { describe, expect, it } from '@jest/globals';
import { decide, silenceAt, type Choices } from './rules.js';
import { digestAfter, quietEnd, usualTimes } from './times.js';
import type { Traits } from './traits.js';

const nothing: Choices = { silence: null, ofType: {}, ofChannel: {} };
const muted = { kind: 'MUTED', endsAt: null } as const;
const snoozed = { kind: 'SNOOZED', endsAt: null } as const;
const usual = { IN_APP: 'IMMEDIATE', PUSH: 'IMMEDIATE', EMAIL: 'DAILY', SLACK: 'IMMEDIATE' } as const;
const ordinary: Traits = { usual, isSecurity: false };
const security: Traits = { usual, isSecurity: true };

describe('what reaches a person by mail', () => {
  const all: Choices = { silence: muted, ofType: { EMAIL: 'WEEKLY' }, ofChannel: { EMAIL: 'OFF' } };
  it.each([
    ['is as usual where nothing is chosen', ordinary, nothing, 'DAILY', 'USUAL'],
    [
      'follows the channel before what is usual',
      ordinary,
      { ...nothing, ofChannel: { EMAIL: 'OFF' } },
      'OFF',
      'CHANNEL',
    ],
    ['follows the type before the channel', ordinary, { ...all, silence: null }, 'WEEKLY', 'TYPE'],
    ['follows the object before the type', ordinary, all, 'OFF', 'OBJECT'],
    ['is not turned off by a snooze', ordinary, { ...all, silence: snoozed }, 'WEEKLY', 'TYPE'],
    ['is not turned off by anything when it is about safety', security, all, 'DAILY', 'SECURITY'],
    [
      'ignores what was chosen for other channels',
      ordinary,
      { ...nothing, ofType: { PUSH: 'OFF' } },
      'DAILY',
      'USUAL',
    ],
  ] as const)('%s', (_name, traits, choices, cadence, because) => {
    expect(decide(traits, 'EMAIL', choices)).toEqual({ cadence, because });
  });

  it('knows no silence that has ended', () => {
    const endsAt = new Date('2026-06-01T12:00:00Z');
    expect(silenceAt({ endsAt }, endsAt)).toBeNull();
    expect(silenceAt({ endsAt }, new Date(endsAt.getTime() - 1))).toEqual({ endsAt });
    expect(silenceAt({ endsAt: null }, endsAt)).toEqual({ endsAt: null });
  });
});

const at = (text: string) => new Date(text);
const night = { ...usualTimes, quietFrom: 22 * 60, quietUntil: 7 * 60 };

describe('quiet hours', () => {
  it.each([
    ['none', 'UTC', '2026-06-01T03:00:00Z', null, usualTimes],
    [
      'before midnight until the next morning',
      'Europe/Berlin',
      '2026-06-01T21:00:00Z',
      '2026-06-02T05:00:00Z',
      night,
    ],
    [
      'after midnight until the same morning',
      'Europe/Berlin',
      '2026-06-01T23:30:00Z',
      '2026-06-02T05:00:00Z',
      night,
    ],
    ['from their first minute', 'Europe/Berlin', '2026-06-01T20:00:00Z', '2026-06-02T05:00:00Z', night],
    ['not in their last', 'Europe/Berlin', '2026-06-02T05:00:00Z', null, night],
    [
      'within a day',
      'America/New_York',
      '2026-06-01T17:00:00Z',
      '2026-06-01T18:00:00Z',
      { ...night, quietFrom: 12 * 60, quietUntil: 14 * 60 },
    ],
    [
      'over a night that is an hour shorter',
      'Europe/Berlin',
      '2026-03-28T22:00:00Z',
      '2026-03-29T05:00:00Z',
      night,
    ],
    [
      'over a night that is an hour longer',
      'Europe/Berlin',
      '2026-10-24T21:00:00Z',
      '2026-10-25T06:00:00Z',
      night,
    ],
    [
      'until a time that clocks skip',
      'America/New_York',
      '2026-03-08T05:00:00Z',
      '2026-03-08T07:30:00Z',
      { ...night, quietUntil: 150 },
    ],
    [
      'until a repeated time, in its first run',
      'Europe/Berlin',
      '2026-10-25T00:15:00Z',
      '2026-10-25T00:30:00Z',
      { ...night, quietUntil: 150 },
    ],
    [
      'until a repeated time, in its second run',
      'Europe/Berlin',
      '2026-10-25T01:15:00Z',
      '2026-10-25T01:30:00Z',
      { ...night, quietUntil: 150 },
    ],
    [
      'where clocks are a quarter off',
      'Asia/Kathmandu',
      '2026-06-01T17:00:00Z',
      '2026-06-02T01:15:00Z',
      night,
    ],
    ['where the day is another', 'Pacific/Kiritimati', '2026-06-01T12:00:00Z', '2026-06-01T17:00:00Z', night],
  ])('last %s (%s)', (_name, timeZone, now, end, times) => {
    expect(quietEnd(at(now), { ...times, timeZone })).toEqual(end === null ? null : at(end));
  });

  it.each(['Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kolkata'])(
    'end after they are asked for, at a time that is not quiet, within a day (%s)',
    (timeZone) => {
      for (const [quietFrom, quietUntil] of [
        [22 * 60, 7 * 60],
        [1 * 60, 2 * 60 + 30],
        [2 * 60, 1 * 60 + 59],
      ] as const) {
        const times = { ...usualTimes, timeZone, quietFrom, quietUntil };
        for (
          let now = Date.parse('2026-01-01T00:07:00Z');
          now < Date.parse('2027-01-01');
          now += 187 * 60_000
        ) {
          const end = quietEnd(new Date(now), times);
          const wait = end ? end.getTime() - now : 1;
          // Only where a repeated hour begins anew do they go on, and then they end within that hour.
          const more = end ? (quietEnd(end, times)?.getTime() ?? end.getTime()) - end.getTime() : 0;
          expect([wait > 0, wait <= 26 * 3_600_000, more <= 3_600_000]).toEqual([true, true, true]);
        }
      }
    },
  );
});

describe('a digest', () => {
  const berlin = { ...usualTimes, timeZone: 'Europe/Berlin' };
  it.each([
    ['of the day is sent at its hour', 'DAILY', '2026-06-01T05:59:59Z', '2026-06-01', '2026-06-01T06:00:00Z'],
    [
      'of the day belongs to the next one from that hour on',
      'DAILY',
      '2026-06-01T06:00:00Z',
      '2026-06-02',
      '2026-06-02T06:00:00Z',
    ],
    [
      'of the day keeps its hour when clocks change',
      'DAILY',
      '2026-10-24T12:00:00Z',
      '2026-10-25',
      '2026-10-25T07:00:00Z',
    ],
    [
      'of the week is sent on its day',
      'WEEKLY',
      '2026-06-02T12:00:00Z',
      '2026-06-08',
      '2026-06-08T06:00:00Z',
    ],
    [
      'of the week is sent today before its hour',
      'WEEKLY',
      '2026-06-01T05:00:00Z',
      '2026-06-01',
      '2026-06-01T06:00:00Z',
    ],
    [
      'of the week belongs to the next one after it',
      'WEEKLY',
      '2026-06-01T07:00:00Z',
      '2026-06-08',
      '2026-06-08T06:00:00Z',
    ],
  ] as const)('%s', (_name, cadence, now, day, sendAt) => {
    expect(digestAfter(at(now), cadence, berlin)).toEqual({
      window: `${cadence}:${day}`,
      sendAt: at(sendAt),
    });
  });

  it('may be on a Sunday', () => {
    const times = { ...berlin, digestWeekday: 7, digestHour: 20 };
    expect(digestAfter(at('2026-06-01T12:00:00Z'), 'WEEKLY', times).window).toBe('WEEKLY:2026-06-07');
  });
});
