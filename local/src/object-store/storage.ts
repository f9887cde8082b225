import { createHash, randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { s3Error } from './errors.js';
import type { ObjectAttributes, StoredObject } from './object-file.js';
import { readTrailer, writeObject } from './object-file.js';

export type Place = { bucket: string; key: string };
/** `etag` is the hash of the bytes unless given. */
export type PutOptions = { onlyIfAbsent?: boolean; etag?: string };
export type OpenObject = { object: StoredObject; file: FileHandle };
export type Storage = Awaited<ReturnType<typeof createStorage>>;

const maxKeyBytes = 1024;

/**
 * Objects in a folder. An object is one file, its bytes followed by its description, named by the hash of its key:
 * a key never becomes a path, and a rename replaces content and description at once.
 */
export async function createStorage({ dir, clock }: { dir: string; clock: () => Date }) {
  const incoming = path.join(dir, '.incoming');
  await mkdir(incoming, { recursive: true });
  const leftovers = await readdir(incoming);

  /** Removes what a crash left of uploads. Call it once the port is won: until then another process may be at work. */
  async function removeLeftovers(): Promise<void> {
    for (const name of leftovers) await rm(path.join(incoming, name), { force: true, recursive: true });
  }

  async function createBucket(bucket: string): Promise<void> {
    await mkdir(bucketPath(dir, bucket), { recursive: true });
  }

  async function hasBucket(bucket: string): Promise<boolean> {
    const found = await stat(bucketPath(dir, bucket)).catch(nothingWhenMissing);
    return found !== undefined;
  }

  async function requireBucket(bucket: string): Promise<void> {
    if (!(await hasBucket(bucket))) throw s3Error('NoSuchBucket', 'The specified bucket does not exist.');
  }

  /** Stores a body that ends well; a body that throws leaves nothing behind. */
  async function put(
    place: Place & PutOptions,
    attributes: ObjectAttributes,
    body: AsyncIterable<Buffer>,
  ): Promise<StoredObject> {
    const target = objectPath(dir, place);
    await requireBucket(place.bucket);
    const temporary = path.join(incoming, randomUUID());
    try {
      const object = await writeObject(temporary, body, {
        ...attributes,
        ...(place.etag !== undefined && { etag: place.etag }),
        key: place.key,
        modifiedAt: clock().toISOString(),
      });
      await mkdir(path.dirname(target), { recursive: true });
      await (place.onlyIfAbsent ? linkIfAbsent(temporary, target) : rename(temporary, target));
      return object;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** The caller closes the file. An object replaced meanwhile stays readable through it. */
  async function openObject(place: Place): Promise<OpenObject> {
    const target = objectPath(dir, place);
    await requireBucket(place.bucket);
    const file = await open(target).catch(nothingWhenMissing);
    if (!file) throw s3Error('NoSuchKey', 'The specified key does not exist.');
    try {
      return { object: await readTrailer(file), file };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async function remove(place: Place): Promise<void> {
    await requireBucket(place.bucket);
    await rm(objectPath(dir, place), { force: true });
  }

  /** Every object whose key begins with the prefix, in the byte order of keys. */
  async function list(bucket: string, prefix: string): Promise<StoredObject[]> {
    await requireBucket(bucket);
    const entries = await readdir(bucketPath(dir, bucket), { recursive: true, withFileTypes: true });
    const objects: StoredObject[] = [];
    for (const entry of entries.filter((each) => each.isFile())) {
      const file = await open(path.join(entry.parentPath, entry.name)).catch(nothingWhenMissing);
      if (!file) continue;
      const object = await readTrailer(file).finally(() => file.close());
      if (object.key.startsWith(prefix)) objects.push(object);
    }
    return objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  return { incoming, removeLeftovers, requireBucket, createBucket, hasBucket, put, openObject, remove, list };
}

/** Refuses keys that a client or a copy of the bucket elsewhere could read as a path out of it. */
export function checkKey(key: string): void {
  if (key === '') throw s3Error('InvalidArgument', 'The key is empty.');
  if (Buffer.byteLength(key) > maxKeyBytes) throw s3Error('KeyTooLongError', 'Your key is too long.');
  // eslint-disable-next-line no-control-regex -- they break XML listings and headers
  if (/[\u0000-\u001f\u007f]/.test(key)) throw s3Error('InvalidArgument', 'The key has control characters.');
  if (key.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')) {
    throw s3Error('InvalidArgument', 'The key has a relative path segment.');
  }
}

async function linkIfAbsent(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw s3Error('PreconditionFailed', 'An object with this key exists already.');
  }
}

function bucketPath(dir: string, bucket: string): string {
  const isBucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && !bucket.includes('..');
  if (!isBucket) throw s3Error('InvalidBucketName', 'The specified bucket is not valid.');
  return path.join(dir, bucket);
}

function objectPath(dir: string, { bucket, key }: Place): string {
  checkKey(key);
  const name = createHash('sha256').update(key).digest('hex');
  return path.join(bucketPath(dir, bucket), name.slice(0, 2), name.slice(2));
}

export function nothingWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
