import pg from 'pg';

/**
 * A PostgreSQL connection of its own with the settings of a pool, for what belongs to a session: LISTEN and
 * advisory locks. It must reach PostgreSQL itself or through a pooler in session mode.
 */
export async function openSession(pool: pg.Pool, name: string): Promise<pg.Client> {
  const { connectionString, host, port, user, password, database, ssl } = pool.options;
  const client = new pg.Client({
    ...(connectionString === undefined ? { host, port, user, password, database } : { connectionString }),
    ...(ssl !== undefined && { ssl }),
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  return client;
}
