import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitByLargestRemainder } from './money.js';

const sumOf = (parts: readonly bigint[]) => parts.reduce((one, other) => one + other, 0n);
const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 });
const amounts = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe('splitting an amount of minor units', () => {
  it.each([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [-100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    [5n, [3n, 7n], [2n, 3n]],
    [10n, [0n, 0n, 0n], [4n, 3n, 3n]],
    [2n, [1n, 0n, 1n, 1n], [1n, 0n, 1n, 0n]],
    [0n, [], []],
  ])('gives of %d by %j: %j', (total, by, expected) => {
    expect(splitByLargestRemainder(total, by)).toEqual(expected);
  });

  it('loses and makes nothing, in whatever currency', () => {
    const isWhole = (total: bigint, by: bigint[]) => sumOf(splitByLargestRemainder(total, by)) === total;
    expect(fc.check(fc.property(amounts, weights, isWhole))).toMatchObject({ failed: false });
  });

  it('gives everybody the exact share but for less than one unit, and nothing to those without weight', () => {
    const isFair = (total: bigint, by: bigint[]) => {
      const sum = sumOf(by);
      fc.pre(sum > 0n);
      return splitByLargestRemainder(total, by).every((part, index) => {
        const rest = part * sum - total * by[index]!;
        return rest > -sum && rest < sum && (by[index] !== 0n || part === 0n);
      });
    };
    expect(fc.check(fc.property(amounts, weights, isFair))).toMatchObject({ failed: false });
  });

  it('refuses what has no answer', () => {
    expect(() => splitByLargestRemainder(1n, [])).toThrow(RangeError);
    expect(() => splitByLargestRemainder(1n, [1n, -1n])).toThrow(RangeError);
  });
});
