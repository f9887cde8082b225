import { describe, expect, it } from '@jest/globals';
import { runsOf } from './bidi.js';
import { fontsOf } from './fonts.js';

const written = (line: string) => runsOf(line, fontsOf(400)).map(({ text }) => text);

describe('a line in two directions', () => {
  it.each([
    ['Premium, one month', ['Premium, one month']],
    ['', []],
    // Latin words stand to the left of the Arabic ones that they follow; digits keep their order.
    ['اشتراك Premium شهر', ['شهر', ' ', 'Premium', ' ', 'اشتراك']],
    ['شارع 12', ['12', ' ', 'شارع']],
    // What encloses is mirrored, so that it still encloses.
    ['ليلى (Nour)', ['(', 'Nour', ') ', 'ليلى']],
    ['Ștefan', ['Ș', 'tefan']],
  ])('%j is written as %j', (line, expected) => {
    expect(written(line)).toEqual(expected);
  });

  it('shows nothing of marks that only say how to write', () => {
    expect(written('\u200f12.10\u00a0€').join('')).not.toMatch(/\u200f/);
  });
});
