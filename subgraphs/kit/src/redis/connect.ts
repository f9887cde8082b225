import { Redis } from 'ioredis';
import type { Logger } from '../logger.js';
import { createSubscriptions, type Subscriptions } from './subscriptions.js';

/** `connecting` only before the first answer; afterwards a server that does not answer is `away`. */
export type RedisStatus = 'connecting' | 'ready' | 'away';

export interface RedisConnection {
  /** Commands. While the server is away they are refused at once; they never wait longer than the command timeout. */
  readonly client: Redis;
  readonly log: Logger;
  status(): RedisStatus;
  /** Resolves with `ready`, or with `away` when the server has not answered after `timeoutMs`. Never rejects. */
  settled(timeoutMs?: number): Promise<RedisStatus>;
  /** The one SUBSCRIBE connection of this process, opened by its first listener. */
  subscriptions(): Subscriptions;
  /** Another connection to the same server, for blocking reads. `commandTimeoutMs` must exceed the block time. */
  open(purpose: string, options?: { commandTimeoutMs?: number }): RedisConnection;
  /** Closes this connection and those opened from it. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  url: string;
  log: Logger;
  /** Shown by CLIENT LIST. */
  name: string;
  /** Default 2,000 ms. */
  commandTimeoutMs?: number;
}

/**
 * Connects to a Redis (or Valkey) that may go away at any moment. Returns at once and reconnects for ever with
 * jittered backoff (50 ms to 2 s). An outage is logged once when it begins and once when it ends. Commands sent
 * before the first connection wait for it; later ones fail at once while the server is away, so that nothing
 * queues up in memory and no caller waits.
 */
export function connectRedis(options: RedisOptions): RedisConnection {
  return connect(options, { info: 'info', warn: 'warn' });
}

/** Where an outage is told: once by the first connection, quietly by those opened from it. */
type Levels = Record<'info' | 'warn', 'info' | 'warn' | 'debug'>;

function connect(options: RedisOptions, levels: Levels): RedisConnection {
  const client = createClient(options);
  const opened: RedisConnection[] = [];
  let subscriptions: Subscriptions | undefined;
  const status = watchStatus(client, options, levels);
  const connection: RedisConnection = {
    client,
    log: options.log,
    status,
    settled: (timeoutMs = 2_000) => settle(client, status, timeoutMs),
    subscriptions: () => (subscriptions ??= createSubscriptions(connection.open('subscriptions'))),
    open(purpose, overrides) {
      const child = connect(
        { ...options, ...overrides, name: `${options.name}-${purpose}` },
        { info: 'debug', warn: 'debug' },
      );
      opened.push(child);
      return child;
    },
    async stop() {
      await Promise.all(opened.map((child) => child.stop()));
      client.disconnect();
    },
  };
  return connection;
}

function createClient(options: RedisOptions): Redis {
  return new Redis(options.url, {
    connectionName: options.name,
    commandTimeout: options.commandTimeoutMs ?? 2_000,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    retryStrategy: (attempt) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2),
    // A failover leaves us talking to a replica: drop the connection and resolve the address again.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
}

function watchStatus(client: Redis, { log, name }: RedisOptions, levels: Levels): () => RedisStatus {
  let status: RedisStatus = 'connecting';
  let reason = 'connection closed';
  client.on('error', (error: Error & { code?: string }) => {
    reason = error.code ?? error.message;
  });
  client.on('ready', () => {
    if (status === 'away') log[levels.info]({ redis: name }, 'Redis is back');
    status = 'ready';
    client.options.enableOfflineQueue = false;
  });
  client.on('close', () => {
    // `end` follows when the connection was closed on purpose.
    setImmediate(() => {
      if (status === 'away' || client.status === 'end') return;
      status = 'away';
      client.options.enableOfflineQueue = false;
      log[levels.warn]({ redis: name, reason }, 'Redis is away');
    });
  });
  client.on('end', () => {
    status = 'away';
  });
  return () => (client.status === 'ready' ? 'ready' : status === 'ready' ? 'away' : status);
}

async function settle(client: Redis, status: () => RedisStatus, timeoutMs: number): Promise<RedisStatus> {
  if (status() === 'ready') return 'ready';
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return status() === 'ready' ? 'ready' : 'away';
}
