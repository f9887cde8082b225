import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { systemClock, type Clock } from './clock.js';
import type { SubgraphConfig } from './config.js';
import { createPool } from './database/index.js';
import { createStatementNames } from './database/statement-names.js';
import type { BaseContext, Subgraph } from './graphql/define-subgraph.js';
import { createHealth } from './http/health.js';
import { serveSubgraph } from './http/server.js';
import { startAllJobs } from './jobs/index.js';
import type { Logger } from './logger.js';
import { startConsumer, startRelay, type TransactionRunner } from './messages/index.js';
import { connectRedis, type RedisConnection } from './redis/index.js';
import { createStopStack } from './shutdown.js';

/** What a subgraph's composition root is given; everything else it builds itself. */
export interface SubgraphRuntime<Db> {
  readonly db: Db;
  readonly redis: RedisConnection;
  readonly namespace: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  /** What the composition root itself started is stopped after everything that uses it. */
  onStop(this: void, stop: () => void | Promise<void>): void;
}

/** The part of a Prisma client that kit itself uses. */
export interface Database {
  /** Prisma's interactive transaction; its overloads do not unify, so only its being callable is asked for. */
  $transaction(run: never): Promise<unknown>;
  $disconnect(): Promise<void>;
}

export interface StartOptions<
  Config extends SubgraphConfig,
  Db extends Database,
  Context extends BaseContext,
> {
  readonly name: string;
  readonly config: Config;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly connect: (adapter: PrismaPg) => Db;
  readonly create: (runtime: SubgraphRuntime<Db>) => Subgraph<Context> | Promise<Subgraph<Context>>;
}

export interface RunningSubgraph {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one subgraph: database, Redis, message relay and consumer, jobs, HTTP. Stops in reverse order. */
export async function startSubgraph<
  Config extends SubgraphConfig,
  Db extends Database,
  Context extends BaseContext,
>(options: StartOptions<Config, Db, Context>): Promise<RunningSubgraph> {
  const { name, config, log } = options;
  const stack = createStopStack();
  try {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const pool = countedPool(config, registry);
    stack.push(() => pool.end());
    const db = options.connect(new PrismaPg(pool, { statementNameGenerator: createStatementNames() }));
    stack.push(() => db.$disconnect());
    const redis = connectRedis({ url: config.REDIS_URL, log, name });
    stack.push(() => redis.stop());
    const namespace = config.REDIS_NAMESPACE;
    const clock = options.clock ?? systemClock;

    const onStop = (stop: () => void | Promise<void>) => stack.push(async () => stop());
    const subgraph = await options.create({ db, redis, namespace, clock, log, registry, onStop });
    const health = createHealth({ database: () => pool.query('SELECT 1') });
    const server = await serveSubgraph(subgraph, {
      port: config.PORT,
      host: config.HOST,
      viewerSecret: config.VIEWER_SECRET,
      log,
      health,
      registry,
    });
    stack.push(() => server.close());
    const backgroundPool = createPool({ url: config.DATABASE_URL, max: 16 });
    stack.push(() => backgroundPool.end());
    await startBackground(
      { subgraph, pool: backgroundPool, db, redis, namespace, log, registry },
      stack.push,
    );
    stack.push(async () => health.drain());
    return { url: server.url, stop: stack.stop };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}

function countedPool(config: SubgraphConfig, registry: Registry): Pool {
  const statements = new Counter({
    name: 'sql_statements_total',
    help: 'SQL statements sent by this service, transaction control excluded.',
    registers: [registry],
  });
  return createPool({
    url: config.DATABASE_URL,
    max: config.DATABASE_POOL_SIZE,
    onStatement: () => statements.inc(),
  });
}

interface Background {
  readonly subgraph: Pick<Subgraph, 'name' | 'handlers' | 'jobs' | 'crontab'>;
  readonly pool: Pool;
  readonly db: Database;
  readonly redis: RedisConnection;
  readonly namespace: string;
  readonly log: Logger;
  readonly registry: Registry;
}

/**
 * Relay out, consumer in, jobs. Their bookkeeping has a small pool of its own, so that it neither starves nor counts as
 * requests; what handlers and jobs do to the domain goes through the service's client like everything else.
 */
async function startBackground(
  input: Background,
  push: (stop: () => Promise<unknown>) => void,
): Promise<void> {
  const { subgraph, pool, db, redis, namespace, log, registry } = input;
  const relay = startRelay({ pool, redis, namespace, source: subgraph.name, log, registry });
  push(() => relay.stop());
  if (subgraph.handlers && subgraph.handlers.length > 0) {
    const consumer = startConsumer<never>({
      pool,
      redis,
      namespace,
      consumer: subgraph.name,
      handlers: subgraph.handlers,
      transaction: ((run: never) => db.$transaction(run)) as TransactionRunner<never>,
      log,
      registry,
    });
    push(() => consumer.stop());
  }
  if (subgraph.jobs) {
    const jobs = await startAllJobs({
      pool,
      tasks: subgraph.jobs,
      ...(subgraph.crontab && { crontab: subgraph.crontab }),
      log,
    });
    push(() => jobs.stop());
  }
}
