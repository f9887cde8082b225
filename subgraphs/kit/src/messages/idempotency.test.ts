import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPool } from '../database/index.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { waitingForLocks } from '../testing/locks.js';
import { forgetAnswers, idempotent, requestHash } from './idempotency.js';
import { transactionsOf } from './testing.js';

describe('idempotency keys', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase('kit');
    pool = createPool({ url: database.url, max: 20 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const call = (key: string, request: unknown, run: () => Promise<unknown>, actor = 'a') =>
    transactionsOf(pool)((tx) => idempotent(tx, { actor, operation: 'buy', key, request }, run));

  it('runs once for twenty calls at once and gives all of them the same answer', async () => {
    let runs = 0;
    const run = async () => ({ receipt: ++runs, at: new Date(0) });
    const calls = Array.from({ length: 10 }, () => [
      call('k1', { a: 1, b: 2 }, run),
      call('k1', { b: 2, a: 1 }, run),
    ]);
    const answers = await Promise.all(calls.flat());
    expect(runs).toBe(1);
    expect(answers).toHaveLength(20);
    for (const answer of answers) expect(answer).toEqual({ receipt: 1, at: '1970-01-01T00:00:00.000Z' });
  });

  it('forgets answers after a month', async () => {
    const run = async () => 'new';
    await call('old', 1, async () => 'old');
    await call('young', 1, async () => 'young');
    await pool.query(
      `UPDATE kit.idempotency_keys SET created_at = now() - interval '31 days' WHERE key = 'old'`,
    );
    await forgetAnswers(pool);
    expect([await call('old', 1, run), await call('young', 1, run)]).toEqual(['new', 'young']);
  });

  it('refuses the key for another request', async () => {
    await call('k2', { a: 1 }, async () => 1);
    await expect(call('k2', { a: 2 }, async () => 2)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('keeps the keys of actors apart', async () => {
    expect(await call('k3', {}, async () => 'mine', 'a')).toBe('mine');
    expect(await call('k3', {}, async () => 'yours', 'b')).toBe('yours');
  });

  it('forgets a run that failed, so that the next one may succeed', async () => {
    await expect(call('k4', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await call('k4', {}, async () => 'yes')).toBe('yes');
    expect(await call('k4', {}, async () => 'again')).toBe('yes');
  });

  it('lets a waiting call run when the first one rolls back', async () => {
    let fail: () => void = () => undefined;
    let begun: () => void = () => undefined;
    const holdsTheKey = new Promise<void>((resolve) => (begun = resolve));
    const hold = () =>
      new Promise((_, reject) => {
        fail = () => reject(new Error('no'));
        begun();
      });
    const known = call('k5', {}, hold).catch((error: Error) => error.message);
    await holdsTheKey;
    const second = call('k5', {}, async () => 'second');
    await waitingForLocks(pool);
    fail();
    expect(await known).toBe('no');
    expect(await second).toBe('second');
  });

  it('hashes a request whatever the order of its keys, and only then', () => {
    expect(requestHash({ a: [1, { b: 2, c: undefined }], d: null })).toBe(
      requestHash({ d: null, a: [1, { b: 2 }] }),
    );
    expect(requestHash({ a: [1, 2] })).not.toBe(requestHash({ a: [2, 1] }));
    expect(requestHash({ a: '1' })).not.toBe(requestHash({ a: 1 }));
  });
});
