import type { Readable } from 'node:stream';
import type { StoreAccess } from './config.js';

export interface StoreOptions {
  /** Milliseconds after which a store that says nothing is given up; 5,000 unless given. */
  readonly silenceMs?: number;
}

/** An object as far as it was read; `sizeBytes` is what it has in all. */
export interface ObjectContent {
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
}

/** A form that a browser posts, its file last, straight to the store. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A file that the store is to take: of exactly this key, content type and size, for so long. */
export interface UploadRequest {
  readonly key: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly seconds: number;
}

export type S3 = Awaited<ReturnType<typeof connectS3>>;

/** Loads the library and speaks to one bucket: `client` from here, `signer` in the words of browsers. */
export async function connectS3(access: StoreAccess, bucket: string, { silenceMs = 5_000 }: StoreOptions) {
  // The library takes this from the environment only, and says otherwise at every start that Node is getting old.
  // eslint-disable-next-line no-restricted-syntax -- a setting of the library, written and never read here
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const sdk = await import('@aws-sdk/client-s3');
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  const { createPresignedPost } = await import('@aws-sdk/s3-presigned-post');
  const clientOf = (endpoint: string) =>
    new sdk.S3Client({
      endpoint,
      region: access.S3_REGION,
      forcePathStyle: access.S3_FORCE_PATH_STYLE,
      credentials: { accessKeyId: access.S3_ACCESS_KEY_ID, secretAccessKey: access.S3_SECRET_ACCESS_KEY },
      maxAttempts: 2,
      // Without these a store that is reached and says nothing keeps people waiting for ever.
      requestHandler: { connectionTimeout: silenceMs, socketTimeout: silenceMs },
    });
  const client = clientOf(access.S3_ENDPOINT);
  const signer = clientOf(access.S3_PUBLIC_ENDPOINT ?? access.S3_ENDPOINT);

  async function read(key: string, maxBytes: number): Promise<ObjectContent | null> {
    try {
      const place = { Bucket: bucket, Key: key };
      const range = `bytes=0-${maxBytes - 1}`;
      const answer = await client.send(new sdk.GetObjectCommand({ ...place, Range: range }));
      const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { bytes, sizeBytes: Number(answer.ContentRange?.split('/')[1] ?? bytes.length) };
    } catch (error) {
      if (isNamed(error, 'NoSuchKey', 'NotFound')) return null;
      // A range of an object without any byte.
      if (isNamed(error, 'InvalidRange')) return { bytes: new Uint8Array(), sizeBytes: 0 };
      throw error;
    }
  }

  async function open(key: string): Promise<Readable | null> {
    try {
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body as Readable; // What the library answers in Node.
    } catch (error) {
      if (isNamed(error, 'NoSuchKey', 'NotFound')) return null;
      throw error;
    }
  }

  async function remove(key: string): Promise<void> {
    await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key }));
  }

  const presignUpload = ({ key, contentType, sizeBytes, seconds }: UploadRequest): Promise<UploadForm> =>
    createPresignedPost(signer, {
      Bucket: bucket,
      Key: key,
      Fields: { 'Content-Type': contentType },
      Conditions: [['content-length-range', sizeBytes, sizeBytes]],
      Expires: seconds,
    });

  const presignDownload = (download: { key: string; seconds: number; disposition?: string }) =>
    getSignedUrl(
      signer,
      new sdk.GetObjectCommand({
        Bucket: bucket,
        Key: download.key,
        ...(download.disposition !== undefined && { ResponseContentDisposition: download.disposition }),
      }),
      { expiresIn: download.seconds },
    );

  function stop(): void {
    client.destroy();
    signer.destroy();
  }

  return { sdk, client, bucket, read, open, remove, presignUpload, presignDownload, stop };
}

export const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);
