import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createS3Storage } from './storage.js';

let server: Server | undefined;
let storage: ReturnType<typeof createS3Storage> | undefined;

/** A store that answers as told. */
async function givenStore(answer: RequestListener) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  storage = createS3Storage({
    endpoint,
    publicEndpoint: endpoint,
    region: 'us-east-1',
    bucket: 'files',
    forcePathStyle: true,
    accessKeyId: 'key',
    secretAccessKey: 'secret',
    silenceMs: 200,
  });
  return storage;
}

afterEach(() => {
  storage?.stop();
  server?.closeAllConnections();
  server?.close();
});

const failure = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

describe('a store', () => {
  it('that says nothing is given up', async () => {
    const store = await givenStore(() => undefined);
    await expect(store.read('quarantine/a', 10)).rejects.toThrow('timed out');
    await expect(store.remove('quarantine/a')).rejects.toThrow('timed out');
  });

  it('that falls silent in the middle of a file is given up', async () => {
    const store = await givenStore((_request, response) => {
      response.writeHead(206, { 'content-length': '10', 'content-range': 'bytes 0-9/10' });
      response.write('half');
    });
    await expect(store.read('quarantine/a', 10)).rejects.toThrow('timed out');
  });

  it('that has no such file, or one of nothing, says so', async () => {
    const codes = [
      ['NoSuchKey', 404],
      ['InvalidRange', 416],
    ] as const;
    let asked = 0;
    const store = await givenStore((_request, response) => {
      const [code, status] = codes[asked++]!;
      response.writeHead(status, { 'content-type': 'application/xml' }).end(failure(code));
    });
    expect(await store.read('quarantine/a', 10)).toBeNull();
    expect(await store.read('quarantine/a', 10)).toEqual({ bytes: new Uint8Array(), sizeBytes: 0 });
  });

  it('that has a longer file than is wanted sends its beginning and tells its size', async () => {
    const store = await givenStore((request, response) => {
      expect(request.headers.range).toBe('bytes=0-3');
      response.writeHead(206, { 'content-length': '4', 'content-range': 'bytes 0-3/10' }).end('half');
    });
    expect(await store.read('quarantine/a', 4)).toEqual({
      bytes: new Uint8Array(Buffer.from('half')),
      sizeBytes: 10,
    });
  });

  it('that has the content already keeps it', async () => {
    const store = await givenStore((request, response) => {
      expect(request.headers['if-none-match']).toBe('*');
      request.resume();
      request.on('end', () => response.writeHead(412).end(failure('PreconditionFailed')));
    });
    const content = { bytes: Buffer.from('x'), contentType: 'image/png' };
    await expect(store.putOnce('media/a', content)).resolves.toBeUndefined();
  });
});
