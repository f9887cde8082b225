import { describe, expect, it } from '@jest/globals';
import { currencyExponent, splitByLargestRemainder } from '@diaspora/kit';
import fc from 'fast-check';
import { entries, returnedShares } from '../ledger/index.js';
import { assertAddsUp, paidStatus, sharesOf } from './rules.js';

const currencies = Intl.supportedValuesOf('currency');
/** Up to a billion whole units of each currency. */
const money = fc
  .tuple(fc.constantFrom(...currencies), fc.nat(1_000_000_000), fc.nat(9_999))
  .map(([currency, whole, minor]) => {
    const unit = 10n ** BigInt(currencyExponent(currency));
    return { currency, amountMinor: BigInt(whole) * unit + (BigInt(minor) % unit) };
  });
const sellerId = 'seller';
const basisPoints = fc.nat(5_000);
const about = { reference: 'reference', orderId: 'order', at: new Date(0) };
const sumOf = (postings: readonly { amountMinor: bigint }[]) =>
  postings.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

describe('what seller and platform have of a sale', () => {
  it('is all of it in every currency, and books to zero', () => {
    expect(currencies.length).toBeGreaterThan(150);
    fc.assert(
      fc.property(money, basisPoints, ({ currency, amountMinor }, feeBasisPoints) => {
        const shares = sharesOf({ sellerId, totalMinor: amountMinor, feeBasisPoints });
        expect(shares.sellerMinor + shares.platformMinor).toBe(amountMinor);
        expect(shares.platformMinor >= 0n && shares.sellerMinor >= 0n).toBe(true);
        const exact = amountMinor * BigInt(feeBasisPoints);
        const off = shares.platformMinor * 10_000n - exact;
        expect(off <= 10_000n && off >= -10_000n).toBe(true);
        expect(sumOf(entries.orderSold({ ...about, currency, shares }).postings)).toBe(0n);
      }),
    );
  });

  it('goes back in any parts until nothing is left to either', () => {
    const parts = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(money, basisPoints, parts, ({ currency, amountMinor }, feeBasisPoints, weights) => {
        let left = { ...sharesOf({ sellerId, totalMinor: amountMinor, feeBasisPoints }) };
        const refunds = splitByLargestRemainder(amountMinor, weights.map(BigInt));
        for (const refund of refunds) {
          const back = returnedShares(left, refund);
          if (back === 'PLATFORM') throw new Error('there is a seller');
          expect(back.sellerMinor + back.platformMinor).toBe(refund);
          left = {
            ...left,
            sellerMinor: left.sellerMinor - back.sellerMinor,
            platformMinor: left.platformMinor - back.platformMinor,
          };
          expect(left.sellerMinor >= 0n && left.platformMinor >= 0n).toBe(true);
          const owed = entries.refundOwed({ ...about, currency, amountMinor: refund, bearer: back });
          expect(sumOf(owed.postings)).toBe(0n);
        }
        expect(left).toMatchObject({ sellerMinor: 0n, platformMinor: 0n });
      }),
    );
  });

  it('is taken from the seller when a bank takes more than is left', () => {
    expect(returnedShares({ sellerId, sellerMinor: 90n, platformMinor: 10n }, 150n)).toEqual({
      sellerId,
      sellerMinor: 140n,
      platformMinor: 10n,
    });
    expect(returnedShares({ sellerId: null, sellerMinor: 0n, platformMinor: 10n }, 5n)).toBe('PLATFORM');
  });
});

describe('a paid order', () => {
  it.each([
    [0n, 0n, 'PAID'],
    [1n, 0n, 'PARTIALLY_REFUNDED'],
    [100n, 0n, 'REFUNDED'],
    [50n, 50n, 'DISPUTED'],
  ])('of which %d went back and %d are disputed is %s', (refundedMinor, disputedMinor, status) => {
    expect(paidStatus({ totalMinor: 100n, refundedMinor, disputedMinor })).toBe(status);
  });

  it('may have a discount among its lines', () => {
    const line = (unitAmountMinor: bigint, quantity: number) => ({
      quantity,
      unitAmountMinor,
      amountMinor: unitAmountMinor * BigInt(quantity),
    });
    expect(() => assertAddsUp({ totalMinor: 80n, lines: [line(50n, 2), line(-20n, 1)] })).not.toThrow();
    expect(() => assertAddsUp({ totalMinor: -20n, lines: [line(-20n, 1)] })).toThrow('do not sum');
  });
});
