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
  /** Another connection to the same server. For blocking reads give `commandTimeoutMs: 0` and guard them yourself. */
  open(purpose: string, options?: { commandTimeoutMs?: number }): RedisConnection;
  /** Closes this connection and those opened from it. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  url: string;
  log: Logger;
  /** Shown by CLIENT LIST. */
  name: string;
  /** Default 2,000 ms; 0 = no limit. */
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

const heartbeatMs = 10_000;

/** Where an outage is told: once by the first connection, quietly by those opened from it. */
type Levels = Record<'info' | 'warn', 'info' | 'warn' | 'debug'>;

function connect(options: RedisOptions, levels: Levels): RedisConnection {
  const client = createClient(options);
  const opened = new Set<RedisConnection>();
  let subscriptions: Subscriptions | undefined;
  const status = watchStatus(client, options, levels);
  const stopHeartbeat = options.commandTimeoutMs === 0 ? () => undefined : keepHonest(client);
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
      opened.add(child);
      const stopChild = () => child.stop().finally(() => opened.delete(child));
      return { ...child, stop: stopChild };
    },
    async stop() {
      stopHeartbeat();
      await Promise.all([...opened].map((child) => child.stop()));
      await close(client);
    },
  };
  return connection;
}

function createClient(options: RedisOptions): Redis {
  const { commandTimeoutMs = 2_000 } = options;
  return new Redis(options.url, {
    connectionName: options.name,
    // A server that takes commands and never answers is dropped, so that the connection is made anew.
    ...(commandTimeoutMs > 0 && {
      commandTimeout: commandTimeoutMs,
      socketTimeout: commandTimeoutMs + 3_000,
    }),
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

async function close(client: Redis): Promise<void> {
  // ioredis would wait two seconds for the end of what has ended already, and the process with it.
  if (client.status === 'end') return;
  const isOpen = ['connecting', 'connect', 'ready'].includes(client.status);
  const { promise, resolve } = deferred();
  client.once('end', resolve);
  client.disconnect();
  if (!isOpen) return;
  const limit = setTimeout(resolve, 1_000);
  await promise;
  clearTimeout(limit);
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

/** Drops a connection that takes commands and never answers, so that it is made anew. */
function keepHonest(client: Redis): () => void {
  const timer = setInterval(() => {
    if (client.status !== 'ready') return;
    client.ping().catch(() => client.status === 'ready' && client.disconnect(true));
  }, heartbeatMs).unref();
  return () => clearInterval(timer);
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
