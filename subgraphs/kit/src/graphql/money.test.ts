import { describe, expect, it } from '@jest/globals';
import { currencyExponent, formatMoney } from './money.js';

describe('money', () => {
  it.each([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['ISK', 0],
    ['UGX', 0],
    // Usually written without their hundredths, which is what the runtime knows of them.
    ['RSD', 2],
    ['ALL', 2],
    ['LBP', 2],
    ['MGA', 2],
  ])('%s has %d decimals', (currency, exponent) => {
    expect(currencyExponent(currency)).toBe(exponent);
  });

  it.each([
    [799n, 'EUR', 'en', '€7.99'],
    [5n, 'EUR', 'en', '€0.05'],
    [-150n, 'EUR', 'en', '-€1.50'],
    [1200n, 'JPY', 'en', '¥1,200'],
    [1500n, 'KWD', 'en', 'KWD 1.500'],
    [79_950n, 'RSD', 'en', 'RSD 799.50'],
    [90071992547409931n, 'EUR', 'en', '€900,719,925,474,099.31'],
  ])('writes %d %s in %s', (amountMinor, currency, locale, expected) => {
    expect(formatMoney({ amountMinor, currency }, locale).replace(/\u00a0/g, ' ')).toBe(expected);
  });
});
