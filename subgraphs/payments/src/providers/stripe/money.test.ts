import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PaymentRefused } from '../provider.js';
import { feeFromStripe, fromStripe, stripeCurrencies, toStripe } from './money.js';

describe('amounts as Stripe counts them', () => {
  it.each([
    [1_999n, 'EUR', 1_999],
    [500n, 'JPY', 500],
    // A hundred thousand of them are not a thousand.
    [100_000n, 'ISK', 10_000_000],
    [7_000n, 'UGX', 700_000],
    [1_999n, 'RSD', 1_999],
    [1_200n, 'MGA', 12],
    [1_500n, 'KWD', 1_500],
  ])('%p of %s are %p', (amountMinor, currency, amount) => {
    expect(toStripe(amountMinor, currency)).toBe(amount);
    expect(fromStripe(amount, currency.toLowerCase())).toEqual({ amountMinor, currency });
  });

  it.each([
    [1_501n, 'KWD'],
    [1_250n, 'MGA'],
    [100n, 'IRR'],
  ])('are refused where Stripe takes none such: %p %s', (amountMinor, currency) => {
    expect(() => toStripe(amountMinor, currency)).toThrow(PaymentRefused);
  });

  it.each([
    [37, 'eur', 37n],
    [145_050, 'isk', 1_451n],
    [12, 'mga', 1_200n],
  ])('are fees too: %p of %s are %p', (amount, currency, feeMinor) => {
    expect(feeFromStripe(amount, currency)).toBe(feeMinor);
  });

  it('have no parts where the currency has none', () => {
    expect(() => fromStripe(150, 'isk')).toThrow('no amount');
  });

  it('come back as they went', () => {
    const currency = fc.constantFrom(...stripeCurrencies);
    const tens = fc.bigInt({ min: 1n, max: 10n ** 10n }).map((amount) => amount * 100n);
    fc.assert(
      fc.property(tens, currency, (amountMinor, code) => {
        expect(fromStripe(toStripe(amountMinor, code), code)).toEqual({ amountMinor, currency: code });
      }),
    );
  });
});
