import { createHash } from 'node:crypto';
import { GetObjectCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** A form that a browser posts, its file last, straight to the store. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The part of an object store that media needs. */
export interface Storage {
  /** A form for exactly this key, content type and size. */
  presignUpload(upload: {
    key: string;
    contentType: string;
    sizeBytes: number;
    seconds: number;
  }): Promise<UploadForm>;
  /** A URL to read an object by; it need not exist. */
  presignDownload(download: { key: string; seconds: number }): Promise<string>;
  /** The object, or null when there is none. Reads `maxBytes` at most; `sizeBytes` is what it has in all. */
  read(key: string, maxBytes: number): Promise<{ bytes: Uint8Array; sizeBytes: number } | null>;
  /** Writes an object that is not there yet; one that is stays as it is. */
  putOnce(key: string, content: { bytes: Uint8Array; contentType: string }): Promise<void>;
  /** Removes an object, if there is one. */
  remove(key: string): Promise<void>;
}

export interface StorageOptions {
  readonly endpoint: string;
  readonly publicEndpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly forcePathStyle: boolean;
  /** Milliseconds after which a store that says nothing is given up. */
  readonly silenceMs: number;
}

const immutable = 'public, max-age=31536000, immutable';

/** Any S3-compatible store. */
export function createS3Storage(options: StorageOptions): Storage & { stop(): void } {
  const { bucket: Bucket } = options;
  const client = clientOf(options, options.endpoint);
  const signer = clientOf(options, options.publicEndpoint);
  return {
    presignUpload: ({ key, contentType, sizeBytes, seconds }) =>
      createPresignedPost(signer, {
        Bucket,
        Key: key,
        Fields: { 'Content-Type': contentType },
        Conditions: [['content-length-range', sizeBytes, sizeBytes]],
        Expires: seconds,
      }),
    presignDownload: ({ key, seconds }) =>
      getSignedUrl(signer, new GetObjectCommand({ Bucket, Key: key }), { expiresIn: seconds }),
    read: async (key, maxBytes) => {
      try {
        const range = `bytes=0-${maxBytes - 1}`;
        const { Body, ContentRange } = await client.send(
          new GetObjectCommand({ Bucket, Key: key, Range: range }),
        );
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        return { bytes, sizeBytes: Number(ContentRange?.split('/')[1] ?? bytes.length) };
      } catch (error) {
        if (isNamed(error, 'NoSuchKey', 'NotFound')) return null;
        // A range of an object without any byte.
        if (isNamed(error, 'InvalidRange')) return { bytes: new Uint8Array(), sizeBytes: 0 };
        throw error;
      }
    },
    putOnce: async (key, { bytes, contentType }) => {
      const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64');
      const put = {
        Bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
        CacheControl: immutable,
        ChecksumSHA256,
      };
      try {
        await client.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }));
      } catch (error) {
        if (!isNamed(error, 'PreconditionFailed')) throw error;
      }
    },
    remove: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    },
    stop: () => {
      client.destroy();
      signer.destroy();
    },
  };
}

function clientOf(options: StorageOptions, endpoint: string): S3Client {
  const { region, forcePathStyle, accessKeyId, secretAccessKey, silenceMs } = options;
  // The library takes this from the environment only, and says otherwise at every start that Node is getting old.
  // eslint-disable-next-line no-restricted-syntax -- a setting of the library, written and never read here
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return new S3Client({
    endpoint,
    region,
    forcePathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 2,
    // Without these a store that is reached and says nothing keeps people waiting for ever.
    requestHandler: { connectionTimeout: silenceMs, socketTimeout: silenceMs },
  });
}

const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);
