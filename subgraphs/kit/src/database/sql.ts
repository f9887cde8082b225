import pg from 'pg';

/** Runs `work` on a connection of its own and closes it. */
export async function withClient<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url, application_name: 'diaspora-migrations' });
  client.on('error', () => {}); // A query under way rejects by itself.
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The same server and settings, another database, role and password where given. */
export function databaseUrl(
  url: string,
  change: { database?: string; user?: string; password?: string },
): string {
  const changed = new URL(url);
  if (change.database !== undefined) changed.pathname = `/${encodeURIComponent(change.database)}`;
  if (change.user !== undefined) changed.username = encodeURIComponent(change.user);
  if (change.password !== undefined) changed.password = encodeURIComponent(change.password);
  return changed.href;
}

/** Name of the login role in a database URL. */
export function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

export const identifier = pg.escapeIdentifier;
export const literal = pg.escapeLiteral;
