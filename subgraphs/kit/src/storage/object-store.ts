import { createHash } from 'node:crypto';
import type { ObjectStoreConfig } from './config.js';
import {
  connectS3,
  isNamed,
  type ObjectContent,
  type StoreOptions,
  type UploadForm,
  type UploadRequest,
} from './s3.js';

/** Files that browsers upload and many people read. */
export interface ObjectStore {
  /** A form for exactly this key, content type and size. */
  presignUpload(upload: UploadRequest): Promise<UploadForm>;
  /** A URL to read an object by; it need not exist. */
  presignDownload(download: { key: string; seconds: number }): Promise<string>;
  /** The object, or null when there is none. Reads `maxBytes` at most. */
  read(key: string, maxBytes: number): Promise<ObjectContent | null>;
  /** Writes an object that is not there yet; one that is stays as it is. Whoever has it keeps it for a year. */
  putOnce(key: string, content: { bytes: Uint8Array; contentType: string }): Promise<void>;
  /** Removes an object, if there is one. */
  remove(key: string): Promise<void>;
}

const immutable = 'public, max-age=31536000, immutable';

/** The bucket S3_BUCKET. Rejects with what the library throws when the store is away, silent or refuses. */
export async function createObjectStore(
  config: ObjectStoreConfig,
  options: StoreOptions = {},
): Promise<ObjectStore & { stop(): void }> {
  const { sdk, client, bucket, ...s3 } = await connectS3(config, config.S3_BUCKET, options);
  return {
    presignUpload: s3.presignUpload,
    presignDownload: ({ key, seconds }) => s3.presignDownload({ key, seconds }),
    read: s3.read,
    putOnce: async (key, { bytes, contentType }) => {
      const put = {
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        CacheControl: immutable,
        ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
      };
      try {
        await client.send(new sdk.PutObjectCommand({ ...put, IfNoneMatch: '*' }));
      } catch (error) {
        if (!isNamed(error, 'PreconditionFailed')) throw error;
      }
    },
    remove: s3.remove,
    stop: s3.stop,
  };
}
