import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { ObjectStore } from './index.js';
import { startObjectStore } from './index.js';

export const bucket = 'media';
export const privateBucket = 'private';
export const origin = 'http://app.example';
export const accessKeyId = 'test-key';
export const secretAccessKey = 'test-secret';

export type TestStore = Awaited<ReturnType<typeof startTestStore>>;

type Credentials = { accessKeyId: string; secretAccessKey: string };

export function createClient(endpoint: string, credentials: Credentials = { accessKeyId, secretAccessKey }) {
  return new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1, credentials });
}

/** A store in a folder of its own on a free port, with the real client of AWS for it. */
export async function startTestStore(options: { clock?: () => Date } = {}) {
  const dir = await mkdtemp(path.join(tmpdir(), 'object-store-'));
  const faults: unknown[] = [];
  const store: ObjectStore = await startObjectStore({
    port: 0,
    dir,
    accessKeyId,
    secretAccessKey,
    buckets: [bucket, privateBucket],
    corsOrigins: [origin],
    onError: (error) => faults.push(error),
    ...options,
  });
  const clientWith = (credentials: Credentials) => createClient(store.url, credentials);
  const client = clientWith({ accessKeyId, secretAccessKey });

  /** Paths of every file in the store: objects and unfinished uploads alike. */
  async function files(): Promise<string[]> {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  }

  async function stop(): Promise<void> {
    client.destroy();
    await store.stop();
    await rm(dir, { recursive: true, force: true });
  }

  return { url: store.url, dir, client, clientWith, faults, files, stop };
}

/** A presigned form for an image of 10 to 1,000 bytes. */
export function presignImage(client: S3Client, options: Partial<PresignedPostOptions> = {}) {
  return createPresignedPost(client, {
    Bucket: bucket,
    Key: 'uploads/cat.png',
    Conditions: [
      ['content-length-range', 10, 1000],
      ['starts-with', '$Content-Type', 'image/'],
    ],
    Fields: { 'Content-Type': 'image/png' },
    Expires: 60,
    ...options,
  });
}

export type Form = { url: string; fields: Record<string, string> };

export function postForm(form: Form, content: string | Buffer, filename = 'cat.png'): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append('file', new Blob([new Uint8Array(Buffer.from(content))]), filename);
  return fetch(form.url, { method: 'POST', body, headers: { origin } });
}

export function codeOf(xml: string): string | undefined {
  return /<Code>(\w+)<\/Code>/.exec(xml)?.[1];
}
