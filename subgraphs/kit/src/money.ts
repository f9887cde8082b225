/**
 * Splits an amount of minor units by weights so that the parts sum to the whole: each gets its share rounded towards zero,
 * and what is left goes, one unit each, to those that lost most by rounding (the largest remainder, Hamilton 1792); of
 * equals to the first. Weights are not negative; when all are zero the parts are equal. Throws RangeError when there is
 * nobody to give to.
 */
export function splitByLargestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('A weight is not negative.');
  if (weights.length === 0) {
    if (total === 0n) return [];
    throw new RangeError('There is nobody to give to.');
  }
  const sum = weights.reduce((one, other) => one + other, 0n);
  if (sum === 0n) {
    const equal = weights.map(() => 1n);
    return splitByLargestRemainder(total, equal);
  }
  const size = total < 0n ? -total : total;
  const parts = weights.map((weight) => (size * weight) / sum);
  const left = Number(size - parts.reduce((one, other) => one + other, 0n));
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (size * weight) % sum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder.slice(0, left)) parts[index]! += 1n;
  return total < 0n ? parts.map((part) => -part) : parts;
}
