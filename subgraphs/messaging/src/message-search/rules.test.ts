import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { marks, prefixesOf, rangesOf, wordsOf } from './rules.js';

describe('a query', () => {
  it.each([
    ['Jazz  Berlin', "'Jazz':* & 'Berlin':*"],
    ["O'Neill & | ! ( ) :* <->", "'O':* & 'Neill':*"],
    ['日本 2026', "'日本':* & '2026':*"],
  ])('%j asks for %s', (query, expected) => expect(prefixesOf(wordsOf(query))).toBe(expected));

  it.each(['', ' ', '!?', '\u200b', 'x'.repeat(201)])('%j is refused', (query) =>
    expect(() => wordsOf(query)).toThrow(),
  );

  it('has ten words at most', () => {
    expect(wordsOf('a b c d e f g h i j k l')).toHaveLength(10);
  });
});

it('ranges are where the marked words are in the text without marks', () => {
  const part = fc
    .string({ unit: 'grapheme', maxLength: 8 })
    .filter((text) => !text.includes(marks.start) && !text.includes(marks.end));
  fc.assert(
    fc.property(fc.array(fc.tuple(part, part)), part, (pairs, rest) => {
      const text = pairs.map(([before, word]) => before + word).join('') + rest;
      const marked = pairs.map(([before, word]) => `${before}\u0001${word}\u0002`).join('') + rest;
      expect(rangesOf(marked).map(({ start, length }) => text.slice(start, start + length))).toEqual(
        pairs.map(([, word]) => word),
      );
    }),
  );
});
