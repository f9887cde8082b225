import type pg from 'pg';
import type { Registry } from 'prom-client';
import type { Logger } from '../logger.js';
import type { RedisConnection } from '../redis/index.js';
import { streamKey } from './definitions.js';
import type { MessageHandler } from './handlers.js';
import { createHandling, type Observer } from './handling.js';
import { createJudge } from './inbound.js';
import { takeLease, type Lease } from './lease.js';
import { consumerMetrics, type ConsumerMetrics } from './metrics.js';
import { createParking } from './parking.js';
import { createPauser, type Pauser } from './pause.js';
import { runSourceLoop } from './source-loop.js';
import { openStream } from './stream.js';
import type { TransactionRunner, SqlTransaction } from './transaction.js';

export interface ConsumerOptions<Tx extends SqlTransaction> {
  pool: pg.Pool;
  redis: RedisConnection;
  namespace: string;
  /** The name of the subgraph that reads; one per database, as its inbox is. */
  consumer: string;
  handlers: readonly MessageHandler<Tx>[];
  transaction: TransactionRunner<Tx>;
  log: Logger;
  registry?: Registry | undefined;
  /** Pauses between the attempts made at once. Default 50, 200 and 800 ms. */
  attemptDelaysMs?: readonly number[];
  /** Pause before the next attempt at a parked message. Default 1 s doubling up to 10 minutes, with jitter. */
  retryDelayMs?: (attempts: number) => number;
  /** Attempts before a message is dead. Default 10, some 9 minutes. */
  maxAttempts?: number;
  /** Entries a read. Default 100. */
  batchSize?: number;
  /** Keys handled at once; keep it below the size of the pool. Default 8. */
  parallelKeys?: number;
  /** How long a read waits for new entries. Default 1,000 ms. */
  blockMs?: number;
  /** How soon a replica that does not hold the lease asks again. Default 1,000 ms. */
  leaseRetryMs?: number;
  /** Longer than any publisher keeps its outbox. Default 8 days. */
  inboxRetentionDays?: number;
}

export interface Consumer {
  /** By source: `active` while this process holds the lease, else `standby`. */
  status(): Record<string, 'active' | 'standby'>;
  /** Resolves when the messages in hand are done; what was read and not begun is left for the next holder. */
  stop(): Promise<void>;
}

const defaultRetryDelayMs = (attempts: number) =>
  Math.min(600_000, 1_000 * 2 ** Math.min(attempts - 1, 20)) * (0.75 + Math.random() / 2);

/**
 * Handles the messages of other subgraphs: each once (effects in the handler's transaction), in order per key. Of all
 * replicas one reads a source at a time; another takes over when its connection to PostgreSQL ends. A message that
 * fails is parked with those of its key that follow, and does not hold up other keys. Throws when two handlers are for one
 * kind of message: each is handled once.
 */
export function startConsumer<Tx extends SqlTransaction>(options: ConsumerOptions<Tx>): Consumer {
  assertOneEach(options.handlers);
  const pauser = createPauser();
  const sources = [...new Set(options.handlers.map((handler) => handler.source))];
  const leases = new Map<string, Lease>();
  const work = sources.map((source) => runSource(options, source, pauser, leases));
  return {
    status: () =>
      Object.fromEntries(sources.map((source) => [source, leases.get(source)?.held ? 'active' : 'standby'])),
    async stop() {
      pauser.stop();
      await Promise.all(work);
    },
  };
}

function assertOneEach(
  handlers: readonly Pick<MessageHandler<never>, 'source' | 'type' | 'version'>[],
): void {
  const kinds = handlers.map(({ source, type, version }) => `${type} of ${source}, version ${version}`);
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (twice) throw new Error(`There are two handlers for ${twice}`);
}

async function runSource<Tx extends SqlTransaction>(
  options: ConsumerOptions<Tx>,
  source: string,
  pauser: Pauser,
  leases: Map<string, Lease>,
): Promise<void> {
  const { pool, consumer, log, leaseRetryMs = 1_000 } = options;
  let failing = false;
  while (!pauser.stopped) {
    try {
      const lease = await takeLease(pool, `${consumer}:${source}`);
      failing = false;
      if (lease) {
        leases.set(source, lease);
        await consumeUnder(lease, options, source, pauser).finally(() => lease.release());
      }
    } catch (error) {
      if (!failing) log.error({ err: error, source }, 'The consumer cannot reach its database; trying again');
      failing = true;
    }
    await pauser.delay(leaseRetryMs * (0.75 + Math.random() / 2));
  }
}

async function consumeUnder<Tx extends SqlTransaction>(
  lease: Lease,
  options: ConsumerOptions<Tx>,
  source: string,
  pauser: Pauser,
): Promise<void> {
  const { pool, redis, log, consumer } = options;
  const isActive = () => lease.held && !pauser.stopped;
  const judge = createJudge(source, options.handlers);
  const parking = createParking({ pool, source });
  const observe = observeWith(consumerMetrics(options.registry), { consumer, source });
  const handling = createHandling<Tx>({
    judge,
    parking,
    isActive,
    log,
    transaction: options.transaction,
    attemptDelaysMs: options.attemptDelaysMs ?? [50, 200, 800],
    retryDelayMs: options.retryDelayMs ?? defaultRetryDelayMs,
    maxAttempts: options.maxAttempts ?? 10,
    delay: pauser.delay,
    observe,
  });
  const stream = openStream({
    redis,
    stream: streamKey(options.namespace, source),
    group: consumer,
    blockMs: options.blockMs ?? 1_000,
    count: options.batchSize ?? 100,
  });
  // Ends a read that waits for messages; what it may have been given stays unacknowledged and is read again.
  void Promise.race([lease.lost, pauser.untilStopped]).then(() => stream.stop());
  try {
    await runSourceLoop({
      pool,
      redis,
      log,
      source,
      stream,
      judge,
      parking,
      handling,
      isActive,
      parallelKeys: options.parallelKeys ?? 8,
      inboxRetentionDays: options.inboxRetentionDays ?? 8,
      delay: pauser.delay,
      observe,
    });
  } finally {
    await stream.stop();
  }
}

function observeWith(metrics: ConsumerMetrics, labels: { consumer: string; source: string }): Observer {
  return {
    handled: (type, time) => {
      metrics.handled.inc({ ...labels, type });
      metrics.lagSeconds.set(labels, Math.max(0, (Date.now() - time.getTime()) / 1_000));
    },
    unknown: () => metrics.unknown.inc(labels),
    parked: () => metrics.parked.inc(labels),
    dead: () => metrics.dead.inc(labels),
    idle: () => metrics.lagSeconds.set(labels, 0),
  };
}
