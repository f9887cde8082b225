import type { RedisConnection } from '@diaspora/kit/core';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Allowance } from './parse-rate.js';

/** Where points are counted: here, or in Redis for all routers together. */
export type RateStore =
  | { readonly kind: 'memory' }
  | { readonly kind: 'redis'; readonly redis: RedisConnection; readonly namespace: string };

export interface Consumed {
  readonly isOver: boolean;
  readonly remaining: number;
  readonly msToReset: number;
}

/** Counts points by key. While Redis is away each router counts for itself. Never rejects. */
export type Limiter = (key: string, points: number) => Promise<Consumed>;

/** Far above every limit, and far below where a counter in Redis ends. */
const mostPoints = 1_000_000_000;

export function createLimiter(name: string, { points, seconds }: Allowance, store: RateStore): Limiter {
  const keyPrefix = store.kind === 'redis' ? `${store.namespace}:rate:${name}` : name;
  const options = { keyPrefix, points, duration: seconds };
  const inMemory = new RateLimiterMemory(options);
  const limiter =
    store.kind === 'memory'
      ? inMemory
      : new RateLimiterRedis({
          ...options,
          storeClient: store.redis.client,
          // Otherwise the first requests would wait for the first connection.
          rejectIfRedisNotReady: true,
          insuranceLimiter: inMemory,
        });
  return async (key, wanted) => {
    try {
      const result = await limiter.consume(key, Math.min(wanted, mostPoints));
      return { isOver: false, remaining: result.remainingPoints, msToReset: result.msBeforeNext };
    } catch (error) {
      if (error instanceof RateLimiterRes)
        return { isOver: true, remaining: 0, msToReset: error.msBeforeNext };
      // Neither store answered: a fault of ours must not lock everybody out.
      return { isOver: false, remaining: points, msToReset: seconds * 1_000 };
    }
  };
}
