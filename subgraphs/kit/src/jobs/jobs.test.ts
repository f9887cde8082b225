import { Writable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { z } from 'zod';
import { createPool } from '../database/index.js';
import { createLogger } from '../logger.js';
import { eventually, silent, transactionsOf } from '../messages/testing.js';
import type { TransactionRunner } from '../messages/transaction.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { addJob } from './add-job.js';
import { defineJob, onJob } from './definitions.js';
import { startAllJobs } from './start-all.js';
import { startJobs, type Jobs } from './worker.js';

const count = defineJob('count', z.object({ n: z.number(), unit: z.string().default('piece') }));

describe('jobs', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let transaction: TransactionRunner;
  let jobs: Jobs | undefined;
  beforeAll(async () => {
    database = await createTestDatabase('kit');
    pool = createPool({ url: database.url, max: 10 });
    transaction = transactionsOf(pool);
  });
  afterEach(async () => {
    await jobs?.stop();
    jobs = undefined;
    await pool.query('DELETE FROM graphile_worker._private_jobs');
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('runs a job after the commit with what its schema makes of the payload', async () => {
    const got: unknown[] = [];
    const tasks = onJob(count, async (payload, { attempt }) => void got.push({ ...payload, attempt }));
    jobs = await startJobs({ pool, tasks, log: silent });
    const id = await transaction(async (tx) => {
      const added = await addJob(tx, count, { n: 1 });
      expect(got).toEqual([]);
      return added;
    });
    expect(Number(id)).toBeGreaterThan(0);
    await eventually(() => got.length);
    expect(got).toEqual([{ n: 1, unit: 'piece', attempt: 1 }]);
  });

  it('adds nothing when the transaction rolls back or the payload is not what the job takes', async () => {
    const rolledBack = transaction(async (tx) => {
      await addJob(tx, count, { n: 1 });
      throw new Error('roll back');
    });
    await expect(rolledBack).rejects.toThrow('roll back');
    await expect(transaction((tx) => addJob(tx, count, { n: 'one' } as never))).rejects.toThrow();
    expect((await pool.query('SELECT 1 FROM graphile_worker.jobs')).rowCount).toBe(0);
  });

  it('keeps one job a key, and runs it at its time', async () => {
    const runAt = new Date(Date.now() + 3_600_000);
    const ids = await transaction(async (tx) => [
      await addJob(tx, count, { n: 1 }, { jobKey: 'k', runAt }),
      await addJob(tx, count, { n: 2 }, { jobKey: 'k', runAt, maxAttempts: 3, queueName: 'q' }),
    ]);
    expect(ids[0]).toBe(ids[1]);
    const { rows } = await pool.query('SELECT run_at, max_attempts, queue_name FROM graphile_worker.jobs');
    expect(rows).toEqual([{ run_at: runAt, max_attempts: 3, queue_name: 'q' }]);
  });

  it('keeps the time of a job that waits where that is wished, and its newest payload', async () => {
    const [early, late] = [1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000));
    await transaction(async (tx) => {
      await addJob(tx, count, { n: 1 }, { jobKey: 'k', runAt: early!, keepsTime: true });
      await addJob(tx, count, { n: 2 }, { jobKey: 'k', runAt: late!, keepsTime: true });
    });
    const { rows } = await pool.query('SELECT run_at, payload FROM graphile_worker._private_jobs');
    expect(rows).toEqual([{ run_at: early, payload: { n: 2 } }]);
  });

  it('logs a failure once without its payload and tries again', async () => {
    const lines: Record<string, unknown>[] = [];
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
        done();
      },
    });
    let attempts = 0;
    const fail = defineJob('fail', z.object({ name: z.string() }));
    const tasks = onJob(fail, async ({ name }) => {
      attempts++;
      if (attempts === 1) throw new Error(`no\nfor ${name}`);
    });
    const log = createLogger({ name: 'test', level: 'info', destination });
    jobs = await startJobs({ pool, tasks, log, pollMs: 100 });
    await transaction((tx) => addJob(tx, fail, { name: 'Ada' }));
    await eventually(() => lines.length);
    await eventually(async () => {
      await pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
      return attempts === 2;
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ task: 'fail', attempt: 1, error: 'Error: no', msg: 'Job fail failed' });
    expect(JSON.stringify(lines)).not.toContain('Ada');
  });

  it('waits for the jobs in hand when it stops, and stops twice', async () => {
    let finish: () => void = () => undefined;
    let begun = false;
    let ended = false;
    const tasks = onJob(count, async () => {
      begun = true;
      await new Promise<void>((resolve) => (finish = resolve));
      ended = true;
    });
    jobs = await startJobs({ pool, tasks, log: silent });
    await transaction((tx) => addJob(tx, count, { n: 1 }));
    await eventually(() => begun);
    let stopped = false;
    const stopping = jobs.stop().then(() => (stopped = true));
    await pool.query('SELECT pg_sleep(0.2)');
    expect(stopped).toBe(false);
    finish();
    await stopping;
    await jobs.stop();
    expect(ended).toBe(true);
  });

  it('tells a job of the crontab when it was due', async () => {
    const got: unknown[] = [];
    const tick = defineJob('tick', z.strictObject({}));
    const tasks = onJob(tick, async (payload, { scheduledFor }) => void got.push({ payload, scheduledFor }));
    // At a time that never comes: what the crontab would add is added here.
    jobs = await startJobs({ pool, tasks, crontab: '0 4 31 2 * tick', log: silent });
    await pool.query(`SELECT graphile_worker.add_job('tick', '{"_cron":{"ts":"2026-01-01T04:00:00.000Z"}}')`);
    await eventually(() => got.length);
    expect(got).toEqual([{ payload: {}, scheduledFor: new Date('2026-01-01T04:00:00.000Z') }]);
  });

  it('keeps one job of a line of the crontab, however long none could be run', async () => {
    // Ten minutes of it are made up for when the runner starts; nobody runs its task.
    await pool.query(
      `INSERT INTO graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
       VALUES ('tock', now() - interval '1 hour', now() - interval '10 minutes')`,
    );
    jobs = await startJobs({ pool, tasks: {}, crontab: '* * * * * tock ?fill=1h', log: silent });
    const waiting = async () =>
      (await pool.query<{ key: string }>('SELECT key FROM graphile_worker.jobs ORDER BY id')).rows;
    await eventually(async () => (await waiting()).length);
    await jobs.stop();
    expect(await waiting()).toEqual([{ key: 'crontab:tock' }]);
  });

  it('keeps nothing waiting for jobs that are slow, however many there are', async () => {
    const wait = defineJob('wait', z.object({}), { isSlow: true });
    const waiting: (() => void)[] = [];
    const counted: number[] = [];
    const tasks = {
      ...onJob(wait, () => new Promise<void>((resolve) => void waiting.push(resolve))),
      ...onJob(count, async ({ n }) => void counted.push(n)),
    };
    jobs = await startAllJobs({ pool, tasks, log: silent });
    for (let added = 0; added < 12; added++) await transaction((tx) => addJob(tx, wait, {}));
    await eventually(() => waiting.length === 4);
    await transaction((tx) => addJob(tx, count, { n: 1 }));
    await eventually(() => counted.length);
    expect(waiting).toHaveLength(4);
    await pool.query('DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL');
    for (const finish of waiting) finish();
  });

  it('refuses a crontab it cannot read', async () => {
    await expect(startJobs({ pool, tasks: {}, crontab: 'often count', log: silent })).rejects.toThrow();
  });
});
