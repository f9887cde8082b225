import { rm } from 'node:fs/promises';
import { connectRedis, createPool, createStopStack, type RedisConnection } from '@diaspora/kit';
import { silentLog } from '@diaspora/kit/testing';
import { eventually } from '../actions.js';
import { environmentsOf } from '../environments.js';
import { startInfrastructure } from '../infrastructure.js';
import { silentProgress } from '../progress.js';
import { startServices } from '../services.js';
import { subgraphNames, type SubgraphName } from '../settings.js';
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
  const stack = createStopStack();
  stack.push(() => rm(settings.dataDir, { recursive: true, force: true }));
  const infrastructure = await startInfrastructure(settings, silentProgress, () => undefined);
  stack.push(() => infrastructure.stop());
  const environments = environmentsOf(settings, infrastructure);
  // Tokens that last as long as this does.
  const users = { ...environments.users, ACCESS_TOKEN_SECONDS: '3600' };
  const services = await startServices({ ...environments, users }, silentLog);
  stack.push(() => services.stop());
  const { databaseUrls, mailbox, redisUrl } = infrastructure;
  const pools = Object.fromEntries(
    subgraphNames.map((name) => [name, createPool({ url: databaseUrls[name], max: 2 })]),
  ) as Record<SubgraphName, ReturnType<typeof createPool>>;
  const redis = connectRedis({ url: redisUrl, log: silentLog, name: 'watching' });
  stack.push(() => redis.stop());
  stack.push(() => Promise.all(Object.values(pools).map((pool) => pool.end())).then(() => undefined));
  const sql = async (name: SubgraphName, statement: string, values: unknown[] = []) =>
    (await pools[name].query<Record<string, unknown>>(statement, values)).rows;
  await stopClocks(sql);
  const look = () => stateOf(sql);
  const isBusy = async () => (await hasWork(sql)) || (await hasUnread(redis));
  return {
    url: services.url,
    ports: settings.ports,
    mailbox,
    databaseUrls,
    sql,
    look,
    state: () =>
      eventually(
        async () => {
          await putOff(sql);
          const before = await look();
          if (await isBusy()) return undefined;
          await new Promise((resolve) => setTimeout(resolve, 150));
          const after = await look();
          return JSON.stringify(before) === JSON.stringify(after) && !(await isBusy()) ? after : undefined;
        },
        'quiet databases',
        120_000,
      ),
    stop: () => stack.stop(),
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

/** What is due later than in a moment does not come in this journey. */
async function putOff(sql: Sql): Promise<void> {
  const later = `UPDATE graphile_worker._private_jobs SET run_at = '2100-01-01'
    WHERE run_at BETWEEN now() + interval '1 second' AND now() + interval '1 day' AND locked_at IS NULL`;
  await Promise.all(subgraphNames.map((name) => sql(name, later)));
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

/** Whether there are messages to send or jobs to do; what is to be done in a moment is, too. */
async function hasWork(sql: Sql): Promise<boolean> {
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

/** Whether a subgraph has not read, or is not done with, what was sent. */
async function hasUnread({ client }: RedisConnection): Promise<boolean> {
  const streams = await client.keys('*:bus:*');
  const groups = await Promise.all(streams.map((stream) => client.xinfo('GROUPS', stream)));
  return (groups.flat() as unknown[][]).some((group) => {
    const field = (name: string) => group[group.indexOf(name) + 1];
    return Number(field('pending')) > 0 || Number(field('lag')) > 0;
  });
}

/** What differs, for people. */
export const changesBetween = (before: State, after: State): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was?.rows === is?.rows && was?.digest === is?.digest) return [];
    return [`${name}: ${was?.rows ?? 0} rows, then ${is?.rows ?? 0}`];
  });
