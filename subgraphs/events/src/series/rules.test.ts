import { describe, expect, it } from '@jest/globals';
import { formatLocal } from '../time/index.js';
import { daysBetween, isoDay, lastDayOf, parseRule, timesOn, writeRule } from './rules.js';

const day = (text: string) => new Date(`${text}T00:00:00.000Z`);
const days = (rule: string, anchor: string, through: string, from = anchor) =>
  daysBetween(parseRule(rule).rule, day(anchor), day(from), day(through)).map(isoDay);

describe('a recurrence rule', () => {
  it.each<[string, string, string, string[]]>([
    [
      'FREQ=DAILY;INTERVAL=3',
      '2026-06-01',
      '2026-06-10',
      ['2026-06-01', '2026-06-04', '2026-06-07', '2026-06-10'],
    ],
    [
      'FREQ=WEEKLY;BYDAY=TU,TH',
      '2026-06-02',
      '2026-06-11',
      ['2026-06-02', '2026-06-04', '2026-06-09', '2026-06-11'],
    ],
    ['FREQ=WEEKLY;INTERVAL=2', '2026-06-02', '2026-07-01', ['2026-06-02', '2026-06-16', '2026-06-30']],
    ['FREQ=MONTHLY;BYDAY=-1FR', '2026-06-26', '2026-09-01', ['2026-06-26', '2026-07-31', '2026-08-28']],
    [
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      '2026-06-30',
      '2026-09-01',
      ['2026-06-30', '2026-07-31', '2026-08-31'],
    ],
    ['FREQ=MONTHLY;BYMONTHDAY=31', '2026-01-31', '2026-06-30', ['2026-01-31', '2026-03-31', '2026-05-31']],
    ['FREQ=YEARLY', '2024-02-29', '2033-01-01', ['2024-02-29', '2028-02-29', '2032-02-29']],
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '2026-11-26', '2028-01-01', ['2026-11-26', '2027-11-25']],
    ['rrule:freq=weekly', '2026-06-02', '2026-06-09', ['2026-06-02', '2026-06-09']],
  ])('%s has its days', (rule, anchor, through, expected) => {
    expect(days(rule, anchor, through)).toEqual(expected);
  });

  it('that counts is followed for a century, and not at all when it leaves out its first day', () => {
    const seldom = parseRule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1000');
    expect(isoDay(lastDayOf(seldom, day('2028-02-29'))!)).toBe('2128-02-29');
    const never = parseRule('FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=2');
    expect(() => lastDayOf(never, day('2026-06-02'))).toThrow('leaves out');
  });

  it('keeps its intervals from wherever it is read', () => {
    expect(days('FREQ=WEEKLY;INTERVAL=2', '2026-06-02', '2026-07-14', '2026-06-20')).toEqual([
      '2026-06-30',
      '2026-07-14',
    ]);
  });

  it.each<[string, string | null]>([
    ['FREQ=WEEKLY;COUNT=3', '2026-06-16'],
    ['FREQ=WEEKLY;UNTIL=20260611', '2026-06-11'],
    ['FREQ=WEEKLY;UNTIL=20260611T215959Z', '2026-06-11'],
    ['FREQ=WEEKLY', null],
  ])('%s ends', (rule, last) => {
    const parsed = parseRule(rule);
    const lastOn = lastDayOf(parsed, day('2026-06-02'));
    expect(lastOn && isoDay(lastOn)).toBe(last);
    expect(writeRule(parsed.rule, lastOn)).toBe(
      last ? `FREQ=WEEKLY;UNTIL=${last.replaceAll('-', '')}` : 'FREQ=WEEKLY',
    );
  });

  it.each([
    ...[
      '',
      'WEEKLY',
      'FREQ=',
      'FREQ=HOURLY',
      'FREQ=WEEKLY;BYHOUR=3',
      'FREQ=WEEKLY;BYDAY=XX',
      'FREQ=WEEKLY;BYDAY=1MO',
    ],
    ...[
      'FREQ=WEEKLY;INTERVAL=0',
      'FREQ=WEEKLY;INTERVAL=1e3',
      'FREQ=WEEKLY;COUNT=0',
      'FREQ=WEEKLY;COUNT=9999',
    ],
    ...['FREQ=WEEKLY;COUNT=2;UNTIL=20270101', 'FREQ=WEEKLY;UNTIL=20270230', 'FREQ=WEEKLY;UNTIL=tomorrow'],
    ...[
      'FREQ=MONTHLY;BYDAY=6MO',
      'FREQ=MONTHLY;BYMONTHDAY=32',
      'FREQ=MONTHLY;BYSETPOS=1',
      'FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2',
    ],
    ...[
      'FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1',
      'FREQ=YEARLY;BYMONTHDAY=1',
      'FREQ=YEARLY;BYMONTH=13',
      'FREQ=YEARLY;BYWEEKNO=5',
    ],
    ...['FREQ=WEEKLY;X=1', 'FREQ=WEEKLY;;BYDAY=MO', 'FREQ=WEEKLY=DAILY', 'FREQ=WEEKLY\nCOUNT=2'],
  ])('is not "%s"', (rule) => {
    expect(() => parseRule(rule)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('the events of a series across changes of the clocks', () => {
  const at = (time: string) => Date.parse(`1970-01-01T${time}Z`) / 1_000;
  const times = (on: string, time: string, timeZone: string, lengthSeconds = 3_600) => {
    const found = timesOn(day(on), { startsAfterSeconds: at(time), lengthSeconds, timeZone });
    return (
      found && [formatLocal(found.startsAtLocal), found.startsAt.toISOString(), found.endsAt.toISOString()]
    );
  };

  it.each<[string, string, string, string[]]>([
    ['Europe/Berlin', '2026-03-28', '2026-03-30', ['18:00', '17:00', '17:00']],
    ['America/New_York', '2026-10-31', '2026-11-02', ['23:00', '00:00', '00:00']],
    ['Australia/Lord_Howe', '2026-10-03', '2026-10-05', ['08:30', '08:00', '08:00']],
    ['Africa/Casablanca', '2026-02-14', '2026-02-16', ['18:00', '19:00', '19:00']],
    ['America/Sao_Paulo', '2026-10-31', '2026-11-02', ['22:00', '22:00', '22:00']],
  ])('keep the clocks of %s', (zone, from, through, instants) => {
    const found = days('FREQ=DAILY', from, through).map((on) => times(on, '19:00:00', zone)!);
    expect(found.map(([local]) => local!.slice(11))).toEqual(['19:00:00', '19:00:00', '19:00:00']);
    expect(found.map(([, instant]) => instant!.slice(11, 16))).toEqual(instants);
  });

  it.each<[string, string, string, string, string]>([
    ['Europe/Berlin', '2026-03-29', '02:30:00', '2026-03-29T03:30:00', '2026-03-29T01:30:00.000Z'],
    ['America/New_York', '2026-03-08', '02:30:00', '2026-03-08T03:30:00', '2026-03-08T07:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-04', '02:15:00', '2026-10-04T02:45:00', '2026-10-03T15:45:00.000Z'],
    ['Africa/Casablanca', '2026-03-22', '02:30:00', '2026-03-22T03:30:00', '2026-03-22T02:30:00.000Z'],
  ])('in %s begin later on a day that skips their hour', (zone, on, time, local, instant) => {
    expect(times(on, time, zone)!.slice(0, 2)).toEqual([local, instant]);
  });

  it.each<[string, string, string, string]>([
    ['Europe/Berlin', '2026-10-25', '02:30:00', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '2026-11-01', '01:30:00', '2026-11-01T05:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45:00', '2026-04-04T14:45:00.000Z'],
    ['Africa/Casablanca', '2026-02-15', '02:30:00', '2026-02-15T01:30:00.000Z'],
  ])('in %s begin in the first of two hours', (zone, on, time, instant) => {
    expect(times(on, time, zone)![1]).toBe(instant);
  });

  it('leave out a day that a zone leaves out, and do not double the next', () => {
    const found = days('FREQ=DAILY', '2011-12-29', '2011-12-31').map((on) =>
      times(on, '10:00:00', 'Pacific/Apia'),
    );
    expect(found.map((one) => one && one[1])).toEqual([
      '2011-12-29T20:00:00.000Z',
      null,
      '2011-12-30T20:00:00.000Z',
    ]);
  });

  it('take their length where skipped clocks would end them before they begin', () => {
    const [local, startsAt, endsAt] = times('2026-03-29', '02:45:00', 'Europe/Berlin', 1_800)!;
    expect([local, startsAt, endsAt]).toEqual([
      '2026-03-29T03:45:00',
      '2026-03-29T01:45:00.000Z',
      '2026-03-29T02:15:00.000Z',
    ]);
  });

  it('last as long on the clocks when these are turned back meanwhile', () => {
    const [, startsAt, endsAt] = times('2026-10-24', '22:00:00', 'Europe/Berlin', 6 * 3_600)!;
    expect(Date.parse(endsAt!) - Date.parse(startsAt!)).toBe(7 * 3_600_000);
  });
});
