import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { startObjectStore } from './index.js';
import type { TestStore } from './testing.js';
import { accessKeyId, bucket, secretAccessKey, startTestStore } from './testing.js';

const place = { Bucket: bucket, Key: 'exports/grüße & mehr.zip' };
const mebibyte = 2 ** 20;
const whole = Buffer.alloc(5 * mebibyte, 'a');
const last = Buffer.from('the end');

let store: TestStore;

beforeAll(async () => {
  store = await startTestStore();
});
afterEach(async () => {
  await store.client.send(new DeleteObjectCommand(place));
  expect(await store.files()).toEqual([]);
  expect(store.faults).toEqual([]);
});
afterAll(() => store.stop());

async function begin(more: { ContentType?: string; Metadata?: Record<string, string> } = {}) {
  const { UploadId } = await store.client.send(new CreateMultipartUploadCommand({ ...place, ...more }));
  return UploadId!;
}

async function addPart(UploadId: string, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
  const { ETag } = await store.client.send(
    new UploadPartCommand({ ...place, UploadId, PartNumber, Body, ContentLength: Body.length }),
  );
  return { ETag, PartNumber };
}

const complete = (UploadId: string, Parts: CompletedPart[], more: { IfNoneMatch?: string } = {}) =>
  store.client.send(
    new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts }, ...more }),
  );

const abort = (UploadId: string) =>
  store.client.send(new AbortMultipartUploadCommand({ ...place, UploadId }));

const read = () => store.client.send(new GetObjectCommand(place));

async function bytes(): Promise<Buffer> {
  const { Body } = await read();
  return Buffer.from(await Body!.transformToByteArray());
}

