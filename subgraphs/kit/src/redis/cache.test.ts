import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../logger.js';
import { createCache } from './cache.js';
import { atOnce, createTestRedis, type TestRedis } from './testing.js';

const log = createLogger({ name: 'test', level: 'silent' });

describe('cache', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await createTestRedis();
  });
  afterAll(() => server.close());

  it('keeps a value for its time and forgets it when removed', async () => {
    const redis = server.connect();
    const cache = createCache({ redis, namespace: 'a', log });
    await cache.set('k', { n: 1 }, 60);
    expect(await cache.get('k')).toEqual({ n: 1 });
    expect(await redis.client.ttl('a:cache:k')).toBeGreaterThan(50);
    await cache.remove('k');
    expect(await cache.get('k')).toBeUndefined();
  });

  it('keeps namespaces apart', async () => {
    const redis = server.connect();
    await createCache({ redis, namespace: 'b', log }).set('k', 1, 60);
    expect(await createCache({ redis, namespace: 'c', log }).get('k')).toBeUndefined();
  });

  it('loads once for calls that overlap, and not again while cached', async () => {
    const cache = createCache({ redis: server.connect(), namespace: 'd', log });
    let loads = 0;
    const load = async () => ++loads;
    const answers = await Promise.all(Array.from({ length: 20 }, () => cache.wrap('k', 60, load)));
    expect(new Set(answers)).toEqual(new Set([1]));
    expect(await cache.wrap('k', 60, load)).toBe(1);
  });

  it('does not keep what was loaded before a removal', async () => {
    const cache = createCache({ redis: server.connect(), namespace: 'e', log });
    let finish: (value: string) => void = () => undefined;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const old = cache.wrap('k', 60, () => {
      begin();
      return new Promise<string>((resolve) => (finish = resolve));
    });
    await begun;
    await cache.remove('k');
    finish('old');
    expect(await old).toBe('old');
    expect(await cache.wrap('k', 60, async () => 'new')).toBe('new');
  });

  it('passes the error of a load on and tries again at the next call', async () => {
    const cache = createCache({ redis: server.connect(), namespace: 'f', log });
    await expect(cache.wrap('k', 60, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await cache.wrap('k', 60, async () => 1)).toBe(1);
  });

  it('is a quick miss while Redis is away and works again when it is back', async () => {
    const cache = createCache({ redis: server.connect(), namespace: 'g', log });
    await cache.set('k', 1, 60);
    await server.stop();
    expect(await atOnce(cache.get('k'))).toBeUndefined();
    expect(await atOnce(cache.wrap('k', 60, async () => 2))).toBe(2);
    expect(await atOnce(cache.remove('k'))).toBeUndefined();
    await server.start();
    await cache.set('k', 3, 60);
    expect(await cache.get('k')).toBe(3);
  });
});
