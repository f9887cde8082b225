import type { Viewer } from '@diaspora/kit';

/** What a report is about: days in UTC, the last one exclusive, and one country or all. */
export interface Report {
  readonly id: string;
  readonly from: string;
  readonly until: string;
  readonly countryCode: string | null;
}

/** Super users ask about everything, ambassadors about a country of theirs. */
export function mayRead({ countryCode }: Pick<Report, 'countryCode'>, viewer: Viewer | null): boolean {
  if (viewer?.kind !== 'person') return false;
  if (viewer.roles.includes('SUPER_USER')) return true;
  return viewer.offices.some((office) => office.role === 'AMBASSADOR' && office.countryCode === countryCode);
}

/** As what a subscription counts. */
export interface Counted {
  readonly countryCode: string;
  readonly currency: string;
  readonly planCode: string;
  /** Revenue of a year in minor units. */
  readonly yearlyMinor: bigint;
}

export interface Change extends Omit<Counted, 'yearlyMinor'> {
  readonly kind: 'started' | 'changed' | 'ended';
  /** Signed for `changed`, positive otherwise. */
  readonly yearlyMinor: bigint;
  readonly subscriptions: number;
}

const paying = ['ACTIVE', 'PAST_DUE'];

/** What a subscription brings in a year: nothing while it is not paid for. A plan of a month counts twelve times. */
export const yearlyOf = (
  status: string,
  plan: { readonly amountMinor: bigint; readonly interval: 'MONTH' | 'YEAR' | null },
): bigint => {
  if (!paying.includes(status) || plan.interval === null) return 0n;
  return plan.interval === 'MONTH' ? plan.amountMinor * 12n : plan.amountMinor;
};

/** What happened between two counts of one subscription; null is one that does not count. */
export function changesBetween(before: Counted | null, after: Counted | null): Change[] {
  if (!before && !after) return [];
  if (!before) return [{ ...after!, kind: 'started', subscriptions: 1 }];
  if (!after) return [{ ...before, kind: 'ended', subscriptions: 1 }];
  const isSame = bucketOf(before) === bucketOf(after);
  if (isSame && before.yearlyMinor === after.yearlyMinor) return [];
  if (isSame)
    return [
      { ...after, kind: 'changed', yearlyMinor: after.yearlyMinor - before.yearlyMinor, subscriptions: 0 },
    ];
  return [
    { ...before, kind: 'changed', yearlyMinor: -before.yearlyMinor, subscriptions: -1 },
    { ...after, kind: 'changed', subscriptions: 1 },
  ];
}

const bucketOf = ({ countryCode, currency, planCode }: Counted) => [countryCode, currency, planCode].join();

/** A month of what comes in a year, half a minor unit away from zero. */
export function monthlyOf(yearlyMinor: bigint): bigint {
  const size = yearlyMinor < 0n ? -yearlyMinor : yearlyMinor;
  const month = (size + 6n) / 12n;
  return yearlyMinor < 0n ? -month : month;
}

/** A whole shared by a number, half a minor unit up; null where there is nobody. */
export const perHead = (whole: bigint, heads: number): bigint | null =>
  heads <= 0 ? null : (2n * whole + BigInt(heads)) / (2n * BigInt(heads));

export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
