import { Logger, runMigrations } from 'graphile-worker';
import type { Client } from 'pg';
import pg from 'pg';
import { identifier, roleOf } from './sql.js';

/**
 * Brings graphile-worker's tables up to date; true when they were made. They carry row-level security without
 * policies, which only their owner passes: so the service role makes and owns them. For that it may create schemas in
 * this database just as long as it takes.
 */
export async function migrateWorker(owner: Client, serviceUrl: string): Promise<boolean> {
  const service = identifier(roleOf(serviceUrl));
  const { rows } = await owner.query<{ present: boolean; open: boolean; database: string }>(
    `SELECT to_regnamespace('graphile_worker') IS NOT NULL AS present,
            has_database_privilege($1, current_database(), 'CREATE') AS open, current_database() AS database`,
    [roleOf(serviceUrl)],
  );
  const { present = false, open = false, database = '' } = rows[0] ?? {};
  const right = `CREATE ON DATABASE ${identifier(database)}`;
  if (!present) await owner.query(`GRANT ${right} TO ${service}`);
  const pool = new pg.Pool({ connectionString: serviceUrl, max: 1 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
  } finally {
    await pool.end();
    // `open`: an earlier run was killed in between.
    if (!present || open) await owner.query(`REVOKE ${right} FROM ${service}`);
  }
  return !present;
}
