import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** What a client says about an object: answered with it again on reading. */
export type ObjectAttributes = {
  contentType: string;
  /** Plain response headers kept with the object, such as cache-control. */
  headers: Record<string, string>;
  /** The `x-amz-meta-*` values, names without the prefix. */
  metadata: Record<string, string>;
};

export type StoredObject = ObjectAttributes & { key: string; size: number; etag: string; modifiedAt: string };

const lengthBytes = 4;
const maxTrailerBytes = 64 * 1024;

/** What is known of an object before its bytes are; its tag is their hash unless given. */
export type ObjectDescription = Omit<StoredObject, 'size' | 'etag'> & { etag?: string };

/** Writes bytes and description into a new file, and has them on the disk when it resolves. */
export async function writeObject(
  target: string,
  body: AsyncIterable<Buffer>,
  description: ObjectDescription,
): Promise<StoredObject> {
  const hash = createHash('md5');
  let size = 0;
  let object: StoredObject | undefined;
  const file = await open(target, 'wx');
  await pipeline(
    body,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
      object = { etag: `"${hash.digest('hex')}"`, ...description, size };
      yield toTrailer(object);
    },
    file.createWriteStream({ flush: true }),
  );
  if (!object) throw new Error('An upload ended without a description');
  return object;
}

/** The end of an object's file: its description as JSON, then the length of that JSON in four bytes. */
function toTrailer(object: StoredObject): Buffer {
  const json = Buffer.from(JSON.stringify(object));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(json.length);
  return Buffer.concat([json, length]);
}

export async function readTrailer(file: FileHandle): Promise<StoredObject> {
  const { size } = await file.stat();
  const length = (await readAt(file, size - lengthBytes, lengthBytes)).readUInt32BE();
  if (length > maxTrailerBytes) throw new Error('An object file is damaged: its description is too long');
  const json = await readAt(file, size - lengthBytes - length, length);
  return JSON.parse(json.toString('utf8')) as StoredObject;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length)
    throw new Error('An object file is damaged: it is shorter than its description says');
  return buffer;
}
