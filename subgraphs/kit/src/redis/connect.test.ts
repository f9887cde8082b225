import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../logger.js';
import { findFreePort } from '../embedded/index.js';
import { connectRedis } from './connect.js';
import { createTestRedis, type TestRedis } from './testing.js';

describe('Redis connection', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await createTestRedis();
  });
  afterAll(() => server.close());

  it('takes commands before it is connected', async () => {
    const redis = server.connect();
    expect(redis.status()).toBe('connecting');
    expect(await redis.client.ping()).toBe('PONG');
    expect(redis.status()).toBe('ready');
  });

  it('settles as away when there is no server, and stops', async () => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const redis = connectRedis({ url: `redis://127.0.0.1:${await findFreePort()}`, log, name: 'test' });
    expect(await redis.settled(200)).toBe('away');
    await expect(redis.client.get('k')).rejects.toThrow();
    await redis.stop();
    await expect(redis.client.get('k')).rejects.toThrow();
  });

  it('logs an outage once when it begins and once when it ends, and refuses commands at once meanwhile', async () => {
    const lines: string[] = [];
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push((JSON.parse(chunk.toString()) as { msg: string }).msg);
        done();
      },
    });
    const log = createLogger({ name: 'test', level: 'info', destination });
    const url = server.connect().client.options;
    const redis = connectRedis({ url: `redis://127.0.0.1:${url.port}`, log, name: 'test' });
    const second = redis.open('second');
    await Promise.all([redis.client.ping(), second.client.ping()]);
    await server.stop();
    await expect(second.client.ping()).rejects.toThrow();
    const begun = performance.now();
    await expect(redis.client.ping()).rejects.toThrow();
    expect(performance.now() - begun).toBeLessThan(50);
    // Longer than several attempts to reconnect.
    await redis.settled(600);
    await server.start();
    expect(await redis.settled(5_000)).toBe('ready');
    expect(await second.settled(5_000)).toBe('ready');
    expect(lines).toEqual(['Redis is away', 'Redis is back']);
    await redis.stop();
    expect(lines).toHaveLength(2);
  });

  it('leaves nothing that keeps the process alive, also when it is stopped twice', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const redis = server.connect();
    await redis.client.ping();
    await redis.stop();
    await redis.stop();
    expect(timers()).toBe(before);
  });
});
