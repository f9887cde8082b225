import type { createPool } from '@diaspora/kit';

type Pool = ReturnType<typeof createPool>;

/** Six databases look alike from here. */
export async function assertDatabaseOf(pool: Pool, subgraph: string): Promise<void> {
  const { rows } = await pool.query<{ name: string; owner: string }>(
    `SELECT datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()`,
  );
  const { name, owner } = rows[0]!;
  if (owner !== `${subgraph}_owner`)
    throw new Error(`The database ${name} at DATABASE_URL belongs to ${owner}, not to ${subgraph}_owner.`);
}
