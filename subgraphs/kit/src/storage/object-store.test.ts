import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config.js';
import { objectStoreConfigShape, privateStoreConfigShape } from './config.js';
import { createObjectStore } from './object-store.js';

let server: Server | undefined;
let store: Awaited<ReturnType<typeof createObjectStore>> | undefined;

/** A store that answers as told; `silenceMs` is short where its silence is awaited. */
async function givenStore(answer: RequestListener, silenceMs = 20_000) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  store = await createObjectStore(
    {
      S3_ENDPOINT: endpoint,
      S3_REGION: 'us-east-1',
      S3_BUCKET: 'files',
      S3_FORCE_PATH_STYLE: true,
      S3_ACCESS_KEY_ID: 'key',
      S3_SECRET_ACCESS_KEY: 'secret',
    },
    { silenceMs },
  );
  return store;
}

afterEach(() => {
  store?.stop();
  server?.closeAllConnections();
  server?.close();
});

const failure = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`;

describe('a store', () => {
  it('that says nothing is given up', async () => {
    const store = await givenStore(() => undefined, 200);
    await expect(store.read('quarantine/a', 10)).rejects.toThrow('timed out');
    await expect(store.remove('quarantine/a')).rejects.toThrow('timed out');
  });

  it('that falls silent in the middle of a file is given up', async () => {
    const store = await givenStore((_request, response) => {
      response.writeHead(206, { 'content-length': '10', 'content-range': 'bytes 0-9/10' });
      response.write('half');
    }, 200);
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

describe('the configuration of buckets', () => {
  const access = { S3_ENDPOINT: 'http://store', S3_ACCESS_KEY_ID: 'key', S3_SECRET_ACCESS_KEY: 'secret' };

  it('never takes the private bucket for the other, nor the other for it', () => {
    const common = (name: string) => loadConfig(objectStoreConfigShape, { ...access, S3_BUCKET: name });
    const personal = (name: string) =>
      loadConfig(privateStoreConfigShape, { ...access, S3_PRIVATE_BUCKET: name });
    expect(common('media').S3_BUCKET).toBe('media');
    expect(personal('acme-private').S3_PRIVATE_BUCKET).toBe('acme-private');
    expect(() => common('acme-private')).toThrow('S3_BUCKET: must not be a private bucket');
    expect(() => personal('media')).toThrow('S3_PRIVATE_BUCKET: must have "private" in its name');
  });

  it('asks for either by its own setting', () => {
    expect(() => loadConfig(privateStoreConfigShape, { ...access, S3_BUCKET: 'media' })).toThrow(
      'S3_PRIVATE_BUCKET',
    );
  });
});
