import pg from 'pg';

/** Seconds and a number of probes; without effect on a Unix-domain socket. */
const keepalive =
  'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3';

/**
 * A PostgreSQL connection of its own with the settings of a pool, for what belongs to a session: LISTEN and
 * advisory locks. It must reach PostgreSQL itself or through a pooler in session mode. PostgreSQL notices within half a
 * minute that the machine at this end is gone; its default is two hours, for which its locks would be held.
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
  client.on('error', () => {}); // Whoever needs to know listens as well; nobody may end the process by not listening.
  await client.connect();
  try {
    await client.query(keepalive);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}
