import { splitByLargestRemainder } from '@diaspora/kit';
import type { Interval } from './calendar.js';

export interface Priced {
  readonly tier: number;
  readonly interval: Interval | null;
  readonly amountMinor: bigint;
}

export interface CurrentPeriod {
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** What the whole of it is worth; 0 while it is tried. */
  readonly valueMinor: bigint;
}

/** What of a period's money is for the time after `at`: exact to the millisecond, and both parts sum to the whole. */
export function unusedPart({ startsAt, endsAt, valueMinor }: CurrentPeriod, at: Date): bigint {
  const [start, end, now] = [startsAt, endsAt, at].map((time) => BigInt(time.getTime())) as [
    bigint,
    bigint,
    bigint,
  ];
  const used = now < start ? 0n : now > end ? end - start : now - start;
  const [, unused] = splitByLargestRemainder(valueMinor, [used, end - start - used]);
  return unused!;
}

const lengthOf = (interval: Interval | null): number => (interval === 'YEAR' ? 12 : 1);

/** More of the product, or the same for longer. Everything else is less, and waits for the end of what is paid. */
export const isUpgrade = (from: Priced, to: Priced): boolean =>
  to.tier === from.tier ? lengthOf(to.interval) > lengthOf(from.interval) : to.tier > from.tier;

export interface ChangeTerms {
  readonly takesEffect: 'NOW' | 'PERIOD_END';
  /** What of the new price the unused part pays. */
  readonly creditMinor: bigint;
  readonly amountDueMinor: bigint;
}

/**
 * What a change costs at a moment. An upgrade begins a period of its own at once and is charged less what is unused of the
 * old one. Where that is worth as much as the new price or more, nothing would be left to charge and something to give
 * back: such a change waits for the end of the period as well.
 */
export function changeTerms(change: {
  readonly from: Priced;
  readonly to: Priced;
  readonly period: CurrentPeriod;
  readonly at: Date;
}): ChangeTerms {
  const { from, to, period, at } = change;
  const creditMinor = unusedPart(period, at);
  if (!isUpgrade(from, to) || creditMinor >= to.amountMinor)
    return { takesEffect: 'PERIOD_END', creditMinor: 0n, amountDueMinor: 0n };
  return { takesEffect: 'NOW', creditMinor, amountDueMinor: to.amountMinor - creditMinor };
}
