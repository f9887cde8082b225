import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import type { TestDatabase } from '../testing/database.js';
import { createTestDatabase } from '../testing/database.js';
import { createPool } from './pool.js';

describe('createPool', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase('kit');
  });
  afterAll(() => database.drop());

  it('reports every statement but those that frame a transaction', async () => {
    const seen: string[] = [];
    const pool = createPool({ url: database.url, onStatement: (sql) => seen.push(sql) });
    await pool.query('SELECT 1');
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query({ text: 'SELECT $1::int', values: [2] });
    await client.query('COMMIT');
    client.release();
    await pool.end();
    expect(seen).toEqual(['SELECT 1', 'SELECT $1::int']);
  });

  it('serves Prisma, whose statements it reports too, and ends with it', async () => {
    const seen: string[] = [];
    const pool = createPool({ url: database.url, onStatement: (sql) => seen.push(sql) });
    const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
    const transaction = await adapter.startTransaction();
    const { rows } = await transaction.queryRaw({ sql: 'SELECT 1::int4', args: [], argTypes: [] });
    await transaction.commit();
    expect(rows).toEqual([[1]]);
    expect(seen).toEqual(['SELECT 1::int4']);
    await adapter.dispose();
    expect(pool.ended).toBe(true);
  });

  it('survives the loss of an idle connection', async () => {
    const errors: Error[] = [];
    let lost = () => {};
    const loss = new Promise<void>((done) => (lost = done));
    const pool = createPool({ url: database.url, onError: (error) => (errors.push(error), lost()) });
    const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const admin = createPool({ url: database.adminUrl });
    await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await loss;
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await Promise.all([pool.end(), admin.end()]);
  });

  it('has a statement with a name planned for its values each time', async () => {
    const pool = createPool({ url: database.url, max: 1 });
    const ask = () => pool.query({ name: 'again', text: 'SELECT $1::int AS one', values: [1] });
    for (let times = 0; times < 8; times++) await ask();
    const { rows } = await pool.query('SELECT custom_plans::int AS custom FROM pg_prepared_statements');
    expect(rows).toEqual([{ custom: 8 }]);
    await pool.end();
  });

  it('gives a statement up after its time', async () => {
    const pool = createPool({ url: database.url, statementTimeout: 50 });
    await expect(pool.query('SELECT pg_sleep(5)')).rejects.toThrow('statement timeout');
    await pool.end();
  });
});
