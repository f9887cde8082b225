import { currencyExponent, formatMoney } from '@diaspora/kit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayIn, splitCredit, splitDebit, splitTax, sums, sumsByRate, taxIn, writeNumber } from './rules.js';

/** One currency for each number of decimal digits that there is. */
const currencies = ['JPY', 'EUR', 'KWD'] as const;
const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });
const rate = fc.constantFrom(0, 550, 810, 1_900, 2_100, 2_550, 2_700, 10_000);
const lines = fc.array(fc.record({ totalMinor: amount, rateBasisPoints: rate }), {
  minLength: 1,
  maxLength: 40,
});

/** Money as it is printed, read back: as exact as what is on the paper. */
const printed = (amountMinor: bigint, currency: string): bigint =>
  BigInt(formatMoney({ amountMinor, currency }, 'en').replace(/\D/g, ''));

describe('tax in prices', () => {
  it.each([
    [11_900n, 1_900, 1_900n],
    [100n, 1_900, 16n],
    [105n, 1_000, 10n],
    [999n, 0, 0n],
    [3n, 10_000, 2n],
  ])('of %p at %p is %p', (total, rateBasisPoints, tax) => {
    expect(taxIn(total, rateBasisPoints)).toBe(tax);
  });

  it.each(currencies)('is split so that everything sums up, as printed in %s', (currency) => {
    expect(new Set(currencies.map(currencyExponent))).toEqual(new Set([0, 2, 3]));
    fc.assert(
      fc.property(lines, (given) => {
        const split = splitTax(given);
        const all = sums(split);
        expect(all.totalMinor).toBe(given.reduce((sum, { totalMinor }) => sum + totalMinor, 0n));
        for (const line of [...split, all]) {
          expect(line.netMinor + line.taxMinor).toBe(line.totalMinor);
          expect(line.netMinor >= 0n && line.taxMinor >= 0n).toBe(true);
          const { netMinor, taxMinor, totalMinor } = line;
          expect(printed(netMinor, currency) + printed(taxMinor, currency)).toBe(
            printed(totalMinor, currency),
          );
        }
        for (const group of sumsByRate(split))
          expect(group.taxMinor).toBe(taxIn(group.totalMinor, group.rateBasisPoints));
        expect(sums(sumsByRate(split))).toEqual(all);
      }),
    );
  });
});

describe('credits and debits', () => {
  /** Thousandths of what is left that are credited; below zero, of what was credited that are debited. */
  const steps = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { maxLength: 8 });

  it('in any number of steps take back what was charged, line by line, and never more on the way', () => {
    fc.assert(
      fc.property(lines, steps, (given, changes) => {
        const invoice = splitTax(given).map((line, position) => ({
          ...line,
          position,
          creditedMinor: 0n,
          taxedBack: 0n,
        }));
        const credited = () => invoice.reduce((sum, line) => sum + line.creditedMinor, 0n);
        const left = () => sums(invoice).totalMinor - credited();
        const note = (parts: ReturnType<typeof splitCredit<(typeof invoice)[number]>>, sign: bigint) => {
          for (const { position, part } of parts) {
            const line = invoice[position]!;
            line.creditedMinor += sign * part.totalMinor;
            line.taxedBack += sign * part.taxMinor;
            expect(part.netMinor >= 0n && part.taxMinor >= 0n).toBe(true);
            expect(line.creditedMinor >= 0n && line.creditedMinor <= line.totalMinor).toBe(true);
            expect(line.taxedBack >= 0n && line.taxedBack <= line.taxMinor).toBe(true);
          }
          return sums(parts.map(({ part }) => part)).totalMinor;
        };
        const change = (thousandths: number) => {
          const ofAll = thousandths < 0 ? credited() : left();
          const amountMinor = (ofAll * BigInt(Math.abs(thousandths))) / 1_000n;
          const split = thousandths < 0 ? splitDebit : splitCredit;
          expect(note(split(invoice, amountMinor), thousandths < 0 ? -1n : 1n)).toBe(amountMinor);
        };
        for (const step of changes) change(step);
        change(1_000);
        for (const line of invoice) {
          expect(line.creditedMinor).toBe(line.totalMinor);
          expect(line.taxedBack).toBe(line.taxMinor);
        }
      }),
    );
  });
});

describe('numbers and days', () => {
  it('are written so that they sort', () => {
    expect(writeNumber('DIA', 'INVOICE', 2026, 7)).toBe('DIA-2026-000007');
    expect(writeNumber('DIA', 'CREDIT_NOTE', 2026, 1_234_567)).toBe('DIA-CN-2026-1234567');
    expect(writeNumber('DIA', 'DEBIT_NOTE', 2026, 7)).toBe('DIA-DN-2026-000007');
  });

  it('are those of the place where the issuer is', () => {
    const newYearsEve = new Date('2026-12-31T22:30:00.000Z');
    expect(dayIn('Europe/Bucharest', newYearsEve)).toBe('2027-01-01');
    expect(dayIn('America/New_York', newYearsEve)).toBe('2026-12-31');
  });
});
