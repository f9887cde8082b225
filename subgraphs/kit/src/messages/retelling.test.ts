import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { withClient } from '../database/sql.js';
import { waitingForLocks } from '../testing/locks.js';
import { retell, type RetellingOptions, type StateOf } from './retelling.js';
import { asTransaction, createBus, eventually, type Bus, type clicks } from './testing.js';
import type { SqlTransaction } from './transaction.js';

const keys = ['a', 'b', 'c', 'd', 'e'];

describe('what is so, told again', () => {
  let bus: Bus;
  beforeAll(async () => {
    bus = await createBus();
    await withClient(bus.database.ownerUrl, (owner) =>
      owner.query(
        `CREATE TABLE counts (key text PRIMARY KEY, n int); CREATE TABLE known (LIKE counts INCLUDING ALL)`,
      ),
    );
  });
  beforeEach(() => bus.pool.query('INSERT INTO counts SELECT unnest($1::text[]), 1', [keys]));
  afterEach(async () => {
    await bus.reset();
    for (const table of ['counts', 'known', 'kit.long_jobs']) await bus.pool.query(`DELETE FROM ${table}`);
  });
  afterAll(() => bus.close());

  const schema = z.object({ n: z.number() });
  const counts: StateOf<typeof clicks, SqlTransaction> = {
    types: ['click.counted'],
    count: async () => keys.length,
    keysAfter: async (_db, after) => keys.filter((key) => after === null || key > after).slice(0, 2),
    tell: async (tx, key) => {
      const rows = await tx.$queryRaw<{ n: number }[]>`SELECT n FROM counts WHERE key = ${key} FOR UPDATE`;
      return rows.map((data) => ({ type: 'click.counted', key, data }));
    },
  };
  const tell = (options: Partial<RetellingOptions> = {}, state: Partial<typeof counts> = {}) => {
    const db = asTransaction(bus.pool as never);
    const parts = { db, transaction: bus.transaction, outbox: bus.outbox };
    return retell({ ...parts, states: { counts: { ...counts, ...state } } }, { rate: 1_000_000, ...options });
  };
  const told = async () => {
    const { rows } = await bus.pool.query<{ told: string }>(
      `SELECT type || ' ' || key || ' ' || (envelope #>> '{data,n}') AS told FROM kit.outbox ORDER BY position`,
    );
    return rows.map((row) => row.told);
  };
  const retold = (of: readonly string[], n = 1) => of.map((key) => `click.counted.retold ${key} ${n}`);
  /** One that finds something wrong with a key, as often as it is asked. */
  const failingAt = (wrong: string): Partial<typeof counts> => ({
    tell: async (tx, key) => {
      const messages = await counts.tell(tx, key);
      if (key === wrong) throw new Error('no');
      return messages;
    },
  });

  it('is kept by whoever projects it, and nothing else comes of it', async () => {
    const got: string[] = [];
    bus.relay();
    bus.consume(
      bus.from.project('click.counted', schema, async ({ key }) => void got.push(`kept ${key}`), {
        act: async ({ key }) => void got.push(`acted on ${key}`),
      }),
    );
    expect(await tell()).toBe(keys.length);
    await eventually(() => got.length >= keys.length);
    await bus.publish('z', 1);
    await eventually(() => got.includes('acted on z'));
    expect(got.sort()).toEqual(['acted on z', ...keys.map((key) => `kept ${key}`), 'kept z']);
  });

  it('is not heard by whoever acts on changes', async () => {
    const got: string[] = [];
    await tell();
    await bus.publish('z', 1);
    bus.relay();
    bus.consume([bus.counted(({ key }) => void got.push(key))]);
    await eventually(() => got.length);
    expect(got).toEqual(['z']);
  });

  it('goes on where it was stopped, and tells no key twice', async () => {
    await expect(tell({}, failingAt('d'))).rejects.toThrow('no');
    const progress: unknown[] = [];
    expect(await tell({ onProgress: (reached) => progress.push(reached) })).toBe(keys.length);
    expect(progress[0]).toEqual({ state: 'counts', done: 3, total: 5 });
    expect(await told()).toEqual(retold(keys));
  });

  it('begins at the first key when it was done before, and when that is asked for', async () => {
    await tell();
    await tell();
    expect(await told()).toEqual(retold([...keys, ...keys]));
    await expect(tell({}, failingAt('c'))).rejects.toThrow('no');
    await tell({ isAnew: true });
    expect(await told()).toEqual(retold([...keys, ...keys, 'a', 'b', ...keys]));
  });

  it('is of the asked types only', async () => {
    expect(await tell({ types: ['click.cleared'] })).toBe(0);
    expect(await tell({ types: ['click.counted'] })).toBe(keys.length);
    expect(await told()).toEqual(retold(keys));
  });

  it('is told by the later one of two', async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let isHeld = false;
    const first = tell(
      {},
      {
        tell: async (tx, key) => {
          if (key === 'c') {
            isHeld = true;
            await held;
          }
          return key === 'c' ? [{ type: 'click.counted', key, data: { n: 99 } }] : counts.tell(tx, key);
        },
      },
    );
    await eventually(() => isHeld);
    await tell();
    goOn();
    await expect(first).rejects.toThrow('Another one like it goes on from here.');
    expect(await told()).toEqual(retold(keys));
  });

  it('comes after a change under way, and as that left it', async () => {
    const holder = await bus.pool.connect();
    const tx = asTransaction(holder);
    await holder.query('BEGIN');
    await holder.query(`UPDATE counts SET n = 2 WHERE key = 'c'`);
    await bus.outbox.publish(tx, { type: 'click.counted', key: 'c', data: { n: 2 } });
    const telling = tell();
    await waitingForLocks(bus.pool);
    await holder.query('COMMIT');
    holder.release();
    await telling;
    const aboutIt = (await told()).filter((line) => line.includes(' c '));
    expect(aboutIt).toEqual(['click.counted c 2', 'click.counted.retold c 2']);
  });

  it('is known as it is in the end, whatever changes while it is told', async () => {
    const keep = async ({ key, data: { n } }: { key: string; data: { n: number } }, db: SqlTransaction) =>
      void (await db.$executeRaw`
        INSERT INTO known VALUES (${key}, ${n}::int) ON CONFLICT (key) DO UPDATE SET n = excluded.n`);
    bus.relay();
    bus.consume(bus.from.project('click.counted', schema, keep));
    const change = (key: string) =>
      bus.transaction(async (tx) => {
        const [row] = await tx.$queryRaw<{ n: number }[]>`
          UPDATE counts SET n = n + 1 WHERE key = ${key} RETURNING n`;
        await bus.outbox.publish(tx, { type: 'click.counted', key, data: row! });
      });
    const changing = async (key: string) => {
      for (let times = 0; times < 40; times++) await change(key);
    };
    const telling = async () => {
      for (let times = 0; times < 10; times++) await tell();
    };
    await Promise.all([...keys.map(changing), telling()]);
    const all = await told();
    await eventually(async () => (await bus.pool.query('SELECT FROM kit.inbox')).rowCount === all.length);
    const { rows } = await bus.pool.query('SELECT key, n FROM known ORDER BY key');
    expect(rows).toEqual(keys.map((key) => ({ key, n: 41 })));
  });

  it('waits while the relay is behind, so that little waits in front of what happens', async () => {
    let isWaiting = false;
    const many = Array.from({ length: 400 }, (_, at) => String(at).padStart(4, '0'));
    const telling = tell(
      { onWaiting: () => (isWaiting = true) },
      {
        keysAfter: async (_db, after) => many.filter((key) => after === null || key > after).slice(0, 100),
        tell: async (_tx, key) => [{ type: 'click.counted', key, data: { n: 1 } }],
      },
    );
    await eventually(() => isWaiting);
    expect(await told()).toHaveLength(200);
    bus.relay();
    expect(await telling).toBe(400);
    expect(await told()).toHaveLength(400);
  });

  it('takes the time its rate says', async () => {
    const startedAt = performance.now();
    await tell({ rate: 20 });
    // Five of them: timers may be early by a fraction.
    expect(performance.now() - startedAt).toBeGreaterThan(200);
  });
});
