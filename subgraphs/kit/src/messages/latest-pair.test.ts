import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createPool } from '../database/index.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { keepLatestPair } from './latest-pair.js';
import { transactionsOf } from './testing.js';

describe('a pair', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase('kit');
    pool = createPool({ url: database.adminUrl });
    await pool.query(`CREATE TABLE ties (one_id uuid, other_id uuid, is_active boolean, version int,
      PRIMARY KEY (one_id, other_id))`);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it.each([
    ['in their order', [1, 2, 3]],
    ['in another', [3, 1, 2]],
    ['more than once', [2, 3, 3, 2]],
  ])('is what the highest version says when they come %s', async (_how, versions) => {
    const ids = [randomUUID(), randomUUID()] as const;
    const ties = { table: 'ties', columns: ['one_id', 'other_id'] } as const;
    for (const version of versions)
      await transactionsOf(pool)((tx) =>
        keepLatestPair(tx, ties, { ids, isActive: version % 2 === 1, version }),
      );
    const { rows } = await pool.query('SELECT is_active, version FROM ties WHERE one_id = $1', [ids[0]]);
    expect(rows).toEqual([{ is_active: true, version: 3 }]);
  });
});
