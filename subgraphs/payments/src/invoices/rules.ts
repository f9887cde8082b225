import { idempotencyKey, line, splitByLargestRemainder, text } from '@diaspora/kit';
import { z } from 'zod';
import type { Invoice } from '../__generated__/prisma/client.js';

const mostMinor = 1_000_000_000n;

/** An invoice by hand. */
export const draftInput = z.object({
  idempotencyKey: idempotencyKey(),
  lines: z
    .array(
      z.object({
        description: line({ max: 200 }),
        quantity: z.number().int().min(1).max(100_000),
        unitAmountMinor: z.coerce.bigint().min(1n).max(mostMinor),
      }),
    )
    .min(1)
    .max(200),
});

export const creditInput = z.object({
  idempotencyKey: idempotencyKey(),
  amountMinor: z.coerce
    .bigint()
    .min(1n)
    .max(10n ** 18n)
    .nullish(),
  reason: text({ max: 500 }),
});

/** An amount, tax included, at one rate. */
export interface Taxed {
  readonly totalMinor: bigint;
  /** Hundredths of a percent. */
  readonly rateBasisPoints: number;
}

export interface Split {
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
}

/** The tax in an amount that includes it, half a minor unit rounded up. */
export function taxIn(totalMinor: bigint, rateBasisPoints: number): bigint {
  const divisor = 10_000n + BigInt(rateBasisPoints);
  return (2n * totalMinor * BigInt(rateBasisPoints) + divisor) / (2n * divisor);
}

/**
 * Parts amounts into net and tax. Tax is rounded once for each rate, over all amounts of that rate, and then shared out
 * among them: so the sums of the parts are what an authority counts from the sums.
 */
export function splitTax<Line extends Taxed>(lines: readonly Line[]): (Line & Split)[] {
  const taxes = new Map<Line, bigint>();
  for (const rate of new Set(lines.map(({ rateBasisPoints }) => rateBasisPoints))) {
    const ofRate = lines.filter(({ rateBasisPoints }) => rateBasisPoints === rate);
    const totals = ofRate.map(({ totalMinor }) => totalMinor);
    const shares = splitByLargestRemainder(taxIn(sumOf(totals), rate), totals);
    ofRate.forEach((line, index) => taxes.set(line, shares[index]!));
  }
  return lines.map((line) => {
    const taxMinor = taxes.get(line)!;
    return { ...line, taxMinor, netMinor: line.totalMinor - taxMinor };
  });
}

/** A line of a final invoice, and how much of it is credited. */
export interface CreditedLine extends Taxed, Split {
  readonly position: number;
  readonly creditedMinor: bigint;
}

/** A line of an invoice and what a note says about it. */
export type NotedLine<Line> = Line & { readonly part: Split & { readonly totalMinor: bigint } };

/**
 * Shares a credit out over what is left of the lines. The tax of a line's credits is what its share of the line's tax is
 * in total, so that any number of credits takes back exactly the tax that was charged, and never more on the way.
 */
export function splitCredit<Line extends CreditedLine>(
  lines: readonly Line[],
  amountMinor: bigint,
): NotedLine<Line>[] {
  const left = ({ totalMinor, creditedMinor }: Line) => totalMinor - creditedMinor;
  return shareOut(lines, amountMinor, left, ({ creditedMinor }) => creditedMinor);
}

/** Shares what is charged again out over what was credited of the lines: it has the tax that its credit had. */
export function splitDebit<Line extends CreditedLine>(
  lines: readonly Line[],
  amountMinor: bigint,
): NotedLine<Line>[] {
  const credited = ({ creditedMinor }: Line) => creditedMinor;
  return shareOut(lines, amountMinor, credited, ({ creditedMinor }, partMinor) => creditedMinor - partMinor);
}

/** A part of each line: of as much as is open of it, from the minor unit on that is given. */
function shareOut<Line extends CreditedLine>(
  lines: readonly Line[],
  amountMinor: bigint,
  openOf: (line: Line) => bigint,
  startOf: (line: Line, partMinor: bigint) => bigint,
): NotedLine<Line>[] {
  const shares = splitByLargestRemainder(amountMinor, lines.map(openOf));
  return lines
    .map((line, index) => {
      const totalMinor = shares[index]!;
      const start = startOf(line, totalMinor);
      const taxMinor = taxOf(line, start + totalMinor) - taxOf(line, start);
      return { ...line, part: { totalMinor, taxMinor, netMinor: totalMinor - taxMinor } };
    })
    .filter(({ part }) => part.totalMinor > 0n);
}

/** Of a line's tax, what lies in the first `partMinor` of it. */
const taxOf = ({ totalMinor, taxMinor }: CreditedLine, partMinor: bigint): bigint =>
  totalMinor === 0n ? 0n : (taxMinor * partMinor) / totalMinor;

/** The sums of each rate, highest rate first. */
export function sumsByRate(lines: readonly (Taxed & Split)[]) {
  const rates = [...new Set(lines.map(({ rateBasisPoints }) => rateBasisPoints))].sort(
    (one, other) => other - one,
  );
  return rates.map((rateBasisPoints) => {
    const ofRate = lines.filter((line) => line.rateBasisPoints === rateBasisPoints);
    return { rateBasisPoints, ...sums(ofRate) };
  });
}

export const sums = (lines: readonly (Split & { readonly totalMinor: bigint })[]) => ({
  netMinor: sumOf(lines.map(({ netMinor }) => netMinor)),
  taxMinor: sumOf(lines.map(({ taxMinor }) => taxMinor)),
  totalMinor: sumOf(lines.map(({ totalMinor }) => totalMinor)),
});

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/** A number as it is printed: series, year, six digits or more. */
export const writeNumber = (prefix: string, kind: Invoice['kind'], year: number, inYear: number): string =>
  [prefix, ...seriesOf[kind], year, String(inYear).padStart(6, '0')].join('-');

const seriesOf = { INVOICE: [], CREDIT_NOTE: ['CN'], DEBIT_NOTE: ['DN'] } as const;

/** The day it is there, as YYYY-MM-DD. */
export const dayIn = (timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    at,
  );
