import type pg from 'pg';
import { z } from 'zod';
import { createPool } from '../database/index.js';
import { inTransaction } from '../database/transaction.js';
import { createLogger } from '../logger.js';
import { createTestRedis } from '../redis/testing.js';
import { createTestDatabase } from '../testing/database.js';
import { startConsumer, type Consumer, type ConsumerOptions } from './consumer.js';
import { defineMessages } from './definitions.js';
import { messagesFrom, type MessageHandler } from './handlers.js';
import { createOutbox } from './outbox.js';
import { startRelay, type Relay, type RelayOptions } from './relay.js';
import type { SqlTransaction, TransactionRunner } from './transaction.js';

export const silent = createLogger({ name: 'test', level: 'silent' });

/** What a Prisma transaction client offers of raw SQL, over a plain connection. */
export function asTransaction(client: pg.ClientBase): SqlTransaction {
  const run = (parts: TemplateStringsArray, values: unknown[]) =>
    client.query(
      parts.reduce((text, part, at) => `${text}$${at}${part}`),
      values,
    );
  return {
    $executeRaw: async (parts, ...values) => (await run(parts, values)).rowCount ?? 0,
    $queryRaw: async <T>(parts: TemplateStringsArray, ...values: unknown[]) =>
      (await run(parts, values)).rows as T,
  };
}

export const transactionsOf =
  (pool: pg.Pool): TransactionRunner =>
  (run) =>
    inTransaction(pool, (client) => run(asTransaction(client)));

/** Resolves when `check` gives something truthy; the test's own time limit ends it otherwise. */
export async function eventually<T>(check: () => Promise<T> | T): Promise<T> {
  for (;;) {
    const result = await check();
    if (result) return result;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const clicks = defineMessages('clicks', {
  'click.counted': {
    version: 1,
    isState: true,
    schema: z.object({ n: z.int(), note: z.string().optional() }),
  },
  'click.cleared': { version: 1, schema: z.object({ reason: z.string() }) },
});

export interface Handled {
  key: string;
  n: number;
}

/** A publisher and consumers in one database, over a Redis of their own. */
export async function createBus() {
  const [database, server] = await Promise.all([createTestDatabase('kit'), createTestRedis()]);
  const pools: pg.Pool[] = [];
  const running: { stop(): Promise<void> }[] = [];
  const openPool = () => {
    const pool = createPool({ url: database.url, max: 20 });
    pools.push(pool);
    return pool;
  };
  const pool = openPool();
  const redis = server.connect();
  const outbox = createOutbox(clicks);
  const transaction = transactionsOf(pool);
  const from = messagesFrom<typeof clicks, SqlTransaction>('clicks');

  return {
    database,
    server,
    pool,
    redis,
    outbox,
    transaction,
    from,
    openPool,
    publish: (key: string, n: number) =>
      transaction((tx) => outbox.publish(tx, { type: 'click.counted', key, data: { n } })),
    counted: (
      run: (handled: Handled, tx: SqlTransaction) => Promise<void> | void,
    ): MessageHandler<SqlTransaction> =>
      from.on('click.counted', z.object({ n: z.number() }), async (message, tx) =>
        run({ key: message.key, n: message.data.n }, tx),
      ),
    relay(options: Partial<RelayOptions> = {}): Relay {
      const relay = startRelay({
        pool,
        redis,
        namespace: 'ns',
        source: 'clicks',
        log: silent,
        pollMs: 200,
        ...options,
      });
      running.push(relay);
      return relay;
    },
    consume(
      handlers: MessageHandler<SqlTransaction>[],
      options: Partial<ConsumerOptions<SqlTransaction>> = {},
    ): Consumer {
      const consumer = startConsumer({
        pool,
        redis,
        namespace: 'ns',
        consumer: 'counter',
        handlers,
        transaction,
        log: silent,
        blockMs: 100,
        leaseRetryMs: 50,
        attemptDelaysMs: [1, 2],
        retryDelayMs: () => 50,
        ...options,
      });
      running.push(consumer);
      return consumer;
    },
    /** Stops what runs and forgets all messages, for the next test. */
    async reset() {
      await Promise.all(running.splice(0).map((part) => part.stop()));
      await redis.client.flushall();
      await pool.query('DELETE FROM kit.outbox');
      await pool.query('DELETE FROM kit.inbox');
      await pool.query('DELETE FROM kit.parked_messages');
    },
    async close() {
      await Promise.all(running.splice(0).map((part) => part.stop()));
      await Promise.all(pools.map((each) => each.end()));
      await Promise.all([server.close(), database.drop()]);
    },
  };
}

export type Bus = Awaited<ReturnType<typeof createBus>>;
