import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPool } from '../database/index.js';
import { withClient } from '../database/sql.js';
import { eventually, silent, transactionsOf } from '../messages/testing.js';
import { createTestDatabase, type TestDatabase } from '../testing/database.js';
import { addJob, type AddJobOptions } from './add-job.js';
import { sweepRunners } from './runners.js';
import { hold, holdingTables, holdingTasks } from './testing/holding.js';
import { createProcesses } from './testing/processes.js';
import { startJobs, type Jobs, type JobsOptions } from './worker.js';

const processes = createProcesses();
let database: TestDatabase;
let pool: pg.Pool;
let running: Jobs[] = [];

beforeAll(async () => {
  database = await createTestDatabase('kit');
  await withClient(database.ownerUrl, (owner) => owner.query(holdingTables));
  pool = createPool({ url: database.url, max: 20 });
  pool.options.idleTimeoutMillis = 0; // Some tests let no new ones be made.
});
afterEach(async () => {
  await pool.query('INSERT INTO released SELECT DISTINCT name FROM trace ON CONFLICT DO NOTHING');
  await processes.killAll();
  await Promise.all(running.map((jobs) => jobs.stop()));
  running = [];
  await pool.query('DELETE FROM graphile_worker._private_jobs');
  await pool.query('UPDATE graphile_worker._private_job_queues SET locked_by = NULL, locked_at = NULL');
  for (const table of ['kit.job_runners', 'trace', 'released']) await pool.query(`DELETE FROM ${table}`);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const add = (name: string, options?: AddJobOptions) =>
  transactionsOf(pool)((tx) => addJob(tx, hold, { name }, options));
const release = (...names: string[]) => pool.query('INSERT INTO released SELECT unnest($1::text[])', [names]);
const trace = async (name: string): Promise<string[]> => {
  const sql = `SELECT concat_ws(' ', runner, what, attempt) AS line FROM trace WHERE name = $1 ORDER BY position`;
  return (await pool.query<{ line: string }>(sql, [name])).rows.map(({ line }) => line);
};
const traced = (name: string, line: string) => eventually(async () => (await trace(name)).includes(line));
const startProcess = (name: string) =>
  processes.start(new URL('./testing/holding-process.ts', import.meta.url), database.url, name);
const registered = async () => (await pool.query<{ id: string }>('SELECT id FROM kit.job_runners')).rows;
/** The database may notice a moment after the process has ended that its connection, and so its lease, is gone. */
const noticedMissing = () => eventually(async () => (await sweepRunners(pool, 60_000)).missing.length);

/** A runner in this process that looks around all the time; resolves when it is on the list. */
async function startRunner(name: string, options: Partial<JobsOptions> = {}): Promise<Jobs> {
  const tasks = holdingTasks(pool, name);
  const before = await registered();
  const jobs = await startJobs({
    pool,
    tasks,
    log: silent,
    pollMs: 50,
    sweepMs: 20,
    graceMs: 200,
    ...options,
  });
  running.push(jobs);
  const known = new Set(before.map(({ id }) => id));
  await eventually(async () => (await registered()).some(({ id }) => !known.has(id)));
  return jobs;
}

describe('a process that is killed', () => {
  it('loses its jobs to another one, and no attempt of them; a process that lives keeps its own', async () => {
    const [doomed] = await Promise.all([startProcess('doomed'), startProcess('alive')]);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']; // all that the two take at once
    for (const name of names) await add(name, { maxAttempts: 1 });
    for (const name of names) await eventually(async () => (await trace(name)).length);
    const begun = await Promise.all(names.map(async (name) => ({ name, by: (await trace(name)).join() })));
    const [lost, kept] = ['doomed began 1', 'alive began 1'].map((line) =>
      begun.filter(({ by }) => by === line).map(({ name }) => name),
    ) as [string[], string[]];
    expect([lost.length, kept.length]).toEqual([4, 4]);
    await startRunner('heir');
    await processes.kill(doomed);
    for (const name of lost) await traced(name, 'heir began 2');
    await release(...lost);
    for (const name of lost) await traced(name, 'heir ended 2');
    for (const name of lost)
      expect(await trace(name)).toEqual(['doomed began 1', 'heir began 2', 'heir ended 2']);
    for (const name of kept) expect(await trace(name)).toEqual(['alive began 1']);
    expect(await registered()).toHaveLength(2);
  });

  it('frees the queue whose job it had, and the queue goes on one by one', async () => {
    const doomed = await startProcess('doomed');
    await add('first', { queueName: 'line' });
    await add('second', { queueName: 'line' });
    await traced('first', 'doomed began 1');
    await startRunner('heir');
    await processes.kill(doomed);
    await traced('first', 'heir began 2');
    expect(await trace('second')).toEqual([]);
    await release('first', 'second');
    await traced('second', 'heir ended 1');
    expect(await trace('first')).toEqual(['doomed began 1', 'heir began 2', 'heir ended 2']);
  });

  it('is taken over by one of those that look at the same time', async () => {
    const doomed = await startProcess('doomed');
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => add(name)));
    for (const name of names) await traced(name, 'doomed began 1');
    await processes.kill(doomed);
    await noticedMissing();
    const looks = await Promise.all(Array.from({ length: 10 }, () => sweepRunners(pool, 0)));
    expect(looks.flatMap(({ buried }) => buried)).toHaveLength(1);
    await Promise.all([startRunner('one'), startRunner('two'), startRunner('three')]);
    await release(...names);
    for (const name of names) {
      await eventually(async () => (await trace(name)).some((line) => line.endsWith('ended 2')));
      expect(await trace(name)).toHaveLength(3);
    }
  });

  it('makes a job wait that was begun more often, as after a failure', async () => {
    const doomed = await startProcess('doomed');
    await add('deadly');
    await traced('deadly', 'doomed began 1');
    await pool.query('UPDATE graphile_worker._private_jobs SET attempts = 6');
    await processes.kill(doomed);
    await noticedMissing();
    await sweepRunners(pool, 0);
    const { rows } = await pool.query(
      `SELECT extract(epoch FROM run_at - now()) BETWEEN 380 AND 400 AS waits, is_available, attempts, max_attempts
       FROM graphile_worker._private_jobs`,
    );
    expect(rows).toEqual([{ waits: true, is_available: true, attempts: 6, max_attempts: 26 }]);
  });
});

