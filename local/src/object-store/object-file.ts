import type { FileHandle } from 'node:fs/promises';

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

/** The end of an object's file: its description as JSON, then the length of that JSON in four bytes. */
export function toTrailer(object: StoredObject): Buffer {
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
