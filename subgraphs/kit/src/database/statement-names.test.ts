import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PrismaPg } from '@prisma/adapter-pg';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { createPool } from './pool.js';
import { createStatementNames } from './statement-names.js';

describe('createStatementNames', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase('kit');
  });
  afterAll(() => database.drop());

  it('lets PostgreSQL know a statement again, also after it failed, and forget those with lists', async () => {
    const pool = createPool({ url: database.url, max: 1 });
    const adapter = await new PrismaPg(pool, { statementNameGenerator: createStatementNames() }).connect();
    const int = { scalarType: 'int', arity: 'scalar' } as const;
    const ask = (sql: string, args: number[]) =>
      adapter.queryRaw({ sql, args, argTypes: args.map(() => int) }).then(({ rows }) => rows);
    const divide = 'SELECT 6 / $1::int4';
    await expect(ask(divide, [0])).rejects.toThrow();
    expect(await ask(divide, [2])).toEqual([[3]]);
    expect(await ask(divide, [3])).toEqual([[2]]);
    expect(await ask('SELECT 1 IN ($1::int4)', [1])).toEqual([[true]]);
    expect(await ask('SELECT 1 WHERE 1 IN ($1, $2)', [1, 2])).toEqual([[1]]);
    const { rows } = await pool.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements');
    expect(rows.map(({ statement }) => statement).sort()).toEqual(['SELECT 1 IN ($1::int4)', divide]);
    await pool.end();
  });

  it('stops at a number of names', () => {
    const nameOf = createStatementNames();
    const names = Array.from({ length: 1_000 }, (_, at) => nameOf({ sql: `SELECT ${at}` }));
    expect(new Set(names.filter(Boolean)).size).toBe(400);
    expect(nameOf({ sql: 'SELECT 0' })).toBe(names[0]);
  });
});
