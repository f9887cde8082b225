import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRespond } from './compress.js';

let stop: () => void = () => undefined;
afterEach(() => stop());

const large = JSON.stringify({ data: { names: Array.from({ length: 300 }, () => 'Ștefan') } });

async function ask(compression: 'none' | 'gzip' | 'br', accepted: string | undefined, body: string) {
  const respond = createRespond(compression);
  const server = createServer((request, response) =>
    respond(request, response, {
      status: 200,
      contentType: 'application/json',
      body,
      isAscii: false,
      headers: [],
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => server.close();
  const { port } = server.address() as AddressInfo;
  const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
  const request = httpRequest({ port, host: '127.0.0.1', headers }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { headers: response.headers, bytes: Buffer.concat(await response.toArray()) };
}

describe('compression', () => {
  it.each([
    ['gzip', 'gzip, deflate, br', gunzipSync],
    ['br', 'gzip;q=0.5,br;q=1.0', brotliDecompressSync],
  ] as const)('by %s is for clients that take it', async (kind, accepted, unpack) => {
    const { headers, bytes } = await ask(kind, accepted, large);
    expect([headers['content-encoding'], headers.vary]).toEqual([kind, 'Accept-Encoding']);
    expect(bytes.length).toBeLessThan(large.length / 4);
    expect(unpack(bytes).toString()).toBe(large);
  });

  it.each([
    ['none is configured', 'none', 'gzip', large],
    ['the client says nothing', 'gzip', undefined, large],
    ['the client refuses it', 'gzip', 'gzip;q=0, br', large],
    ['the client takes another', 'br', 'gzip', large],
    ['the answer is small', 'gzip', 'gzip', '{"data":{}}'],
  ] as const)('is left out when %s', async (_name, kind, accepted, body) => {
    const { headers, bytes } = await ask(kind, accepted, body);
    expect([headers['content-encoding'], bytes.toString()]).toEqual([undefined, body]);
  });
});
