import pg from 'pg';

export type PoolOptions = {
  url: string;
  /** Connections at most (default 10). */
  max?: number;
  /** Shown in pg_stat_activity (default: the login role). */
  applicationName?: string;
  /** Milliseconds after which PostgreSQL gives a statement up (default 30 000; 0 = never). */
  statementTimeout?: number;
  /** Milliseconds after which a caller for whom no connection is free gives up (default 10 000). */
  waitMs?: number;
  /** Called for every statement sent on any of its connections, but for those that only begin or end a transaction. */
  onStatement?: (sql: string) => void;
  /** Called when an idle connection breaks; the pool replaces it. */
  onError?: (error: Error) => void;
};

/** A pool for `new PrismaPg(pool, { disposeExternalPool: true })` and for plain SQL beside it. */
export function createPool(options: PoolOptions): pg.Pool {
  const { url, max = 10, statementTimeout = 30_000, waitMs = 10_000 } = options;
  const { onStatement, onError = () => {} } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: options.applicationName ?? decodeURIComponent(new URL(url).username),
    statement_timeout: statementTimeout,
    // Also for statements with names: what fits one value is not what fits all of a table that is big and uneven.
    options: '-c plan_cache_mode=force_custom_plan',
    connectionTimeoutMillis: waitMs,
  });
  // Without a listener the loss of an idle connection (a restart of the server) would end the process.
  pool.on('error', onError);
  pool.on('connect', (client) => {
    client.on('error', () => {}); // A broken connection in use rejects its query; nothing more to say.
    if (onStatement) reportStatements(client, onStatement);
  });
  return pool;
}

const FRAME = /^\s*(begin|start\s+transaction|commit|rollback|savepoint|release|set\s+transaction)\b/i;

function reportStatements(client: pg.PoolClient, onStatement: (sql: string) => void): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const reporting = (...args: unknown[]): unknown => {
    const first = args[0] as string | { text?: string } | undefined;
    const sql = typeof first === 'string' ? first : first?.text;
    if (sql && !FRAME.test(sql)) onStatement(sql);
    return query(...args);
  };
  client.query = reporting as typeof client.query;
}