describe('a process that lives and loses its connection', () => {
  const loseLease = (id: string) =>
    withClient(database.adminUrl, (admin) =>
      admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
        `jobs:${id}`,
      ]),
    );
  /** Those that are open stay; no runner gets a new one for its lease. */
  const connections = (verb: 'GRANT' | 'REVOKE') =>
    withClient(database.adminUrl, async (admin) => {
      const { rows } = await admin.query<{ sql: string }>(
        `SELECT format('${verb} CONNECT ON DATABASE %I ${verb === 'GRANT' ? 'TO' : 'FROM'} kit_service', current_database()) AS sql`,
      );
      await admin.query(rows[0]!.sql);
    });
  const refuseConnections = async () => {
    // The pool needs no more of them from now on.
    await Promise.all(Array.from({ length: 20 }, () => pool.query('SELECT pg_sleep(0.05)')));
    await connections('REVOKE');
  };
  afterEach(() => connections('GRANT'));

  it('keeps its jobs when it is back in time', async () => {
    await startRunner('steady', { graceMs: 60_000 });
    await add('long');
    await traced('long', 'steady began 1');
    const [steady] = await registered();
    await startRunner('watching', { graceMs: 60_000 });
    const isMissed = async () =>
      (await pool.query('SELECT FROM kit.job_runners WHERE missing_since IS NOT NULL')).rowCount === 1;
    await refuseConnections();
    await loseLease(steady!.id);
    await eventually(isMissed);
    await connections('GRANT');
    await eventually(async () => !(await isMissed()));
    await release('long');
    await traced('long', 'steady ended 1');
    expect(await trace('long')).toHaveLength(2);
  });

  it('would have a job run twice if others did not wait', async () => {
    await startRunner('steady', { graceMs: 60_000 });
    await add('long');
    await traced('long', 'steady began 1');
    const [steady] = await registered();
    await startRunner('hasty', { graceMs: 0 });
    await refuseConnections();
    await loseLease(steady!.id);
    await traced('long', 'hasty began 2');
    await release('long');
    await traced('long', 'steady ended 1');
    expect(await trace('long')).toContain('hasty began 2');
  });

  it('hears that its jobs may be taken over, begins none while it is away, and goes on when it is back', async () => {
    await startRunner('absent', { concurrency: 2 });
    await add('long');
    await traced('long', 'absent began 1');
    const [absent] = await registered();
    await startRunner('heir', { concurrency: 1 });
    await refuseConnections();
    await loseLease(absent!.id);
    await traced('long', 'absent aborted 1');
    await traced('long', 'heir began 2');
    await add('next');
    await release('long');
    await traced('next', 'heir began 1'); // though the absent one has had nothing to do for longer
    await add('later');
    await connections('GRANT');
    await traced('later', 'absent began 1');
    await release('next', 'later');
    await traced('later', 'absent ended 1');
    const [first, ...rest] = await trace('long');
    // Both wait as long; which of them notes it first is nobody's promise.
    expect([first, rest.at(-1)]).toEqual(['absent began 1', 'heir ended 2']);
    expect(rest.slice(0, -1).sort()).toEqual(['absent aborted 1', 'heir began 2']);
  });
});

it('leaves the list, and nothing locked, when it stops', async () => {
  const jobs = await startRunner('orderly');
  await add('short');
  await traced('short', 'orderly began 1');
  expect(await registered()).toHaveLength(1);
  const stopping = jobs.stop();
  await release('short');
  await stopping;
  expect(await registered()).toEqual([]);
  expect((await pool.query('SELECT FROM graphile_worker._private_jobs')).rowCount).toBe(0);
});
