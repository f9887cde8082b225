import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { createPrivateStore, type PrivateStore } from '@diaspora/kit';
import { createMemoryPrivateStore } from '@diaspora/kit/testing';
import { accessKeyId, privateBucket, secretAccessKey, startTestStore, type TestStore } from './testing.js';

const mebibyte = 2 ** 20;
const access = {
  S3_REGION: 'us-east-1',
  S3_PRIVATE_BUCKET: privateBucket,
  S3_ACCESS_KEY_ID: accessKeyId,
  S3_SECRET_ACCESS_KEY: secretAccessKey,
  S3_FORCE_PATH_STYLE: true,
};

let server: TestStore;
let files: Awaited<ReturnType<typeof createPrivateStore>>;

beforeAll(async () => {
  server = await startTestStore();
  files = await createPrivateStore({ ...access, S3_ENDPOINT: server.url });
});
afterEach(async () => {
  for (const folder of ['exports/', 'invoices/', 'uploads/']) await files.removeFolder(folder);
  expect(await server.files()).toEqual([]);
  expect(server.faults).toEqual([]);
});
afterAll(async () => {
  files.stop();
  await server.stop();
});

const textOf = async (store: PrivateStore, key: string) => {
  const found = await store.read(key, 100);
  return found && Buffer.from(found.bytes).toString();
};

/** Pieces of a mebibyte, one at a time, of which the last is followed by what `end` does. */
function streamOf(pieces: number, end: () => void = () => undefined): Readable {
  async function* produce() {
    for (let index = 0; index < pieces; index++) yield Buffer.alloc(mebibyte, index);
    end();
  }
  return Readable.from(produce());
}

const breaks = () => {
  throw new Error('the source broke');
};

describe.each([
  ['the private store', () => files],
  ['its double in memory', createMemoryPrivateStore],
])('%s', (_name, storeFor: () => PrivateStore) => {
  const contentType = 'text/plain';

  it('lists a folder in order, and reads what is in it as a stream', async () => {
    const store = storeFor();
    const names = ['exports/a/2', 'exports/a/b/1', 'exports/a/10', 'exports/ab/1'];
    for (const key of names) await store.put(key, { body: Buffer.from(key), contentType });
    const listed: string[] = [];
    for await (const key of store.list('exports/a/')) listed.push(key);
    expect(listed).toEqual(['exports/a/10', 'exports/a/2', 'exports/a/b/1']);
    const read: Buffer[] = [];
    for await (const chunk of (await store.open('exports/a/10'))!) read.push(chunk as Buffer);
    expect(Buffer.concat(read).toString()).toBe('exports/a/10');
    expect(await store.open('exports/none')).toBeNull();
    await expect(store.list('exports/a')[Symbol.asyncIterator]().next()).rejects.toThrow('slash');
  });

  it('keeps bytes and streams, and writes them anew', async () => {
    const store = storeFor();
    await store.put('exports/a.txt', { body: Buffer.from('old'), contentType });
    await store.put('exports/a.txt', { body: Readable.from(['n', 'e', 'w']), contentType });
    expect(await textOf(store, 'exports/a.txt')).toBe('new');
    expect(await store.read('exports/a.txt', 2)).toEqual({
      bytes: new Uint8Array(Buffer.from('ne')),
      sizeBytes: 3,
    });
    expect(await store.read('exports/none.txt', 100)).toBeNull();
  });

  it.each([1, 12])('keeps what was there when a stream breaks after %i MiB', async (pieces) => {
    const store = storeFor();
    await store.put('exports/a.txt', { body: Buffer.from('old'), contentType });
    const body = streamOf(pieces, breaks);
    await expect(store.put('exports/a.txt', { body, contentType })).rejects.toThrow('the source broke');
    expect(body.destroyed).toBe(true);
    expect(await textOf(store, 'exports/a.txt')).toBe('old');
  });

  it('removes one object, also when there is none', async () => {
    const store = storeFor();
    await store.put('exports/a.txt', { body: Buffer.from('x'), contentType });
    await store.remove('exports/a.txt');
    await store.remove('exports/a.txt');
    expect(await textOf(store, 'exports/a.txt')).toBeNull();
  });

  it('removes a folder with all that is in it, and nothing beside', async () => {
    const store = storeFor();
    const keys = Array.from({ length: 45 }, (_, index) => `exports/ann/${index % 3}/${index}.txt`);
    const kept = ['exports/ann.txt', 'exports/anna/1.txt'];
    await Promise.all(
      [...keys, ...kept].map((key) => store.put(key, { body: Buffer.from('x'), contentType })),
    );
    expect(await store.removeFolder('exports/ann/')).toBe(45);
    expect(await store.removeFolder('exports/ann/')).toBe(0);
    for (const key of kept) expect(await textOf(store, key)).toBe('x');
  });

  it.each(['', '/', 'exports', 'exports//'])('takes "%s" for no folder', async (prefix) => {
    const store = storeFor();
    await store.put('exports/a.txt', { body: Buffer.from('x'), contentType });
    await expect(store.removeFolder(prefix)).rejects.toThrow('ends with a slash');
    expect(await textOf(store, 'exports/a.txt')).toBe('x');
  });
});

