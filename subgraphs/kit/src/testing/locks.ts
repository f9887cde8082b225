import type { Pool } from 'pg';

/** Until so many statements in the database of these connections wait for a lock; statements of the same role, unless these are a superuser's. */
export async function waitingForLocks(pool: Pick<Pool, 'query'>, count = 1): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rowCount! >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
