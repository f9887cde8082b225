import type pg from 'pg';
import type { Registry } from 'prom-client';
import { hourMs } from '../durations.js';
import type { Logger } from '../logger.js';
import type { RedisConnection } from '../redis/index.js';
import { streamKey } from './definitions.js';
import { forgetLongJobs } from '../long-jobs/rows.js';
import { countDeadLetters } from './dead-letters.js';
import { forgetAnswers } from './idempotency.js';
import { relayMetrics, type RelayMetrics } from './metrics.js';
import { listenForMessages } from './notifications.js';
import { createPauser } from './pause.js';
import { relayStep, type RelayTarget } from './relay-step.js';

export interface RelayOptions {
  pool: pg.Pool;
  redis: RedisConnection;
  namespace: string;
  source: string;
  log: Logger;
  /** How long published messages stay in the outbox, and so how much a broker may forget. Default 7 days. */
  retentionDays?: number;
  /** The fallback when a notification is lost, and how soon a broker that lost messages gets them again. Default 2,000 ms. */
  pollMs?: number;
  registry?: Registry | undefined;
}

export interface Relay {
  /** Looks for messages now. */
  wake(): void;
  /** Resolves when the batch in hand is done. */
  stop(): Promise<void>;
}

const cleanupMs = hourMs;
const measureMs = 1_000;

/**
 * Carries committed messages from the outbox to the broker, in order, at least once. Any number may run: each step
 * holds a transaction's advisory lock. While Redis is away messages wait in the outbox.
 */
export function startRelay(options: RelayOptions): Relay {
  const { pool, redis, namespace, source, log, retentionDays = 7, pollMs = 2_000 } = options;
  const metrics = relayMetrics(options.registry);
  const target: RelayTarget = {
    pool,
    redis: redis.client,
    stream: streamKey(namespace, source),
    retentionDays,
  };
  const pauser = createPauser();
  const notifications = listenForMessages({ pool, log, onMessage: () => pauser.wake() });
  redis.client.on('ready', pauser.wake);
  let measuredAt = 0;
  const work = run();

  async function run(): Promise<void> {
    let failing = false;
    let cleanedAt = 0;
    while (!pauser.stopped) {
      try {
        await drain();
        if (Date.now() - cleanedAt > cleanupMs) {
          await removeOld(pool, retentionDays);
          // Here, because a relay runs on every subgraph's database.
          await forgetAnswers(pool);
          await forgetLongJobs(pool);
          cleanedAt = Date.now();
        }
        failing = false;
      } catch (error) {
        // An outage of Redis is told by its connection.
        if (!failing && redis.status() === 'ready')
          log.error({ err: error, source }, 'The outbox relay failed; trying again');
        failing = true;
        await pauser.delay(250 + Math.random() * 250);
      }
      await pauser.pause(pollMs);
    }
  }

  async function drain(): Promise<void> {
    while (!pauser.stopped && redis.status() !== 'away') {
      const step = await relayStep(target);
      metrics.published.inc({ source }, step.published);
      metrics.republished.inc({ source }, step.republished);
      if (step.republished > 0)
        log.warn({ source, messages: step.republished }, 'The broker had lost messages');
      if (!step.isFull) break;
    }
    if (Date.now() - measuredAt < measureMs) return;
    measuredAt = Date.now();
    await measure(pool, source, metrics);
  }

  return {
    wake: pauser.wake,
    async stop() {
      redis.client.off('ready', pauser.wake);
      pauser.stop();
      await Promise.all([work, notifications.stop()]);
    },
  };
}

async function measure(pool: pg.Pool, source: string, metrics: RelayMetrics): Promise<void> {
  const { rows } = await pool.query<{ count: number; seconds: number }>(
    `SELECT count(*)::int AS count, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds
     FROM kit.outbox WHERE sequence IS NULL`,
  );
  metrics.unpublished.set({ source }, rows[0]?.count ?? 0);
  metrics.oldestSeconds.set({ source }, rows[0]?.seconds ?? 0);
  metrics.deadLetters.set({ consumer: source }, await countDeadLetters(pool));
}

/** The newest published row stays, whatever its age: it holds the sequence to go on from. */
async function removeOld(pool: pg.Pool, retentionDays: number): Promise<void> {
  let removed: number;
  do {
    const result = await pool.query(
      `DELETE FROM kit.outbox WHERE id IN (
         SELECT id FROM kit.outbox
         WHERE created_at < now() - make_interval(days => $1) AND sequence < (SELECT max(sequence) FROM kit.outbox)
         LIMIT 5000)`,
      [retentionDays],
    );
    removed = result.rowCount ?? 0;
  } while (removed === 5_000);
}
