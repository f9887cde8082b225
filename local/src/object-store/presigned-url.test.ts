import { once } from 'node:events';
import http from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { TestStore } from './testing.js';
import { bucket, codeOf, origin, startTestStore } from './testing.js';

let store: TestStore;
let now: Date | undefined;

beforeAll(async () => {
  store = await startTestStore({ clock: () => now ?? new Date() });
});

afterEach(async () => {
  now = undefined;
  for (const Key of await keys('')) await store.client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
  expect(store.faults).toEqual([]);
});

afterAll(() => store.stop());

async function keys(Prefix: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await store.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  return Contents.map(({ Key }) => Key);
}

function put(Key: string, Body: string, more: { ContentType?: string } = {}) {
  return store.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
}

async function read(Key: string): Promise<string | undefined> {
  const { Body } = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Body?.transformToString();
}

const signedUrl = (command: GetObjectCommand | PutObjectCommand | HeadObjectCommand, expiresIn = 60) =>
  getSignedUrl(store.client, command, { expiresIn });

describe('a presigned URL', () => {
  const get = (Key: string) => new GetObjectCommand({ Bucket: bucket, Key });

  it('reads, and answers a page of an allowed origin', async () => {
    await put('cat ä.png', 'image', { ContentType: 'image/png' });
    const response = await fetch(await signedUrl(get('cat ä.png')), { headers: { origin } });

    expect(await response.text()).toBe('image');
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect(response.headers.get('content-disposition')).toBe('inline');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('answers 304 to who has the object already', async () => {
    const { ETag = '' } = await put('a', 'x');
    const response = await fetch(await signedUrl(get('a')), { headers: { 'if-none-match': ETag } });

    expect(response.status).toBe(304);
  });

  it.each(['text/html', 'image/svg+xml', 'application/pdf', 'IMAGE/SVG+XML; charset=utf-8'])(
    'has the browser save, not show, %s',
    async (ContentType) => {
      await put('page', '<script>alert(1)</script>', { ContentType });
      const plain = await fetch(await signedUrl(get('page')));
      const asked = new GetObjectCommand({
        Bucket: bucket,
        Key: 'page',
        ResponseContentDisposition: 'inline',
      });
      const inline = await fetch(await signedUrl(asked));

      expect(plain.headers.get('content-disposition')).toBe('attachment');
      expect(inline.headers.get('content-disposition')).toBe('attachment');
      expect(plain.headers.get('content-security-policy')).toContain('sandbox');
    },
  );

  it('names the file to save', async () => {
    await put('page', 'x');
    const name = 'attachment; filename="ticket.pdf"';
    const url = await signedUrl(
      new GetObjectCommand({ Bucket: bucket, Key: 'page', ResponseContentDisposition: name }),
    );

    expect((await fetch(url)).headers.get('content-disposition')).toBe(name);
  });

  it('writes', async () => {
    const url = await signedUrl(new PutObjectCommand({ Bucket: bucket, Key: 'put', Metadata: { by: 'me' } }));
    const response = await fetch(url, {
      method: 'PUT',
      body: 'content',
      headers: { 'content-type': 'image/gif' },
    });
    const head = await store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'put' }));

    expect(response.status).toBe(200);
    expect(head).toMatchObject({ ContentType: 'image/gif', Metadata: { by: 'me' } });
    expect(await read('put')).toBe('content');
  });

  it('answers HEAD', async () => {
    await put('a', 'hello');
    const url = await signedUrl(new HeadObjectCommand({ Bucket: bucket, Key: 'a' }));
    const response = await fetch(url, { method: 'HEAD' });

    expect(response.headers.get('content-length')).toBe('5');
  });

  it.each<[string, (url: string) => [string, RequestInit?], string]>([
    ['another method', (url) => [url, { method: 'DELETE' }], 'SignatureDoesNotMatch'],
    ['another key', (url) => [url.replace('/secret', '/other')], 'SignatureDoesNotMatch'],
    ['a longer life', (url) => [url.replace('Expires=60', 'Expires=600')], 'SignatureDoesNotMatch'],
    ['another signature', (url) => [url.replace(/Signature=\w+/, 'Signature=0')], 'SignatureDoesNotMatch'],
    ['another key id', (url) => [url.replace('=test-key', '=stranger')], 'InvalidAccessKeyId'],
    ['no signature', (url) => [url.replace(/\?.*/, '')], 'AccessDenied'],
    ['an unsigned header', (url) => [url, { headers: { 'x-amz-copy-source': 'media/a' } }], 'AccessDenied'],
  ])('is refused with %s', async (_name, change, code) => {
    await put('secret', 'x');
    const [url, init] = change(await signedUrl(get('secret')));
    const response = await fetch(url, init);

    expect(response.status).toBe(403);
    expect(codeOf(await response.text())).toBe(code);
    expect(await read('secret')).toBe('x');
  });

  it('is refused after its time', async () => {
    const url = await signedUrl(get('a'));
    now = new Date(Date.now() + 62_000);
    const response = await fetch(url);

    expect(codeOf(await response.text())).toBe('AccessDenied');
  });

  it('does not reach above the bucket through an encoded path', async () => {
    const url = (await signedUrl(get('a')))
      .slice(store.url.length)
      .replace('/media/a', '/media/%2e%2e/%2e%2e/etc');
    const request = http.get({ host: '127.0.0.1', port: new URL(store.url).port, path: url });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();

    expect(response.statusCode).toBe(403);
  });
});
