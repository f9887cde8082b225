import { aViewer } from '@diaspora/kit/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changesBetween, mayRead, monthlyOf, perHead, yearlyOf, type Counted } from './rules.js';

const plans = {
  MONTHLY: { amountMinor: 799n, interval: 'MONTH' },
  YEARLY: { amountMinor: 7_990n, interval: 'YEAR' },
  DEARER: { amountMinor: 1_299n, interval: 'MONTH' },
} as const;
const statuses = ['PENDING', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELLED', 'FAILED'];

const state = fc.record({
  subscription: fc.nat(4),
  planCode: fc.constantFrom(...(Object.keys(plans) as (keyof typeof plans)[])),
  status: fc.constantFrom(...statuses),
  countryCode: fc.constantFrom('RO', 'DE', 'ZZ'),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
});

const countOf = ({
  planCode,
  status,
  ...where
}: {
  planCode: keyof typeof plans;
  status: string;
  countryCode: string;
  currency: string;
}): Counted | null => {
  const yearlyMinor = yearlyOf(status, plans[planCode]);
  const { countryCode, currency } = where;
  return yearlyMinor === 0n ? null : { countryCode, currency, planCode, yearlyMinor };
};

/** Sums and numbers of subscriptions by what they are counted under. */
function totals(
  counts: readonly {
    countryCode: string;
    currency: string;
    planCode: string;
    yearly: bigint;
    people: number;
  }[],
) {
  const sums = new Map<string, { yearly: bigint; people: number }>();
  for (const { countryCode, currency, planCode, yearly, people } of counts) {
    const key = `${countryCode} ${currency} ${planCode}`;
    const known = sums.get(key) ?? { yearly: 0n, people: 0 };
    sums.set(key, { yearly: known.yearly + yearly, people: known.people + people });
  }
  return [...sums].filter(([, { yearly, people }]) => yearly !== 0n || people !== 0).sort();
}

describe('recurring revenue', () => {
  it('counted change by change is what a recount finds, after any sequence, told once or more often', () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 60 }), fc.array(fc.boolean()), (states, repeats) => {
        const known = new Map<number, Counted | null>();
        const changes = states.flatMap((next, index) => {
          const before = known.get(next.subscription) ?? null;
          const after = countOf(next);
          known.set(next.subscription, after);
          return [...changesBetween(before, after), ...(repeats[index] ? changesBetween(after, after) : [])];
        });
        const projected = changes.map(({ kind, yearlyMinor, subscriptions, ...where }) => {
          const sign = kind === 'ended' ? -1 : 1;
          return { ...where, yearly: BigInt(sign) * yearlyMinor, people: sign * subscriptions };
        });
        const recounted = [...known.values()].flatMap((count) =>
          count ? [{ ...count, yearly: count.yearlyMinor, people: 1 }] : [],
        );
        expect(totals(projected)).toEqual(totals(recounted));
      }),
    );
  });

  it.each([
    ['ACTIVE', 'MONTHLY', 9_588n],
    ['PAST_DUE', 'YEARLY', 7_990n],
    ['TRIALING', 'MONTHLY', 0n],
    ['PAUSED', 'YEARLY', 0n],
  ] as const)('of one that is %s on %s is %p a year', (status, plan, yearly) => {
    expect(yearlyOf(status, plans[plan])).toBe(yearly);
  });

  it('of a month is a twelfth, rounded once', () => {
    expect([7_990n, -7_990n, 9_588n, 0n].map(monthlyOf)).toEqual([666n, -666n, 799n, 0n]);
    // Twelve yearly plans bring what one brings in a year.
    expect(monthlyOf(12n * 7_990n)).toBe(7_990n);
    expect([perHead(1_465n, 2), perHead(0n, 3), perHead(5n, 0)]).toEqual([733n, 0n, null]);
  });
});

describe('a report', () => {
  const office = { role: 'AMBASSADOR', countryCode: 'DE' };
  it.each([
    ['a visitor', null, 'DE', false],
    ['somebody', aViewer(), 'DE', false],
    ['an ambassador', aViewer({ roles: ['AMBASSADOR'], offices: [office] }), 'DE', true],
    ['an ambassador of elsewhere', aViewer({ roles: ['AMBASSADOR'], offices: [office] }), 'FR', false],
    ['an ambassador about everything', aViewer({ roles: ['AMBASSADOR'], offices: [office] }), null, false],
    ['a super user', aViewer({ roles: ['SUPER_USER'] }), null, true],
    ['a program', aViewer({ kind: 'service', roles: ['SUPER_USER'] }), null, false],
  ])('is for %s', (_who, viewer, countryCode, expected) => {
    expect(mayRead({ countryCode }, viewer)).toBe(expected);
  });
});
