import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppError } from '@diaspora/kit';
import { givenUsers } from '../testing/given.js';
import { backOff, createBudgets, window, type Budget } from './index.js';

const secret = 'a-secret-for-tests-only-0123456789';
const minute = 60_000;

describe('budgets', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let budgets: ReturnType<typeof createBudgets>;
  let other: ReturnType<typeof users.startAnother>;
  let otherBudgets: typeof budgets;
  beforeAll(async () => {
    users = await givenUsers();
    other = users.startAnother();
    budgets = createBudgets({ ...users, secret });
    otherBudgets = createBudgets({ ...users, db: other.db, secret });
  });
  afterAll(async () => {
    await other.stop();
    await users.stop();
  });

  /** Seconds to wait; null when the try was let through. */
  const spend = (budget: Budget, key: string | null = 'ana', by = budgets): Promise<number | null> =>
    by.spend(budget, key).then(
      () => null,
      (error: AppError) => error.details.retryAfterSeconds!,
    );
  const several = async (count: number, budget: Budget) => {
    const answers: (number | null)[] = [];
    while (answers.length < count) answers.push(await spend(budget));
    return answers;
  };

  it('let through so many in a window that begins with the first, and say when it ends', async () => {
    const budget = window('test.window', 3, 10 * minute);
    expect(await several(2, budget)).toEqual([null, null]);
    users.clock.advance(4 * minute);
    expect(await several(3, budget)).toEqual([null, 360, 360]);
    users.clock.advance(6 * minute);
    expect(await several(4, budget)).toEqual([null, null, null, 600]);
  });

  it('let through a single one when that is all', async () => {
    const budget = window('test.single', 1, minute);
    expect(await several(2, budget)).toEqual([null, 60]);
    users.clock.advance(minute);
    expect(await several(2, budget)).toEqual([null, 60]);
  });

  it('make waits longer, keep the longest, and forget after a quiet time', async () => {
    const budget = backOff('test.waits', { free: 1, waitsMs: [1_000, 5_000], windowMs: 10 * minute });
    expect(await several(3, budget)).toEqual([null, null, 1]);
    users.clock.advance(1_000);
    expect(await several(2, budget)).toEqual([null, 5]);
    users.clock.advance(5_000);
    expect(await several(2, budget)).toEqual([null, 5]);
    users.clock.advance(10 * minute - 1);
    expect(await several(2, budget)).toEqual([null, 5]);
    users.clock.advance(10 * minute);
    expect(await several(3, budget)).toEqual([null, null, 1]);
  });

  it.each([
    ['a window', window('test.race', 7, minute)],
    ['a back-off', backOff('test.race-waits', { free: 6, waitsMs: [minute], windowMs: minute })],
  ])('let 50 parallel tries at two instances spend %s and no more', async (_name, budget) => {
    const tries = Array.from({ length: 50 }, (_, index) =>
      spend(budget, 'race', index % 2 ? budgets : otherBudgets),
    );
    expect((await Promise.all(tries)).filter((wait) => wait === null)).toHaveLength(7);
  });

  it('would be overrun if tries were looked at before they are counted', async () => {
    const spent = () => users.db.budget.findFirst({ where: { kind: 'test.naive' } });
    const row = {
      kind: 'test.naive',
      key: 'k',
      spent: 0,
      endsAt: new Date(users.clock.now().getTime() + minute),
    };
    await users.db.budget.create({ data: row });
    const naive = async () => {
      if ((await spent())!.spent >= 7) return false;
      await users.db.budget.updateMany({ where: { kind: 'test.naive' }, data: { spent: { increment: 1 } } });
      return true;
    };
    const tries = await Promise.all(Array.from({ length: 50 }, naive));
    expect(tries.filter(Boolean).length).toBeGreaterThan(7);
  });

  it('keep people and kinds apart, and count nothing for an address nobody knows', async () => {
    const budget = window('test.apart', 1, minute);
    expect(await several(2, budget)).toEqual([null, 60]);
    expect(await spend(budget, 'bob')).toBeNull();
    expect(await spend(window('test.another', 1, minute))).toBeNull();
    expect([await spend(budget, null), await spend(budget, null)]).toEqual([null, null]);
  });

  it('give back what did not happen, and clear all', async () => {
    const budget = window('test.back', 2, minute);
    expect(await several(3, budget)).toEqual([null, null, 60]);
    await budgets.giveBack(budget, 'ana');
    expect(await several(2, budget)).toEqual([null, 60]);
    await budgets.clear(budget, 'ana');
    expect(await several(3, budget)).toEqual([null, null, 60]);
  });

  it('do not tell who tried, and drop what no longer counts', async () => {
    await spend(window('test.kept', 1, 90 * minute), 'kept@example.org');
    const rows = await users.db.budget.findMany();
    expect(JSON.stringify(rows)).not.toMatch(/ana|example/);
    users.clock.advance(60 * minute);
    await budgets.forget();
    expect((await users.db.budget.findMany()).map((row) => row.kind)).toEqual(['test.kept']);
  });
});
