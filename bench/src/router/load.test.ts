import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createByteCheck } from './check.js';
import { fire } from './load.js';

const right = '{"data":{"viewer":"ann"}}';

describe('a load', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    if (server) await once(server, 'close');
  });

  async function against(answer: RequestListener) {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    let turn = 0;
    return fire({
      port: (server.address() as AddressInfo).port,
      connections: 2,
      seconds: 1,
      body: '{"query":"{ viewer }"}',
      nextVisitor: () => ['ann', 'bob', 'eve'][turn++ % 3],
      createCheck: () => createByteCheck(right, 'ann'),
      signal: new AbortController().signal,
    });
  }

  it('sends one visitor after the other and counts their answers', async () => {
    const seen = new Map<string | undefined, number>();
    const sample = await against((request, response) => {
      const visitor = request.headers.authorization?.replace('Bearer ', '');
      seen.set(visitor, (seen.get(visitor) ?? 0) + 1);
      request.resume().on('end', () => setTimeout(() => response.end(right.replace('ann', visitor!)), 5));
    });
    expect([...seen.keys()].sort()).toEqual(['ann', 'bob', 'eve']);
    expect([...seen.values()].reduce((sum, count) => sum + count)).toBe(sample.answers);
    expect(sample.answers).toBeGreaterThan(10);
    expect(sample.p99).toBeGreaterThanOrEqual(sample.p50);
  });

  it('fails on the first wrong answer', async () => {
    let count = 0;
    const work = against((request, response) => {
      const visitor = ++count === 5 ? 'nobody' : request.headers.authorization!.replace('Bearer ', '');
      request.resume().on('end', () => response.end(right.replace('ann', visitor)));
    });
    await expect(work).rejects.toThrow(/^Wrong answer/);
  });

  it('fails when a connection is lost', async () => {
    const work = against((request) => request.socket.destroy());
    await expect(work).rejects.toThrow('closed a connection');
  });
});
