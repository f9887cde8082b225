import type pg from 'pg';
import { inTransaction } from '../database/transaction.js';
import { leaseKey } from '../messages/lease.js';

const prefix = 'jobs:';

/** The lease that a runner holds while it is there. */
export const runnerLease = (id: string): string => prefix + id;

/** Says that a runner is there; the caller holds its lease. True when nobody knew it: it is new, or was taken for dead. */
export async function registerRunner(pool: pg.Pool, id: string): Promise<boolean> {
  const { rows } = await pool.query<{ is_new: boolean }>(
    `INSERT INTO kit.job_runners (id) VALUES ($1)
     ON CONFLICT (id) DO UPDATE SET missing_since = NULL RETURNING xmax = 0 AS is_new`,
    [id],
  );
  return rows[0]?.is_new ?? false;
}

/** Takes a runner off the list, with nothing left locked in its name. */
export const removeRunner = (pool: pg.Pool, id: string): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('DELETE FROM kit.job_runners WHERE id = $1', [id]);
    await giveBack(client, [id]);
  });

/**
 * Looks which runners are missing, that is, whose lease nobody holds, and gives back the jobs of those that have been
 * missing for `graceMs`. Of several that look at once one finds the lease free: this transaction holds it until it ends,
 * and a runner that comes back meanwhile waits for it.
 */
export const sweepRunners = (
  pool: pg.Pool,
  graceMs: number,
): Promise<{ missing: string[]; buried: string[] }> =>
  inTransaction(pool, async (client) => {
    const free = await client.query<{ id: string }>(
      `SELECT id FROM kit.job_runners WHERE pg_try_advisory_xact_lock(${leaseKey(`'${prefix}' || id`)})`,
    );
    const missing = free.rows.map(({ id }) => id);
    if (missing.length === 0) return { missing, buried: [] };
    await client.query(
      'UPDATE kit.job_runners SET missing_since = now() WHERE id = ANY($1) AND missing_since IS NULL',
      [missing],
    );
    const dead = await client.query<{ id: string }>(
      `DELETE FROM kit.job_runners
       WHERE id = ANY($1) AND missing_since <= now() - make_interval(secs => $2) RETURNING id`,
      [missing, graceMs / 1_000],
    );
    const buried = dead.rows.map(({ id }) => id);
    if (buried.length > 0) await giveBack(client, buried);
    return { missing, buried };
  });

/**
 * A death costs a job none of its attempts: it may make one more. The second time it is begun at once, after that with
 * the pauses that failures have, so that a job that ends its process does not end one after the other. One that was
 * replaced by its key while it ran cannot be told from one at its last attempt, and runs again as well.
 */
async function giveBack(client: pg.PoolClient, runners: string[]): Promise<void> {
  await client.query(
    `UPDATE graphile_worker._private_jobs
     SET locked_at = NULL, locked_by = NULL, max_attempts = least(max_attempts + 1, 32767),
         run_at = greatest(run_at, now() + (exp(least(attempts, 10)) - exp(2)) * interval '1 second')
     WHERE locked_by = ANY($1)`,
    [runners],
  );
  await client.query(
    'UPDATE graphile_worker._private_job_queues SET locked_at = NULL, locked_by = NULL WHERE locked_by = ANY($1)',
    [runners],
  );
}

/** Locks of four hours are forgotten by graphile-worker, whoever holds them: call it more often than that. */
export async function renewLocks(pool: pg.Pool, id: string): Promise<void> {
  for (const table of ['_private_jobs', '_private_job_queues'])
    await pool.query(`UPDATE graphile_worker.${table} SET locked_at = now() WHERE locked_by = $1`, [id]);
}
