import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { containsNul, foldName, foldPlace, line, parseInput, placeName, text } from './input.js';

describe('input', () => {
  it('normalises, trims and keeps emoji and bidi marks', () => {
    expect(parseInput(text({ max: 20 }), '  Cafe\u0301 \u200f👩🏽‍🎓 ')).toBe('Caf\u00e9 \u200f👩🏽‍🎓');
  });

  it.each(['\u0000', 'a\u0007', '\u001b[31m', '   ', 'a\ud83d', 'x'.repeat(6)])('refuses %j', (value) => {
    expect(() => parseInput(text({ max: 5 }), value)).toThrow();
  });

  it.each(['\u200b', '\u202e\u200b\ufeff', '\u200d', '\u0301', '\ufe0f'])(
    'refuses %j, which nobody sees',
    (value) => {
      expect(() => parseInput(text({ max: 5 }), value)).toThrow('something to see');
    },
  );

  it.each(['दिल्ली', '東京', '\u200fירושלים', '🏳️‍🌈', 'بغداد'])('takes %s for a place', (value) => {
    expect(parseInput(placeName({ max: 80 }), value)).toBe(value);
  });

  it('refuses a place of which nothing is left when it is folded', () => {
    expect(foldPlace('\u00b4')).toBe('');
    expect(() => parseInput(placeName({ max: 80 }), '\u00b4')).toThrow('letters');
  });

  it.each(['a\nb', 'a\tb', 'a\u2028b'])('keeps %j out of a single line', (value) => {
    expect(() => parseInput(line({ max: 5 }), value)).toThrow('single line');
    expect(parseInput(text({ max: 5 }), value)).toBe(value);
  });

  it('names the field at fault', () => {
    const schema = z.object({ place: z.object({ city: text({ max: 5 }) }) });
    expect(() => parseInput(schema, { place: { city: 'Konstantinopel' } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        details: { path: ['place', 'city'] },
      }),
    );
  });

  it('folds spellings of a place into one', () => {
    expect(new Set(['Berlin', ' BERLIN ', 'berlin', 'Ｂerlin'].map(foldName)).size).toBe(1);
    expect(foldName('New   York')).toBe('new york');
    expect(foldPlace('BUCUREŞTI\u200f')).toBe(foldPlace('Bucuresti'));
    expect(foldPlace('दिल्ली')).not.toBe(foldPlace('दल'));
    expect(foldName('Muzică')).toBe('muzică');
  });

  it('finds a NUL however deep it hides', () => {
    expect(containsNul({ a: [{ b: 'x\u0000' }] })).toBe(true);
    expect(containsNul({ a: [{ 'b\u0000': 'x' }] })).toBe(true);
    expect(containsNul({ a: [{ b: 'x' }, null, 1] })).toBe(false);
  });
});
