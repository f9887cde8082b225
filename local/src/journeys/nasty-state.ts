import { rm } from 'node:fs/promises';
import { createPool } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { startPlatform } from '../platform.js';
import { subgraphNames, type SubgraphName } from '../settings.js';
import { eventually } from '../actions.js';
import type { Running } from './community.js';
import { freshSettings } from './running.js';

/** Table to its number of rows and, where nothing but requests writes, to a digest of them. */
export type State = Readonly<Record<string, { readonly rows: number; readonly digest: string }>>;

/** A running supergraph whose databases can be looked into. */
export interface Watched extends Running {
  sql(name: SubgraphName, statement: string, values?: unknown[]): Promise<unknown[]>;
  /** Everything that is stored at this moment. */
  look(): Promise<State>;
  /** The same, once the messages and jobs of what happened before are done with. */
  state(): Promise<State>;
}

export async function startWatched(): Promise<Watched> {
  const settings = await freshSettings();
  const platform = await startPlatform(settings, { log: silentLog });
  const { databaseUrls, mailbox } = platform.infrastructure;
  const pools = Object.fromEntries(
    subgraphNames.map((name) => [name, createPool({ url: databaseUrls[name], max: 2 })]),
  ) as Record<SubgraphName, ReturnType<typeof createPool>>;
  const sql = async (name: SubgraphName, statement: string, values: unknown[] = []) =>
    (await pools[name].query<Record<string, unknown>>(statement, values)).rows;
  await stopClocks(sql);
  const look = () => stateOf(sql);
  return {
    url: platform.url,
    ports: settings.ports,
    mailbox,
    sql,
    look,
    state: () =>
      eventually(async () => {
        const before = await look();
        if (await isBusy(sql)) return undefined;
        // What is published now reaches its readers within this time, unless the machine is very busy.
        await new Promise((resolve) => setTimeout(resolve, 150));
        const after = await look();
        return JSON.stringify(before) === JSON.stringify(after) ? after : undefined;
      }, 'quiet databases'),
    stop: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await platform.stop();
      await rm(settings.dataDir, { recursive: true, force: true });
    },
  };
}

type Sql = Watched['sql'];

/** Subgraphs with jobs that the clock begins. */
const withCrontab = ['users', 'events', 'content', 'messaging', 'payments'] as const;

/** Whatever changes from now on was asked for: a job of the crontab that ran later than now does not run. */
async function stopClocks(sql: Sql): Promise<void> {
  const stop = `UPDATE graphile_worker._private_known_crontabs SET last_execution = '2100-01-01' RETURNING 1`;
  for (const name of withCrontab)
    await eventually(async () => (await sql(name, stop)).length > 0 || undefined, `a crontab of ${name}`);
}

/** Attempts are counted on purpose; the others are what was noted by jobs that began before. */
const tables = `
  SELECT format('%I.%I', schemaname, tablename) AS name, schemaname = 'public' AS is_domain FROM pg_tables
  WHERE schemaname IN ('public', 'kit') AND tablename NOT IN ('_prisma_migrations', 'budgets')
    AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT') ORDER BY 1`;

async function stateOf(sql: Sql): Promise<State> {
  const states = await Promise.all(
    subgraphNames.map(async (subgraph) => {
      const known = (await sql(subgraph, tables)) as { name: string; is_domain: boolean }[];
      const statement = known.map(({ name, is_domain: isDomain }) => {
        const digest = isDomain ? `md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), ''))` : `''`;
        return `SELECT '${subgraph} ${name}' AS name, count(*)::int AS rows, ${digest} AS digest FROM ${name} AS t`;
      });
      return (await sql(subgraph, statement.join(' UNION ALL '))) as {
        name: string;
        rows: number;
        digest: string;
      }[];
    }),
  );
  return Object.fromEntries(states.flat().map(({ name, ...state }) => [name, state]));
}

/** Whether messages or jobs are still on their way; what is to be done in a moment is, too. */
async function isBusy(sql: Sql): Promise<boolean> {
  const pending = await Promise.all(
    subgraphNames.map((name) =>
      sql(
        name,
        `SELECT 1 FROM kit.outbox WHERE sequence IS NULL
         UNION ALL SELECT 1 FROM graphile_worker.jobs WHERE run_at <= now() + interval '1 second'`,
      ),
    ),
  );
  return pending.some((rows) => rows.length > 0);
}

/** What differs, for people. */
export const changesBetween = (before: State, after: State): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was?.rows === is?.rows && was?.digest === is?.digest) return [];
    return [`${name}: ${was?.rows ?? 0} rows, then ${is?.rows ?? 0}`];
  });
