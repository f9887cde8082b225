import { describe, expect, it } from '@jest/globals';
import { scalarResolvers } from './scalars.js';

const {
  BigInt: BigNumber,
  CountryCode,
  Date: CalendarDate,
  DateTime,
  LanguageTag,
  LocalDateTime,
  TimeZone,
} = scalarResolvers;

describe('scalars', () => {
  it('have one spelling for each country and language', () => {
    expect(CountryCode.parseValue('de')).toBe('DE');
    expect(LanguageTag.parseValue('PT-br')).toBe('pt-BR');
  });

  it('read instants that PostgreSQL takes', () => {
    expect(DateTime.parseValue('0001-01-01T00:00:00Z')).toEqual(new Date('0001-01-01T00:00:00Z'));
    expect(DateTime.parseValue('9999-12-31T23:59:59Z')).toEqual(new Date('9999-12-31T23:59:59Z'));
  });

  it.each([
    [12, 12n, 12],
    ['12', 12n, 12],
    [-(2 ** 53) + 1, -9_007_199_254_740_991n, -9_007_199_254_740_991],
    ['9007199254740992', 9_007_199_254_740_992n, '9007199254740992'],
  ])('read and write whole numbers of any length: %s', (written, read, shown) => {
    expect(BigNumber.parseValue(written)).toBe(read);
    expect(BigNumber.serialize(read)).toBe(shown);
  });

  it('read local times as they are written', () => {
    expect(LocalDateTime.parseValue('2026-02-28T19:00:00')).toBe('2026-02-28T19:00:00');
  });

  it.each([
    ['BigInt', BigNumber, 2 ** 53],
    ['BigInt', BigNumber, 1.5],
    ['BigInt', BigNumber, '1e3'],
    ['BigInt', BigNumber, ''],
    ['BigInt', BigNumber, true],
    ['BigInt', BigNumber, null],
    ['CountryCode', CountryCode, 'XX'],
    ['LanguageTag', LanguageTag, 'not a tag'],
    ['LanguageTag', LanguageTag, `en-${'x'.repeat(40)}`],
    ['LocalDateTime', LocalDateTime, '2026-02-30T19:00:00'],
    ['LocalDateTime', LocalDateTime, '2026-02-01T19:00:00Z'],
    ['LocalDateTime', LocalDateTime, '2026-02-01T19:00:00+02:00'],
    ['Date', CalendarDate, '2026-13-01'],
    ['Date', CalendarDate, '0000-01-01'],
    ['DateTime', DateTime, '0000-12-31T23:59:59Z'],
    ['DateTime', DateTime, '0001-01-01T00:00:00+01:00'],
    ['DateTime', DateTime, '9999-12-31T23:59:59-01:00'],
    ['LocalDateTime', LocalDateTime, '0000-03-01T19:00:00'],
    ['TimeZone', TimeZone, 'Mars/Olympus'],
  ])('%s refuses %s', (_name, scalar, value) => {
    expect(() => scalar.parseValue(value)).toThrow();
  });
});