describe('an upload in parts', () => {
  it('is one object in the end, whatever order its parts came in', async () => {
    const uploadId = await begin({ ContentType: 'application/zip', Metadata: { by: 'me' } });
    const second = await addPart(uploadId, 7, last);
    const first = await addPart(uploadId, 2, whole);
    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
    const { ETag } = await complete(uploadId, [first, second]);

    const { ContentType, Metadata } = await read();
    const hash = (content: Buffer) => createHash('md5').update(content).digest();
    const joined = hash(Buffer.concat([hash(whole), hash(last)])).toString('hex');
    expect(ETag).toBe(`"${joined}-2"`);
    expect({ ContentType, Metadata }).toEqual({ ContentType: 'application/zip', Metadata: { by: 'me' } });
    expect((await bytes()).equals(Buffer.concat([whole, last]))).toBe(true);
    expect(await store.files()).toHaveLength(1);
  });

  it('has of two parts with one number the later', async () => {
    const uploadId = await begin();
    await addPart(uploadId, 1, Buffer.from('first'));
    await complete(uploadId, [await addPart(uploadId, 1, Buffer.from('second'))]);

    expect((await bytes()).toString()).toBe('second');
  });

  it('leaves out a part that the list leaves out', async () => {
    const uploadId = await begin();
    const listed = await addPart(uploadId, 1, last);
    await addPart(uploadId, 2, last);
    await complete(uploadId, [listed]);

    expect((await bytes()).toString()).toBe('the end');
  });

  it.each<[string, (parts: CompletedPart[]) => CompletedPart[], string]>([
    ['another tag', ([part]) => [{ ...part, ETag: `"${'0'.repeat(32)}"` }], 'InvalidPart'],
    ['no tag of ours', ([part]) => [{ ...part, ETag: '"x"' }], 'InvalidPart'],
    ['a part that never came', ([part]) => [{ ...part, PartNumber: 3 }], 'InvalidPart'],
    ['another order', ([a, b]) => [b!, a!], 'InvalidPartOrder'],
    ['one part twice', ([a]) => [a!, a!], 'InvalidPartOrder'],
    ['a part too small to be in the middle', (parts) => parts, 'EntityTooSmall'],
    ['a number that is none', ([part]) => [{ ...part, PartNumber: 0 }], 'MalformedXML'],
    ['nothing', () => [], 'MalformedXML'],
  ])('is not completed by a list of %s, and can still be', async (_name, change, code) => {
    const uploadId = await begin();
    const parts = [await addPart(uploadId, 1, last), await addPart(uploadId, 2, last)];

    await expect(complete(uploadId, change(parts))).rejects.toMatchObject({ name: code });
    await expect(read()).rejects.toMatchObject({ name: 'NoSuchKey' });
    await complete(uploadId, [parts[0]!]);
    expect((await bytes()).toString()).toBe('the end');
  });

  it('replaces no object when it must not', async () => {
    await store.client.send(new PutObjectCommand({ ...place, Body: 'old' }));
    const uploadId = await begin();
    const parts = [await addPart(uploadId, 1, last)];

    await expect(complete(uploadId, parts, { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
    });
    expect((await bytes()).toString()).toBe('old');
    await complete(uploadId, parts);
    expect((await bytes()).toString()).toBe('the end');
  });

  it('that is given up leaves nothing and takes no more', async () => {
    const uploadId = await begin();
    const part = await addPart(uploadId, 1, last);
    await abort(uploadId);

    expect(await store.files()).toEqual([]);
    for (const late of [
      () => addPart(uploadId, 2, last),
      () => complete(uploadId, [part]),
      () => abort(uploadId),
    ])
      await expect(late()).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  it.each(['00000000-0000-0000-0000-000000000000', '../../etc', '.', 'x'])(
    'that was never begun is not found: %s',
    async (uploadId) => {
      await expect(addPart(uploadId, 1, last)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    },
  );

  it('belongs to its key', async () => {
    const uploadId = await begin();
    const other = { ...place, Key: 'other', UploadId: uploadId };

    await expect(store.client.send(new AbortMultipartUploadCommand(other))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
    await abort(uploadId);
  });

  it('takes no part with another checksum or number than there are', async () => {
    const uploadId = await begin();
    const part = { ...place, UploadId: uploadId, Body: last };

    await expect(
      store.client.send(new UploadPartCommand({ ...part, PartNumber: 1, ChecksumCRC32: 'AAAAAA==' })),
    ).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(
      store.client.send(new UploadPartCommand({ ...part, PartNumber: 10_001 })),
    ).rejects.toMatchObject({ name: 'InvalidArgument' });
    await abort(uploadId);
  });

  it('takes no stranger', async () => {
    const uploadId = await begin();
    const stranger = store.clientWith({ accessKeyId, secretAccessKey: 'guess' });

    await expect(
      stranger.send(new AbortMultipartUploadCommand({ ...place, UploadId: uploadId })),
    ).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    await abort(uploadId);
  });

  it('given up while its parts come leaves nothing', async () => {
    for (let round = 0; round < 20; round++) {
      const uploadId = await begin();
      const parts = [1, 2, 3, 4].map((number) => addPart(uploadId, number, last));
      const outcomes = await Promise.allSettled([...parts, abort(uploadId)]);
      const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));

      expect(refusals.every(({ name }) => name === 'NoSuchUpload')).toBe(true);
      expect(await store.files()).toEqual([]);
    }
  });

  it('completed and given up at once is whole or not there', async () => {
    for (let round = 0; round < 10; round++) {
      const uploadId = await begin();
      const parts = [await addPart(uploadId, 1, whole), await addPart(uploadId, 2, last)];
      const [completing] = await Promise.allSettled([complete(uploadId, parts), abort(uploadId)]);
      const found = await bytes().then(
        (content) => (content.equals(Buffer.concat([whole, last])) ? 'whole' : 'torn'),
        (error: Error) => error.name,
      );

      expect(found).toBe(completing.status === 'fulfilled' ? 'whole' : 'NoSuchKey');
      await store.client.send(new DeleteObjectCommand(place));
    }
  });

  it('that nobody ended is gone after a restart', async () => {
    await addPart(await begin(), 1, last);
    const options = {
      port: 0,
      dir: store.dir,
      accessKeyId,
      secretAccessKey,
      buckets: [bucket],
      corsOrigins: [],
    };
    const again = await startObjectStore(options);
    const left = await store.files();
    await again.stop();

    expect(left).toEqual([]);
  });

  it('is not listed or copied, nor misread as something else', async () => {
    const uploadId = await begin();
    const send = store.client.send.bind(store.client);
    const copy = { ...place, UploadId: uploadId, PartNumber: 1, CopySource: `${bucket}/a` };
    const results = await Promise.allSettled([
      send(new ListPartsCommand({ ...place, UploadId: uploadId })),
      send(new ListMultipartUploadsCommand({ Bucket: bucket })),
      send(new UploadPartCopyCommand(copy)),
      send(new GetObjectCommand({ ...place, PartNumber: 1 })),
    ]);
    const names = results.map((result) => result.status === 'rejected' && (result.reason as Error).name);

    expect(names).toEqual(Array(4).fill('NotImplemented'));
    await abort(uploadId);
  });
});
