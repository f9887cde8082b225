import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { price, splitOverTickets } from './pricing.js';
import { keptUntil, payBefore, retryDelayMs, step, type Fact } from './rules.js';

type Status = ReturnType<typeof step>['status'];

const reasons = ['EXPIRED', 'BUYER', 'EVENT_CANCELLED'] as const;
const facts: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ type: fc.constant('PAID' as const), canIssue: fc.boolean() }),
  fc.record({ type: fc.constant('ENDED' as const), reason: fc.constantFrom(...reasons) }),
  fc.record({ type: fc.constant('GIVEN_BACK' as const), isAll: fc.boolean(), owes: fc.boolean() }),
  fc.record({ type: fc.constant('REFUNDED' as const), isAll: fc.boolean() }),
);

/** What becomes of a purchase by facts in this order, and what was done about them. */
function run(order: readonly Fact[]) {
  let state: Parameters<typeof step>[0] = { status: 'PENDING', endReason: null };
  const effects: string[] = [];
  const seen: Status[] = [];
  for (const fact of order) {
    const { effect, ...next } = step(state, fact);
    if (effect) effects.push(effect);
    seen.push(next.status);
    state = next;
  }
  return { ...state, effects, seen };
}

const holds = (check: (order: Fact[]) => boolean) =>
  fc.check(fc.property(fc.array(facts, { maxLength: 12 }), check), { numRuns: 2_000 });
const count = (effects: readonly string[], effect: string) =>
  effects.filter((each) => each === effect).length;

describe('the state of a purchase, whatever the order of what happens', () => {
  it('has tickets made or money sent back for a payment, once and never both', () => {
    const isOne = (order: Fact[]) => {
      const { effects } = run(order);
      const answers = count(effects, 'ISSUE') + count(effects, 'REFUND');
      return answers === (order.some(({ type }) => type === 'PAID') ? 1 : 0);
    };
    expect(holds(isOne)).toMatchObject({ failed: false });
  });

  it('gives up what is kept once at most, and never after the tickets were made', () => {
    const isRight = (order: Fact[]) => {
      const { effects } = run(order);
      const released = effects.indexOf('RELEASE');
      return count(effects, 'RELEASE') <= 1 && (released === -1 || released === 0);
    };
    expect(holds(isRight)).toMatchObject({ failed: false });
  });

  it('ends: what is refunded stays so, and what was called off or given up has no tickets', () => {
    const isRight = (order: Fact[]) => {
      const { seen, status, endReason } = run(order);
      const end = seen.indexOf('REFUNDED');
      const stays = end === -1 || seen.slice(end).every((each) => each === 'REFUNDED');
      return stays && (status !== 'COMPLETED' || endReason === null);
    };
    expect(holds(isRight)).toMatchObject({ failed: false });
  });

  it('is the same when a fact is told twice', () => {
    const isSame = (order: Fact[]) => {
      const twice = run(order.flatMap((fact) => [fact, fact]));
      const once = run(order);
      return twice.status === once.status && twice.effects.join() === once.effects.join();
    };
    expect(holds(isSame)).toMatchObject({ failed: false });
  });
});

const amount = fc.bigInt({ min: 0n, max: 10n ** 9n });
const lines = fc.array(
  fc.record({
    eventId: fc.constantFrom('a', 'b'),
    packetId: fc.constant(null),
    quantity: fc.integer({ min: 1, max: 20 }),
    unitPriceMinor: amount,
    unitFeeMinor: amount,
  }),
  { minLength: 1, maxLength: 10 },
);
const vouchers = fc.record({
  percent: fc.option(fc.integer({ min: 1, max: 100 })),
  amountMinor: fc.option(amount),
  eventId: fc.constantFrom('a', null),
  packetId: fc.constant(null),
});
const total = (amounts: readonly bigint[]) => amounts.reduce((one, other) => one + other, 0n);

describe('the price of a purchase', () => {
  it('is what its lines cost less their discounts, and its tickets sum to it', () => {
    const isWhole = (bought: Parameters<typeof price>[0], voucher: Parameters<typeof price>[1]) => {
      const { discounts, totalMinor } = price(bought, voucher);
      const shares = bought.flatMap((line, index) =>
        splitOverTickets({ ...line, discountMinor: discounts[index]! }, line.quantity * 3),
      );
      const isPositive = shares.every(({ priceMinor, feeMinor }) => priceMinor >= 0n && feeMinor >= 0n);
      return isPositive && total(shares.map((share) => share.priceMinor + share.feeMinor)) === totalMinor;
    };
    const property = fc.property(
      fc.array(lines).map((all) => all.flat()),
      fc.option(vouchers),
      isWhole,
    );
    expect(fc.check(property)).toMatchObject({ failed: false });
  });

  it('is split by the largest remainder', () => {
    const line = { eventId: 'a', packetId: null, quantity: 1, unitPriceMinor: 1_000n, unitFeeMinor: 10n };
    expect(splitOverTickets({ ...line, discountMinor: 0n }, 3)).toEqual([
      { priceMinor: 334n, feeMinor: 4n },
      { priceMinor: 333n, feeMinor: 3n },
      { priceMinor: 333n, feeMinor: 3n },
    ]);
    const voucher = { percent: 10, amountMinor: null, eventId: 'a', packetId: null };
    expect(price([line, { ...line, eventId: 'b' }], voucher)).toEqual({
      discounts: [100n, 0n],
      totalMinor: 1_920n,
    });
  });
});

describe('times of a purchase', () => {
  const at = (minutes: number) => new Date(minutes * 60_000);
  it('are kept for a quarter of an hour, never beyond the order', () => {
    expect(payBefore(at(0))).toEqual(at(45));
    expect(keptUntil(at(0), at(10))).toEqual(at(25));
    expect(keptUntil(at(0), at(40))).toEqual(at(45));
  });

  it('of refunds that fail grow up to a day', () => {
    expect([1, 2, 3, 30].map(retryDelayMs)).toEqual([60_000, 120_000, 240_000, 86_400_000]);
  });
});
