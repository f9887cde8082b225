import type { Pool, PoolClient } from 'pg';

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** Keeps every statement with its values, as PostgreSQL gets them, and tells how it carries them out. */
export function recordStatements(pool: Pool) {
  const sent: Statement[] = [];
  pool.on('connect', (client: PoolClient) => {
    const run = client.query.bind(client) as (...args: unknown[]) => unknown;
    const recording = (...args: unknown[]): unknown => {
      const [first, second] = args as [string | { text: string; values?: unknown[] }, unknown];
      const text = typeof first === 'string' ? first : first.text;
      const values =
        (typeof first === 'object' ? first.values : undefined) ?? (Array.isArray(second) ? second : []);
      sent.push({ text, values });
      return run(...args);
    };
    client.query = recording as typeof client.query;
  });

  async function explain({ text, values }: Statement, how = ''): Promise<string> {
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${how} ${text}`, values);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  }

  return {
    /** What is sent while `work` runs. */
    during: async (work: () => Promise<unknown>): Promise<Statement[]> => {
      sent.length = 0;
      await work();
      return [...sent];
    },
    explain,
  };
}
