import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { s3Error } from './errors.js';
import type { ObjectAttributes, StoredObject } from './object-file.js';
import { readTrailer, writeObject } from './object-file.js';
import type { Place, Storage } from './storage.js';
import { checkKey, nothingWhenMissing } from './storage.js';

export type PartedUpload = Place & { uploadId: string };
/** A part as the client lists it in the end: its number and the tag it was given. */
export type ListedPart = { number: number; etag: string };
export type PartedUploads = ReturnType<typeof createPartedUploads>;

/** Of every part but the last. */
const minPartBytes = 5 * 2 ** 20;

/**
 * Uploads in parts. Each is a folder beside the uploads under way, until it is put together or given up; what is left at
 * the next start goes with the other leftovers.
 */
export function createPartedUploads(storage: Storage, clock: () => Date) {
  const folderOf = (uploadId: string) => path.join(storage.incoming, uploadId);

  async function begin({ bucket, key }: Place, attributes: ObjectAttributes): Promise<string> {
    checkKey(key);
    await storage.requireBucket(bucket);
    const uploadId = randomUUID();
    await mkdir(folderOf(uploadId));
    await writeFile(
      path.join(folderOf(uploadId), 'upload.json'),
      JSON.stringify({ bucket, key, attributes }),
    );
    return uploadId;
  }

  async function find({ bucket, key, uploadId }: PartedUpload) {
    if (!/^[0-9a-f-]{36}$/.test(uploadId)) throw noSuchUpload();
    const folder = folderOf(uploadId);
    const text = await readFile(path.join(folder, 'upload.json'), 'utf8').catch(nothingWhenMissing);
    if (text === undefined) throw noSuchUpload();
    const upload = JSON.parse(text) as Place & { attributes: ObjectAttributes };
    if (upload.bucket !== bucket || upload.key !== key) throw noSuchUpload();
    return { folder, attributes: upload.attributes };
  }

  /** Keeps a part; one of the same number is replaced. */
  async function addPart(
    upload: PartedUpload,
    number: number,
    body: AsyncIterable<Buffer>,
  ): Promise<StoredObject> {
    const { folder, attributes } = await find(upload);
    const temporary = path.join(storage.incoming, randomUUID());
    try {
      const description = { ...attributes, key: upload.key, modifiedAt: clock().toISOString() };
      const part = await writeObject(temporary, body, description);
      await rename(temporary, path.join(folder, String(number))).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? noSuchUpload() : error; // given up meanwhile
      });
      return part;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Puts the listed parts together; when one of them is not what the list says, nothing changes. */
  async function complete(
    upload: PartedUpload & { onlyIfAbsent: boolean },
    parts: readonly ListedPart[],
  ): Promise<StoredObject> {
    const { folder, attributes } = await find(upload);
    const object = await storage.put(
      { ...upload, etag: joinedTag(parts) },
      attributes,
      bytesOf(folder, parts),
    );
    await discard(folder);
    return object;
  }

  async function abort(upload: PartedUpload): Promise<void> {
    await discard((await find(upload)).folder);
  }

  return { begin, addPart, complete, abort };
}

/** The rename takes it away at once, so that no part can still arrive in it. */
async function discard(folder: string): Promise<void> {
  await rename(folder, `${folder}.gone`).catch(nothingWhenMissing);
  await rm(`${folder}.gone`, { recursive: true, force: true });
}

async function* bytesOf(folder: string, parts: readonly ListedPart[]): AsyncGenerator<Buffer> {
  for (const [index, { number, etag }] of parts.entries()) {
    const file = await open(path.join(folder, String(number))).catch(nothingWhenMissing);
    if (!file) throw invalidPart(number);
    try {
      const part = await readTrailer(file);
      if (part.etag !== etag) throw invalidPart(number);
      if (part.size < minPartBytes && index < parts.length - 1) {
        throw s3Error('EntityTooSmall', `Part ${number} is smaller than ${minPartBytes} bytes.`);
      }
      // An empty range cannot be said to createReadStream: its end is inclusive.
      if (part.size === 0) continue;
      yield* file.createReadStream({
        start: 0,
        end: part.size - 1,
        autoClose: false,
      }) as AsyncIterable<Buffer>;
    } finally {
      await file.close();
    }
  }
}

/** As S3 makes it: the hash of the hashes, and how many there were. */
function joinedTag(parts: readonly ListedPart[]): string {
  const hashes = parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
  return `"${createHash('md5').update(Buffer.concat(hashes)).digest('hex')}-${parts.length}"`;
}

const noSuchUpload = () => s3Error('NoSuchUpload', 'The specified upload does not exist.');

const invalidPart = (number: number) =>
  s3Error('InvalidPart', `Part ${number} was not found, or its tag is another.`);
