import type { Readable } from 'node:stream';
import { create as dispositionOf } from 'content-disposition';
import type { PrivateStoreConfig } from './config.js';
import {
  connectS3,
  type ObjectContent,
  type S3,
  type StoreOptions,
  type UploadForm,
  type UploadRequest,
} from './s3.js';

/** Files of one person each: written by the service or posted by that person, and fetched by whoever it gives a link to. */
export interface PrivateStore {
  /**
   * Writes an object, or writes it anew. A stream may be of any length and is never in memory as a whole; when it fails,
   * or the store does, nothing is written, the stream is destroyed, and what was there stays.
   */
  put(key: string, content: { body: Uint8Array | Readable; contentType: string }): Promise<void>;
  /** A form for exactly this key, content type and size. */
  presignUpload(upload: UploadRequest): Promise<UploadForm>;
  /** A URL under which a browser saves the object as a file of this name; the object need not exist. */
  presignDownload(download: { key: string; seconds: number; fileName: string }): Promise<string>;
  /** The object, or null when there is none. Reads `maxBytes` at most. */
  read(key: string, maxBytes: number): Promise<ObjectContent | null>;
  /** The object as a stream, for one of any length, or null when there is none. */
  open(key: string): Promise<Readable | null>;
  /** Keys of all objects under a prefix that ends with a slash, in order. */
  list(prefix: string): AsyncIterable<string>;
  /** Removes an object, if there is one. */
  remove(key: string): Promise<void>;
  /** Removes every object under a prefix that ends with a slash. Returns how many there were. */
  removeFolder(prefix: string): Promise<number>;
}

/** The bucket S3_PRIVATE_BUCKET. Rejects with what the library throws when the store is away, silent or refuses. */
export async function createPrivateStore(
  config: PrivateStoreConfig,
  options: StoreOptions = {},
): Promise<PrivateStore & { stop(): void }> {
  const s3 = await connectS3(config, config.S3_PRIVATE_BUCKET, options);
  const { Upload } = await import('@aws-sdk/lib-storage');
  return {
    put: async (key, { body, contentType }) => {
      const object = {
        Bucket: s3.bucket,
        Key: key,
        ContentType: contentType,
        CacheControl: 'private, no-store',
      };
      // In one request up to 5 MiB, in parts beyond, which are given up when one of them fails.
      await new Upload({ client: s3.client, params: { ...object, Body: body } }).done();
    },
    presignUpload: s3.presignUpload,
    presignDownload: ({ key, seconds, fileName }) =>
      s3.presignDownload({ key, seconds, disposition: dispositionOf(fileName) }),
    read: s3.read,
    open: s3.open,
    list: (prefix) => list(s3, prefix),
    remove: s3.remove,
    removeFolder: (prefix) => removeFolder(s3, prefix),
    stop: s3.stop,
  };
}

const removedAtOnce = 20;

/** One by one, as not every store takes a list. */
async function removeFolder(s3: S3, prefix: string): Promise<number> {
  let removed = 0;
  for await (const keys of pagesOf(s3, prefix, removedAtOnce)) {
    await Promise.all(keys.map((key) => s3.remove(key)));
    removed += keys.length;
  }
  return removed;
}

async function* list(s3: S3, prefix: string): AsyncGenerator<string> {
  for await (const keys of pagesOf(s3, prefix, 1_000)) yield* keys;
}

/** Without the slash `ann` would be `anna` too, and nothing everything. */
async function* pagesOf({ sdk, client, bucket }: S3, prefix: string, pageSize: number) {
  if (!/[^/]\/$/.test(prefix)) throw new Error('A folder of the private store ends with a slash');
  const pages = sdk.paginateListObjectsV2({ client, pageSize }, { Bucket: bucket, Prefix: prefix });
  for await (const { Contents = [] } of pages) yield Contents.map(({ Key }) => Key!);
}
