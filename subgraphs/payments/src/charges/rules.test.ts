import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { refundableMinor, settledDispute, settledRefund, settledStatus } from './rules.js';

/** What remains when all of it was told, in whatever order and however often. */
const highest = <Status>(order: readonly Status[], told: readonly Status[]): Status =>
  order.findLast((status) => told.includes(status))!;

describe('what providers tell', () => {
  const payments = ['CREATED', 'AUTHORISED', 'FAILED', 'CAPTURED'] as const;
  const refunds = ['REQUESTED', 'SUCCEEDED', 'FAILED'] as const;

  it('ends at the highest thing told of a payment, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...payments)), (told) => {
        const settle = (all: typeof told) => all.reduce(settledStatus, 'CREATED');
        const expected = highest(payments, ['CREATED', ...told]);
        expect([settle(told), settle([...told].reverse()), settle([...told, ...told])]).toEqual(
          Array(3).fill(expected),
        );
      }),
    );
  });

  it('ends at the highest thing told of a refund, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...refunds)), (told) => {
        const settle = (all: typeof told) => all.reduce(settledRefund, 'REQUESTED');
        const expected = highest(refunds, ['REQUESTED', ...told]);
        expect([settle(told), settle([...told].reverse())]).toEqual([expected, expected]);
      }),
    );
  });

  it('closes a dispute once', () => {
    expect(settledDispute('OPEN', 'LOST')).toBe('LOST');
    expect(settledDispute('LOST', 'OPEN')).toBe('LOST');
    expect(settledDispute('LOST', 'WON')).toBe('LOST');
  });
});

describe('what may go back', () => {
  const refund = (status: 'REQUESTED' | 'SUCCEEDED' | 'FAILED', amountMinor: bigint) => ({
    status,
    amountMinor,
  });
  const dispute = (status: 'OPEN' | 'WON' | 'LOST', amountMinor: bigint) => ({ status, amountMinor });
  const paid = { status: 'CAPTURED', amountMinor: 100n, refunds: [], disputes: [] } as const;

  it.each([
    ['all of what was captured', paid, 100n],
    ['nothing of what was not', { ...paid, status: 'AUTHORISED' as const }, 0n],
    [
      'not what went or is on its way',
      { ...paid, refunds: [refund('REQUESTED', 30n), refund('SUCCEEDED', 20n), refund('FAILED', 40n)] },
      50n,
    ],
    [
      'not what the bank took',
      { ...paid, disputes: [dispute('OPEN', 10n), dispute('LOST', 20n), dispute('WON', 50n)] },
      70n,
    ],
    [
      'nothing when both took more',
      { ...paid, refunds: [refund('SUCCEEDED', 60n)], disputes: [dispute('LOST', 60n)] },
      0n,
    ],
  ])('is %s', (_what, payment, expected) => {
    expect(refundableMinor(payment)).toBe(expected);
  });
});
