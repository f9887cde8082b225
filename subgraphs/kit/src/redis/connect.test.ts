import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '../logger.js';
import { findFreePort } from '../embedded/index.js';
import { connectRedis } from './connect.js';
import { atOnce, createTestRedis, type TestRedis } from './testing.js';

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
    expect(await atOnce(redis.client.ping().catch(() => 'refused'))).toBe('refused');
    for (let attempt = 0; attempt < 3; attempt++)
      await new Promise<void>((resolve) => redis.client.once('close', resolve));
    await server.start();
    expect(await redis.settled(20_000)).toBe('ready');
    expect(await second.settled(20_000)).toBe('ready');
    expect(lines).toEqual(['Redis is away', 'Redis is back']);
    await redis.stop();
    expect(lines).toHaveLength(2);
  });
});

describe('a Redis connection that is stopped', () => {
  it('leaves nothing that keeps the process alive, also when it is stopped twice', async () => {
    // No other connection is there that could begin or end something meanwhile.
    const server = await createTestRedis();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const redis = server.connect();
    await redis.client.ping();
    await redis.stop();
    await redis.stop();
    expect(timers()).toBe(before);
    await server.close();
  });
});
