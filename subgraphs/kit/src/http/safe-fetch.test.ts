import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createSafeFetch, isPublicAddress } from './safe-fetch.js';

describe('an address on the internet', () => {
  it.each(['1.1.1.1', '93.184.216.34', '2606:4700:4700::1111'])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each([
    ...['127.0.0.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...[
      '224.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
      'fe80::1',
      'fc00::1',
    ],
    ...['2002:7f00:1::', '2001:db8::1', 'ff02::1', 'localhost', ''],
  ])('is not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('a fetch for addresses that people name', () => {
  let server: Server;
  let port: number;
  let hits = 0;
  let asked: string | undefined;
  beforeAll(async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(64 * 1_048_576)));
    server = createServer((request, response) => {
      hits += 1;
      asked = request.headers['accept-encoding'];
      if (request.url === '/bomb') response.setHeader('content-encoding', 'gzip, gzip').end(bomb);
      else response.end('inside');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it.each([
    'http://127.0.0.1',
    'https://127.0.0.1',
    'https://[::1]',
    'https://localhost',
    'https://2130706433',
  ])('does not reach %s', async (origin) => {
    await expect(createSafeFetch()(`${origin}:${port}/`)).rejects.toThrow('fetch failed');
    expect(hits).toBe(0);
  });

  it('reaches it where that is allowed', async () => {
    const response = await createSafeFetch({ isOpen: true })(`http://127.0.0.1:${port}/`);
    expect(await response.text()).toBe('inside');
  });

  it('reaches a server in the own network that is named with its port, and no other', async () => {
    const named = createSafeFetch({ innerHosts: [`127.0.0.1:${port}`] });
    expect(await (await named(`http://127.0.0.1:${port}/`)).text()).toBe('inside');
    const before = hits;
    await expect(named(`http://localhost:${port}/`)).rejects.toThrow('fetch failed');
    await expect(named(`http://127.0.0.1:${port + 1}/`)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('is not an address on the internet') },
    });
    expect(hits).toBe(before);
  });

  it('asks for nothing compressed, and takes nothing that is: a little of it would become very much', async () => {
    const safeFetch = createSafeFetch({ isOpen: true });
    const read = async () => {
      const response = await safeFetch(`http://127.0.0.1:${port}/bomb`);
      return (await response.text()).length;
    };
    await expect(read()).rejects.toThrow('compressed');
    expect(asked).toBe('identity');
  });

  it('ends with the run it is part of', async () => {
    const signal = AbortSignal.abort(new Error('The run is over'));
    const fetching = createSafeFetch({ isOpen: true })(`http://127.0.0.1:${port}/`, { signal });
    await expect(fetching).rejects.toThrow('The run is over');
  });
});
