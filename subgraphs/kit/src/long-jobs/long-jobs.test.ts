import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { v7 } from 'uuid';
import { createPool } from '../database/index.js';
import { withClient } from '../database/sql.js';
import { AppError } from '../errors.js';
import { idType } from '../ids.js';
import { startJobs, type Jobs, type JobTasks } from '../jobs/index.js';
import { createProcesses } from '../jobs/testing/processes.js';
import { eventually, silent, transactionsOf } from '../messages/testing.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import type { LongJobTask } from './definitions.js';
import { jobFields } from './fields.js';
import { createLongJobs, type LongJobs } from './long-jobs.js';
import { forgetLongJobs } from './rows.js';
import { counting, countingTables, countingTasks, sqlOf } from './testing/counting.js';

const ownerId = v7();
const processes = createProcesses();
let database: TestDatabase;
let pool: pg.Pool;
let longJobs: LongJobs;
let running: Jobs[] = [];

beforeAll(async () => {
  database = await createTestDatabase('kit');
  await withClient(database.ownerUrl, (owner) => owner.query(countingTables));
  pool = createPool({ url: database.url, max: 20 });
  longJobs = createLongJobs({ db: sqlOf(pool) });
});
afterEach(async () => {
  await pool.query('DELETE FROM held');
  await processes.killAll();
  await Promise.all(running.map((jobs) => jobs.stop()));
  running = [];
  await pool.query('DELETE FROM graphile_worker._private_jobs');
  for (const table of ['kit.job_runners', 'kit.long_jobs', 'counted'])
    await pool.query(`DELETE FROM ${table}`);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const start = (to: number, key?: string) =>
  transactionsOf(pool)((tx) => longJobs.start(tx, counting, { ownerId, input: { to }, ...(key && { key }) }));
const cancel = (id: string) => transactionsOf(pool)((tx) => longJobs.cancel(tx, counting, id));
const hold = (n: number) => pool.query('INSERT INTO held VALUES ($1)', [n]);
const release = (n: number) => pool.query('DELETE FROM held WHERE n = $1', [n]);
const rowOf = async (id: string) => (await longJobs.read(counting, [id]))[0]!;
const counted = async (id: string) => {
  const sql = `SELECT concat_ws(' ', n, runner) AS line FROM counted WHERE job_id = $1 ORDER BY n`;
  return (await pool.query<{ line: string }>(sql, [id])).rows.map(({ line }) => line);
};
const waiting = async () => (await pool.query('SELECT FROM graphile_worker._private_jobs')).rowCount;
async function reached(id: string, status: string, done = 0) {
  await eventually(async () => {
    const row = await rowOf(id);
    return row.status === status && row.done >= done;
  });
  return rowOf(id);
}

async function run(tasks: JobTasks = countingTasks(pool, 'here')): Promise<void> {
  running.push(await startJobs({ pool, tasks, log: silent, pollMs: 50, sweepMs: 20, graceMs: 200 }));
}

/** The task of the counting job, doing something else. */
const doing = (work: LongJobTask<{ to: number }, { next: number }, { sum: number }>) =>
  longJobs.on(counting, work);

describe('a long job', () => {
  it('waits, says how far it is, and ends with what came of it', async () => {
    await hold(3);
    const id = await start(4);
    expect(await rowOf(id)).toMatchObject({
      ownerId,
      status: 'QUEUED',
      done: 0,
      total: null,
      startedAt: null,
    });
    await run();
    expect(await reached(id, 'RUNNING', 2)).toMatchObject({
      done: 2,
      total: 4,
      result: null,
      finishedAt: null,
    });
    await release(3);
    const done = await reached(id, 'SUCCEEDED');
    expect(done).toMatchObject({ done: 4, total: 4, result: { sum: 10 }, errorCode: null });
    expect(done.finishedAt!.getTime()).toBeGreaterThanOrEqual(done.startedAt!.getTime());
    expect(jobFields(idType('cnt'), counting).progress(done)).toEqual({ done: 4, total: 4, unit: 'numbers' });
  });

  it('is never begun when its transaction rolls back', async () => {
    const rolledBack = transactionsOf(pool)(async (tx) => {
      await longJobs.start(tx, counting, { ownerId, input: { to: 1 } });
      throw new Error('roll back');
    });
    await expect(rolledBack).rejects.toThrow('roll back');
    expect((await pool.query('SELECT FROM kit.long_jobs')).rowCount).toBe(0);
    expect(await waiting()).toBe(0);
  });

  it('is under way once for one key, and again after it ended', async () => {
    const attempts = await Promise.allSettled([start(1, 'k'), start(1, 'k'), start(1, 'other')]);
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    await run();
    await eventually(async () => !(await waiting()));
    await expect(start(1, 'k')).resolves.toBeTruthy();
  });

  it('is shown to whoever started it, and to nobody else', async () => {
    const id = await start(1);
    const find = (owner: string) => longJobs.find(counting, { id, ownerId: owner });
    expect([await find(ownerId), await find(v7())]).toMatchObject([{ id, input: { to: 1 } }, null]);
  });

  it('is forgotten when it has been over for long', async () => {
    const [over, open] = [await start(1), await start(1)];
    await cancel(over);
    await pool.query(`UPDATE kit.long_jobs SET forget_at = now() - interval '1 second' WHERE id = $1`, [
      over,
    ]);
    await forgetLongJobs(pool);
    expect((await pool.query('SELECT id FROM kit.long_jobs')).rows).toEqual([{ id: open }]);
  });
});

describe('a long job that is cancelled', () => {
  it('before it begins does nothing', async () => {
    const id = await start(3);
    await cancel(id);
    await run();
    await eventually(async () => !(await waiting()));
    expect(await rowOf(id)).toMatchObject({ status: 'CANCELLED', startedAt: null });
    expect(await counted(id)).toEqual([]);
  });

  it('in the middle writes nothing more, and what it left is cleared away', async () => {
    await hold(3);
    const id = await start(5);
    await run();
    await reached(id, 'RUNNING', 2);
    await cancel(id);
    await release(3);
    await eventually(async () => !(await waiting()));
    expect(await rowOf(id)).toMatchObject({ status: 'CANCELLED', done: 2, result: null });
    expect(await counted(id)).toEqual([]);
  });

  it('at its end is either done or cancelled, never both', async () => {
    await hold(2);
    const ids = await Promise.all(Array.from({ length: 6 }, () => start(2)));
    await run();
    await eventually(
      async () => (await Promise.all(ids.map(rowOf))).filter(({ done }) => done === 1).length === 2,
    );
    await release(2);
    const answers = await Promise.allSettled(ids.map(cancel));
    await eventually(async () => !(await waiting()));
    for (const [index, { status }] of answers.entries()) {
      const isCancelled = status === 'fulfilled';
      expect((await rowOf(ids[index]!)).status).toBe(isCancelled ? 'CANCELLED' : 'SUCCEEDED');
      expect(await counted(ids[index]!)).toHaveLength(isCancelled ? 0 : 2);
    }
  });

  it('after it ended stays as it is', async () => {
    const id = await start(1);
    await run();
    await reached(id, 'SUCCEEDED');
    await expect(cancel(id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await counted(id)).toHaveLength(1);
  });
});

describe('a long job that fails', () => {
  it('for a reason of the domain says it and is not tried again', async () => {
    let attempts = 0;
    const abandoned: unknown[] = [];
    await run(
      doing({
        run: async () => {
          attempts++;
          throw new AppError('INVALID_INPUT', 'The file has no header.');
        },
        abandon: async (input, { id }) => void abandoned.push([input, id]),
      }),
    );
    const id = await start(1);
    const failed = await reached(id, 'FAILED');
    await eventually(async () => !(await waiting()));
    const { error } = jobFields(idType('cnt'), counting);
    expect(error(failed)).toEqual({ code: 'INVALID_INPUT', message: 'The file has no header.' });
    expect([attempts, abandoned]).toEqual([1, [[{ to: 1 }, id]]]);
  });

  it('by a fault of ours is tried again from its last checkpoint, and does not say more than that in the end', async () => {
    const begins: unknown[] = [];
    await run(
      doing({
        run: async (_input, job) => {
          begins.push(job.cursor);
          await transactionsOf(pool)((tx) => job.checkpoint(tx, { done: 1, cursor: { next: 7 } }));
          throw new Error('password of the database: secret');
        },
      }),
    );
    const id = await start(1);
    await eventually(async () => {
      await pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
      return (await rowOf(id)).status === 'FAILED';
    });
    expect(begins).toEqual([null, { next: 7 }]);
    expect(await rowOf(id)).toMatchObject({
      errorCode: 'INTERNAL',
      errorMessage: 'Something went wrong on our side.',
    });
    await eventually(async () => !(await waiting()));
  });

  it('with a report keeps what its last transaction wrote', async () => {
    await run(
      doing({
        run: (_input, job) =>
          transactionsOf(pool)(async (tx) => {
            await tx.$executeRaw`INSERT INTO counted VALUES (${job.id}::uuid, 1::int, 'report')`;
            await job.fail(tx, new AppError('INVALID_INPUT', 'Row 1 has a fault.'));
          }),
      }),
    );
    const id = await start(1);
    expect(await reached(id, 'FAILED')).toMatchObject({ errorMessage: 'Row 1 has a fault.', result: null });
    await eventually(async () => !(await waiting()));
    expect(await counted(id)).toEqual(['1 report']);
  });

  it('keeps nothing of a checkpoint whose transaction rolled back', async () => {
    let begins = 0;
    await run(
      doing({
        run: async (_input, job) => {
          if (begins++ > 0) return job.finish(sqlOf(pool), { sum: job.done });
          await transactionsOf(pool)(async (tx) => {
            await job.checkpoint(tx, { done: 5, cursor: { next: 6 } });
            throw new Error('no');
          });
        },
      }),
    );
    const id = await start(9);
    await eventually(async () => {
      await pool.query('UPDATE graphile_worker._private_jobs SET run_at = now()');
      return (await rowOf(id)).status === 'SUCCEEDED';
    });
    expect((await rowOf(id)).result).toEqual({ sum: 0 });
  });
});

describe('a long job whose process is killed', () => {
  const startProcess = (name: string) =>
    processes.start(new URL('./testing/counting-process.ts', import.meta.url), database.url, name);

  it('goes on in another one where it was, and does nothing twice', async () => {
    await hold(4);
    const id = await start(6);
    const doomed = await startProcess('doomed');
    await reached(id, 'RUNNING', 3);
    await run();
    await processes.kill(doomed);
    await release(4);
    expect(await reached(id, 'SUCCEEDED')).toMatchObject({ done: 6, result: { sum: 21 } });
    expect(await counted(id)).toEqual(['1 doomed', '2 doomed', '3 doomed', '4 here', '5 here', '6 here']);
  });

  it('is cleared away by another one when it was cancelled before', async () => {
    await hold(3);
    const id = await start(6);
    const doomed = await startProcess('doomed');
    await reached(id, 'RUNNING', 2);
    await processes.kill(doomed);
    await cancel(id);
    await run();
    await eventually(async () => !(await waiting()));
    expect((await rowOf(id)).status).toBe('CANCELLED');
    expect(await counted(id)).toEqual([]);
  });
});

it('writes nothing more from a begin that another one has followed', async () => {
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  const outcomes: string[] = [];
  let begins = 0;
  const tasks = doing({
    run: async (_input, job) => {
      const name = begins++ === 0 ? 'first' : 'second';
      if (name === 'first') await held;
      await transactionsOf(pool)(async (tx) => {
        await tx.$executeRaw`INSERT INTO counted VALUES (${job.id}::uuid, 1::int, ${name})`;
        await job.finish(tx, { sum: 1 });
      }).then(
        () => outcomes.push(`${name} finished`),
        (error: Error) => {
          outcomes.push(`${name} ${error.name}`);
          throw error;
        },
      );
    },
  });
  const id = await start(1);
  const context = { attempt: 1, maxAttempts: 12, signal: new AbortController().signal, log: silent };
  const begin = () => tasks[counting.name]!.run({ id } as never, context as never);
  const first = begin();
  await eventually(() => begins === 1);
  await begin();
  go();
  await first;
  expect(outcomes).toEqual(['second finished', 'first Superseded']);
  expect(await counted(id)).toEqual(['1 second']);
});
