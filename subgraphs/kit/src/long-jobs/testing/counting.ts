import type pg from 'pg';
import { z } from 'zod';
import type { JobTasks } from '../../jobs/index.js';
import { asTransaction, eventually, transactionsOf } from '../../messages/testing.js';
import { defineLongJob } from '../definitions.js';
import { createLongJobs } from '../long-jobs.js';

/** A long job that counts, one number a transaction, and waits before those that the test holds. */
export const counting = defineLongJob('counting', {
  input: z.object({ to: z.int() }),
  cursor: z.object({ next: z.int() }),
  result: z.object({ sum: z.int() }),
  unit: 'numbers',
  maxAttempts: 2,
});

/** To be run as the owner of the test's database. */
export const countingTables = `
  CREATE TABLE counted (job_id uuid, n int, runner text);
  CREATE TABLE held (n int PRIMARY KEY);
`;

/** Where plain SQL goes that is in no transaction. */
export const sqlOf = (pool: pg.Pool) => asTransaction(pool as unknown as pg.ClientBase);

export function countingTasks(pool: pg.Pool, runner: string): JobTasks {
  const transaction = transactionsOf(pool);
  const isHeld = async (n: number) => (await pool.query('SELECT FROM held WHERE n = $1', [n])).rowCount === 1;
  return createLongJobs({ db: sqlOf(pool) }).on(counting, {
    run: async ({ to }, job) => {
      for (let n = job.cursor?.next ?? 1; n <= to; n++) {
        await eventually(async () => !(await isHeld(n)));
        await transaction(async (tx) => {
          await tx.$executeRaw`INSERT INTO counted VALUES (${job.id}::uuid, ${n}::int, ${runner})`;
          await job.checkpoint(tx, { done: n, total: to, cursor: { next: n + 1 } });
        });
      }
      await transaction((tx) => job.finish(tx, { sum: (to * (to + 1)) / 2 }));
    },
    abandon: async (_input, { id }) => void (await pool.query('DELETE FROM counted WHERE job_id = $1', [id])),
  });
}
