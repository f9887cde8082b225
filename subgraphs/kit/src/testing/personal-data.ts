import { v7 } from 'uuid';
import { likeContaining } from '../database/index.js';
import { withClient } from '../database/sql.js';
import type { JobTasks } from '../jobs/index.js';
import { erasePersonalData, exportPersonalData } from '../personal-data/index.js';
import type { createMemoryPrivateStore } from './private-store.js';
import { silentLog } from './subgraph.js';

/** The two jobs by which a subgraph answers for a person's data, run as the worker would. */
export function personalDataOf(
  jobs: JobTasks,
  store: Pick<ReturnType<typeof createMemoryPrivateStore>, 'objects'>,
) {
  const run = async (name: string, payload: object) => {
    const task = jobs[name]!;
    await task.run(task.schema.parse(payload) as never, { log: silentLog } as never);
  };
  return {
    /** What the person is given: records by the name of their file, and the names of the other files. */
    exported: async (personId: string): Promise<{ records: Record<string, any[]>; files: string[] }> => {
      const folder = `exports/${v7()}/`;
      const expiresAt = '9999-12-31T00:00:00.000Z';
      await run(exportPersonalData.name, { exportId: v7(), personId, folder, expiresAt });
      const written = [...store.objects].filter(([key]) => key.startsWith(folder));
      const names = written.map(([key]) => key.slice(folder.length).replace(/^[^/]+\//, ''));
      const records = written.flatMap(([, { bytes, contentType }], at) =>
        contentType === 'application/json'
          ? [[names[at]!.replace(/\.json$/, ''), JSON.parse(Buffer.from(bytes).toString()) as any[]] as const]
          : [],
      );
      return { records: Object.fromEntries(records), files: names.filter((name) => !name.endsWith('.json')) };
    },
    erase: (personId: string, { isLate = false } = {}): Promise<void> =>
      run(erasePersonalData.name, { erasureId: v7(), personId, isLate }),
  };
}

/** Tables of a database, kit's and the job queue's included, with a row that holds any of these words, and how many. */
export function tracesOf(databaseUrl: string, words: readonly string[]): Promise<Record<string, number>> {
  return withClient(databaseUrl, async (client) => {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%'
         AND n.nspname <> 'information_schema' ORDER BY 1`,
    );
    const patterns = words.map(likeContaining);
    const found: Record<string, number> = {};
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${name} AS t WHERE row_to_json(t)::text ILIKE ANY ($1)`,
        [patterns],
      );
      if (rows[0]!.count > 0) found[name] = rows[0]!.count;
    }
    return found;
  });
}
