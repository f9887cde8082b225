import { createPool } from '@diaspora/kit';
import { eventually } from '../actions.js';
import type { RunningProcess } from '../processes.js';

/** Ends a subgraph's process as a machine that fails does, while a job that comes of the work waits for a table. */
export async function killAtWork(
  subgraph: RunningProcess,
  { databaseUrl, table, job }: { databaseUrl: string; table: string; job: string },
  work: () => Promise<unknown>,
): Promise<void> {
  const pool = createPool({ url: databaseUrl, max: 2 });
  const holder = await pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    await work();
    await eventually(async () => {
      const { rows } = await pool.query(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = current_user`,
      );
      const { rows: jobs } = await pool.query(
        `SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = $1 AND locked_at IS NOT NULL`,
        [job],
      );
      return rows.length > 0 && jobs.length > 0 ? true : undefined;
    }, `${job} at work`);
    process.kill(subgraph.pid, 'SIGKILL');
    await subgraph.stop();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
    await pool.end();
  }
}
