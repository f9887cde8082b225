import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fire, isRight, median } from './load.js';
import { readOptions } from './options.js';
import { table } from './tables.js';

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
    const { port } = server.address() as AddressInfo;
    let turn = 0;
    const next = () => ({ token: `t${turn % 3}`, body: JSON.stringify({ query: `{ a${turn++} }` }) });
    const { signal } = new AbortController();
    return fire({ url: `http://127.0.0.1:${port}`, connections: 2, seconds: 1, next, signal });
  }

  it('sends another request each time, as one person after the other', async () => {
    const bodies: string[] = [];
    const tokens = new Set<string | undefined>();
    const sample = await against((request, response) => {
      tokens.add(request.headers.authorization);
      request.on('data', (body) => bodies.push(String(body)));
      request.on('end', () => setTimeout(() => response.end('{"data":{"a":1}}'), 5));
    });
    expect(new Set(bodies).size).toBe(bodies.length);
    expect([...tokens].sort()).toEqual(['Bearer t0', 'Bearer t1', 'Bearer t2']);
    expect(sample.answers).toBeGreaterThan(10);
    expect(sample.p99).toBeGreaterThanOrEqual(sample.p50);
  });

  it('fails when a single answer has errors', async () => {
    let count = 0;
    const work = against((request, response) => {
      request.resume().on('end', () => {
        response.end(
          ++count === 5 ? '{"data":{"a":null},"errors":[{"message":"broken"}]}' : '{"data":{"a":1}}',
        );
      });
    });
    await expect(work).rejects.toThrow(/^1 of \d+ answers were wrong, such as: 200 .*broken/);
  });
});

describe('an answer is right', () => {
  it.each([
    [200, '{"data":{"a":1}}', true],
    [200, '{"data":{"pay":{"userErrors":[]}}}', true],
    [200, '{"data":{"pay":{"userErrors":[{"code":"CONFLICT"}]}}}', false],
    [200, '{"errors":[{"message":"x"}],"data":{"a":null}}', false],
    [200, '{"data":{"a":null},"errors":[{"message":"x"}]}', false],
    [200, '{"data":null}', false],
    [500, '{"data":{"a":1}}', false],
  ])('%s %s: %s', (status, body, right) => {
    expect(isRight(status, body)).toBe(right);
  });
});

describe('options', () => {
  it('refuses what it does not know in one line', () => {
    expect(() => readOptions(['--rounds', 'many'], [])).toThrow('--rounds must be a whole number');
    expect(() => readOptions(['--only', 'feed,fed'], ['feed', 'home'])).toThrow(
      '--only knows feed, home, not "fed".',
    );
    expect(() => readOptions(['--connections', '1,0'], [])).toThrow('--connections must be a whole number');
  });

  it('lets what is given win over --quick', () => {
    expect(readOptions(['--quick', '--seconds', '7'], [])).toMatchObject({
      rounds: 1,
      seconds: 7,
      people: 6,
    });
  });
});

it('takes the middle of two middles', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

it('writes tables that line up', () => {
  expect(table(['name', 'n'], [['a', '10']]).split('\n')).toEqual([
    '| name |  n |',
    '| ---- | -: |',
    '| a    | 10 |',
  ]);
});
