import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { startObjectStore } from './index.js';
import type { TestStore } from './testing.js';
import {
  accessKeyId,
  bucket,
  codeOf,
  createClient,
  origin,
  postForm,
  presignImage,
  secretAccessKey,
  startTestStore,
} from './testing.js';

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
  return store.client.send(
    new PutObjectCommand({ Bucket: bucket, Key, Body, ContentLength: Buffer.byteLength(Body), ...more }),
  );
}

async function read(Key: string, Range?: string): Promise<string | undefined> {
  const { Body } = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key, Range }));
  return Body?.transformToString();
}

describe('requests of the AWS client', () => {
  it('keep content, type and metadata', async () => {
    const command = {
      Bucket: bucket,
      Key: 'a.txt',
      Body: 'hello',
      ContentType: 'text/plain',
      Metadata: { by: 'me' },
    };
    await store.client.send(new PutObjectCommand({ ...command, CacheControl: 'max-age=60' }));
    const head = await store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a.txt' }));

    expect(await read('a.txt')).toBe('hello');
    expect(head).toMatchObject({ ContentLength: 5, ContentType: 'text/plain', CacheControl: 'max-age=60' });
    expect(head).toMatchObject({
      Metadata: { by: 'me' },
      ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
    });
  });

  it('stream bodies of several megabytes in and out', async () => {
    const body = Buffer.alloc(6_000_000, 'stream');
    const pieces = Array.from({ length: 60 }, (_, index) =>
      body.subarray(index * 100_000, (index + 1) * 100_000),
    );
    const stream = Readable.from(pieces, { objectMode: false });
    const input = { Bucket: bucket, Key: 'big', Body: stream, ContentLength: body.length };
    await store.client.send(new PutObjectCommand(input));

    expect(await read('big')).toBe(body.toString());
  });

  it('keep an empty object', async () => {
    await put('empty', '');
    await store.client.send(
      new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/empty` }),
    );

    expect(await read('copy')).toBe('');
  });

  it.each(['grüße/猫 & <mew> "q" \'s\'.txt', 'a+b c%20d?e#f', '%2e%2e', '...', '//x', "a!b'c(d)*~"])(
    'find the key %s again',
    async (key) => {
      await put(key, 'found');
      const source = `${bucket}/${encodeURIComponent(key)}`;
      await store.client.send(
        new CopyObjectCommand({ Bucket: bucket, Key: `${key}.copy`, CopySource: source }),
      );

      expect(await read(`${key}.copy`)).toBe('found');
      expect(await keys(key)).toEqual([key, `${key}.copy`]);
    },
  );

  it.each([
    ['bytes=0-3', '0123'],
    ['bytes=7-', '789'],
    ['bytes=-2', '89'],
    ['bytes=8-100', '89'],
    ['bytes=-100', '0123456789'],
    ['bytes=0-0,2-3', '0123456789'],
  ])('read the range %s', async (range, expected) => {
    await put('digits', '0123456789');

    expect(await read('digits', range)).toBe(expected);
  });

  it('are told when a range lies outside', async () => {
    await put('digits', '0123456789');

    await expect(read('digits', 'bytes=10-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('copy within a bucket, with the description or with a new one', async () => {
    await put('from', 'content', { ContentType: 'image/png' });
    const copy = { Bucket: bucket, CopySource: `${bucket}/from` };
    await store.client.send(new CopyObjectCommand({ ...copy, Key: 'same' }));
    const changed = { ContentType: 'image/webp', MetadataDirective: 'REPLACE' as const };
    await store.client.send(new CopyObjectCommand({ ...copy, Key: 'changed', ...changed }));
    const types = await Promise.all(
      ['same', 'changed'].map((Key) => store.client.send(new HeadObjectCommand({ Bucket: bucket, Key }))),
    );

    expect(types.map(({ ContentType }) => ContentType)).toEqual(['image/png', 'image/webp']);
    expect(await read('changed')).toBe('content');
  });

  it('list by prefix, in pages and by folder', async () => {
    for (const key of ['a/1', 'a/2', 'a/b/3', 'a/b/4', 'b/5']) await put(key, 'x');
    const input = { Bucket: bucket, Prefix: 'a/', Delimiter: '/' };
    const folders = await store.client.send(new ListObjectsV2Command(input));
    const pages: unknown[] = [];
    const client = store.client;
    for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket: bucket })) {
      pages.push(page.Contents?.map(({ Key }) => Key));
    }

    expect(await keys('a/b')).toEqual(['a/b/3', 'a/b/4']);
    expect(folders.CommonPrefixes).toEqual([{ Prefix: 'a/b/' }]);
    expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
    expect(pages).toEqual([['a/1', 'a/2'], ['a/b/3', 'a/b/4'], ['b/5']]);
  });

  it('create buckets and learn which exist', async () => {
    await expect(store.client.send(new HeadBucketCommand({ Bucket: 'fresh' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await store.client.send(new CreateBucketCommand({ Bucket: 'fresh' }));

    await expect(store.client.send(new HeadBucketCommand({ Bucket: 'fresh' }))).resolves.toBeDefined();
  });

  it('delete, also what is not there', async () => {
    await put('gone', 'x');
    await store.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone' }));
    await store.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'gone' }));

    await expect(read('gone')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('write only when absent, also when two try at once', async () => {
    const write = (Body: string) =>
      store.client.send(new PutObjectCommand({ Bucket: bucket, Key: 'once', Body, IfNoneMatch: '*' }));
    const results = await Promise.allSettled([write('a'), write('b')]);

    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each(['../../x', 'a/../../b', './x', '..'])('are refused the key %s', async (Key) => {
    await expect(put(Key, 'x')).rejects.toMatchObject({ name: 'InvalidArgument' });
    expect(await store.files()).toEqual([]);
  });

  it('are refused a body whose checksum is another', async () => {
    const input = { Bucket: bucket, Key: 'a', Body: 'hello', ChecksumCRC32: 'AAAAAA==' };
    await expect(store.client.send(new PutObjectCommand(input))).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await store.files()).toEqual([]);
  });

  it.each([
    ['stranger', secretAccessKey, 'InvalidAccessKeyId'],
    [accessKeyId, 'guess', 'SignatureDoesNotMatch'],
  ])('with the credentials %s:%s are refused', async (id, secret, name) => {
    const client = store.clientWith({ accessKeyId: id, secretAccessKey: secret });
    const command = new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'hello' });

    await expect(client.send(command)).rejects.toMatchObject({ name });
    expect(await store.files()).toEqual([]);
  });

  it('are refused when their clock is far off', async () => {
    now = new Date(Date.now() + 16 * 60_000);

    await expect(put('a', 'x')).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
  });
});

describe('two uploads to one key at once', () => {
  it('leave one of them, whole, with its own description', async () => {
    const forms = await Promise.all(
      ['image/png', 'image/webp'].map((type) =>
        presignImage(store.client, { Fields: { 'Content-Type': type } }),
      ),
    );
    const responses = await Promise.all(
      forms.map((form, index) => postForm(form, String(index).repeat(500 + index * 100))),
    );
    const head = await store.client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'uploads/cat.png' }));
    const expected = head.ContentType === 'image/png' ? '0'.repeat(500) : '1'.repeat(600);

    expect(responses.map(({ status }) => status)).toEqual([204, 204]);
    expect(await read('uploads/cat.png')).toBe(expected);
    expect(await store.files()).toHaveLength(1);
  });

  it('do not disturb a reader that began before', async () => {
    const old = 'o'.repeat(3_000_000);
    await put('k', old);
    const reading = await store.client.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));
    await put('k', 'new');

    expect(await reading.Body?.transformToString()).toBe(old);
    expect(await read('k')).toBe('new');
  });
});

describe('an aws-chunked body with signed chunks', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const timestamp = () => new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');

  function chunkedPut(chunks: string[], { isTampered = false } = {}) {
    const date = timestamp();
    const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
    const payload = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
    const headers: Record<string, string> = {
      host: new URL(store.url).host,
      'x-amz-content-sha256': payload,
      'x-amz-date': date,
      'x-amz-decoded-content-length': String(chunks.join('').length),
    };
    const names = Object.keys(headers).join(';');
    const lines = Object.entries(headers).map((pair) => pair.join(':'));
    const canonical = ['PUT', '/media/chunked', '', ...lines, '', names, payload].join('\n');
    let signature = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString(
      'hex',
    );
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    const body = [...chunks, ''].map((chunk) => {
      const head = ['AWS4-HMAC-SHA256-PAYLOAD', date, scope, signature, sha256('')];
      signature = hmac(key, [...head, sha256(chunk)].join('\n')).toString('hex');
      const sent = isTampered ? chunk.replace('b', 'c') : chunk;
      return `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${sent}\r\n`;
    });
    const { host: _host, ...sent } = headers;
    return fetch(`${store.url}/media/chunked`, {
      method: 'PUT',
      headers: { ...sent, authorization, 'content-encoding': 'aws-chunked' },
      body: body.join(''),
    });
  }

  it('is stored decoded', async () => {
    const response = await chunkedPut(['aaaa', 'bbbbbbbbbbbbbbbbb', 'c']);

    expect(response.status).toBe(200);
    expect(await read('chunked')).toBe('aaaabbbbbbbbbbbbbbbbbc');
  });

  it('is refused when a chunk was changed', async () => {
    const response = await chunkedPut(['aaaa', 'bbbb'], { isTampered: true });

    expect(codeOf(await response.text())).toBe('SignatureDoesNotMatch');
    expect(await store.files()).toEqual([]);
  });
});

describe('cross-origin requests', () => {
  const preflight = (from: string) =>
    fetch(`${store.url}/media`, {
      method: 'OPTIONS',
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-a',
      },
    });

  it('are allowed from the listed origins only', async () => {
    const [allowed, stranger] = await Promise.all([preflight(origin), preflight('http://evil.example')]);

    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-headers')).toBe('x-a');
    expect(stranger.status).toBe(403);
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what is not supported', () => {
  const place = { Bucket: bucket, Key: 'a' };

  it('is refused, not misread as something else', async () => {
    const send = store.client.send.bind(store.client);
    const results = await Promise.allSettled([
      send(new PutObjectTaggingCommand({ ...place, Tagging: { TagSet: [] } })),
      send(new ListObjectsCommand({ Bucket: bucket })),
    ]);
    const names = results.map((result) => result.status === 'rejected' && (result.reason as Error).name);

    expect(names).toEqual(Array(2).fill('NotImplemented'));
    expect(await store.files()).toEqual([]);
  });
});

describe('starting', () => {
  const options = { accessKeyId, secretAccessKey, buckets: [bucket], corsOrigins: [] };

  it('says in one line that the port is taken', async () => {
    const port = Number(new URL(store.url).port);

    await expect(startObjectStore({ ...options, port, dir: store.dir })).rejects.toThrow(
      `Object store: port ${port} on 127.0.0.1 is already in use`,
    );
  });

  it('again on the same folder finds what was stored', async () => {
    await put('kept', 'x');
    const again = await startObjectStore({ ...options, port: 0, dir: store.dir });
    const client = createClient(again.url);
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'kept' }));
    const content = await Body?.transformToString();
    client.destroy();
    await again.stop();

    expect(content).toBe('x');
  });
});
