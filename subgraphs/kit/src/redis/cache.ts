import type { Logger } from '../logger.js';
import type { RedisConnection } from './connect.js';

/** A shared cache of JSON values. It may forget anything at any moment, and forgets everything while Redis is away. */
export interface Cache {
  /** The value, or undefined when it is not cached. */
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>;
  remove(...keys: string[]): Promise<void>;
  /**
   * The cached value, or what `load` gives (then kept for `ttlSeconds`; `undefined` is not kept). Calls for one key
   * that overlap in this process share one load. Rejects only when `load` does.
   */
  wrap<T>(key: string, ttlSeconds: number, load: () => Promise<T>): Promise<T>;
}

export function createCache(options: { redis: RedisConnection; namespace: string; log: Logger }): Cache {
  const { redis, log } = options;
  const flights = new Map<string, Promise<unknown>>();
  const keyOf = (key: string) => `${options.namespace}:cache:${key}`;

  /** Runs a command; a failure is a miss. The outage itself is logged by the connection. */
  async function attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (redis.status() === 'away') return undefined;
    try {
      return await command();
    } catch (error) {
      if (redis.status() === 'ready') log.warn({ err: error }, 'Cache command failed');
      return undefined;
    }
  }

  async function fill<T>(
    key: string,
    ttlSeconds: number,
    load: () => Promise<T>,
    isCurrent: () => boolean,
  ): Promise<T> {
    const cached = await cache.get<T>(key);
    if (cached !== undefined) return cached;
    const value = await load();
    if (isCurrent()) await cache.set(key, value, ttlSeconds);
    return value;
  }

  const cache: Cache = {
    get: async <T>(key: string) => {
      const text = await attempt(() => redis.client.get(keyOf(key)));
      return typeof text === 'string' ? (JSON.parse(text) as T) : undefined;
    },
    async set(key, value, ttlSeconds) {
      if (value === undefined) return;
      await attempt(() =>
        redis.client.set(keyOf(key), JSON.stringify(value), 'EX', Math.max(1, Math.ceil(ttlSeconds))),
      );
    },
    async remove(...keys) {
      // A load under way read the old state: its result must not be kept.
      for (const key of keys) flights.delete(key);
      if (keys.length > 0) await attempt(() => redis.client.del(...keys.map(keyOf)));
    },
    wrap<T>(key: string, ttlSeconds: number, load: () => Promise<T>) {
      const running = flights.get(key) as Promise<T> | undefined;
      if (running) return running;
      const isCurrent = () => flights.get(key) === flight;
      const flight: Promise<T> = fill(key, ttlSeconds, load, isCurrent).finally(() => {
        if (isCurrent()) flights.delete(key);
      });
      flights.set(key, flight);
      return flight;
    },
  };
  return cache;
}