describe('the private store', () => {
  const contentType = 'application/zip';

  it('sends a stream of unknown length in parts', async () => {
    await files.put('exports/big.zip', { body: streamOf(12), contentType });
    const place = { Bucket: privateBucket, Key: 'exports/big.zip' };
    const head = await server.client.send(new HeadObjectCommand(place));
    const found = await files.read('exports/big.zip', 12 * mebibyte);
    expect(head).toMatchObject({ ContentType: contentType, ETag: expect.stringMatching(/-3"$/) });
    const expected = Buffer.concat(Array.from({ length: 12 }, (_, index) => Buffer.alloc(mebibyte, index)));
    expect(expected.equals(found!.bytes)).toBe(true);
  });

  it('writes into its own bucket, and nowhere else', async () => {
    await files.put('exports/a.zip', { body: Buffer.from('x'), contentType });
    const { Contents } = await server.client.send(new ListObjectsV2Command({ Bucket: 'media' }));
    expect(Contents).toBeUndefined();
  });

  it.each([
    ['invoice-2026-0001.pdf', 'attachment; filename=invoice-2026-0001.pdf'],
    [
      'Rechnung März „1“.pdf',
      `attachment; filename="Rechnung M?rz ?1?.pdf"; filename*=UTF-8''Rechnung%20M%C3%A4rz%20%E2%80%9E1%E2%80%9C.pdf`,
    ],
  ])('gives a link that saves the file as %s and is kept by nobody', async (fileName, disposition) => {
    await files.put('invoices/1', { body: Buffer.from('%PDF'), contentType: 'application/pdf' });
    const response = await fetch(await files.presignDownload({ key: 'invoices/1', seconds: 60, fileName }));
    expect(await response.text()).toBe('%PDF');
    expect(response.headers.get('content-disposition')).toBe(disposition);
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
  });

  it('gives a link to that object and no other', async () => {
    await files.put('invoices/1', { body: Buffer.from('mine'), contentType });
    await files.put('invoices/2', { body: Buffer.from('yours'), contentType });
    const link = await files.presignDownload({ key: 'invoices/1', seconds: 60, fileName: '1.zip' });
    const other = await fetch(link.replace('invoices/1', 'invoices/2'));
    const renamed = await fetch(link.replace('1.zip', '2.zip'));
    expect([other.status, renamed.status]).toEqual([403, 403]);
  });

  it('gives a form for exactly one file: this key, this type, this size', async () => {
    const upload = { key: 'uploads/a.csv', contentType: 'text/csv', sizeBytes: 4, seconds: 60 };
    const post = async (content: string, change: Record<string, string> = {}) => {
      const { url, fields } = await files.presignUpload(upload);
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...fields, ...change })) form.append(name, value);
      form.append('file', new Blob([content]), 'a.csv');
      return (await fetch(url, { method: 'POST', body: form })).ok;
    };
    expect(await post('too long')).toBe(false);
    expect(await post('name', { key: 'uploads/b.csv' })).toBe(false);
    expect(await post('name', { 'Content-Type': 'text/html' })).toBe(false);
    expect(await textOf(files, 'uploads/a.csv')).toBeNull();
    expect(await post('name')).toBe(true);
    expect(await textOf(files, 'uploads/a.csv')).toBe('name');
    expect(await textOf(files, 'uploads/b.csv')).toBeNull();
  });

  it('rejects and lets go of the stream when the store is away', async () => {
    const away = await createPrivateStore({ ...access, S3_ENDPOINT: 'http://127.0.0.1:1' });
    const body = streamOf(12);
    await expect(away.put('exports/a.zip', { body, contentType })).rejects.toThrow();
    expect(body.destroyed).toBe(true);
    away.stop();
  });
});
