import type { Answer } from './answer.js';
import { objectHeaders, readAttributes } from './attributes.js';
import { uploadBody } from './body.js';
import { s3Error } from './errors.js';
import type { ObjectAttributes } from './object-file.js';
import type { S3Request } from './request.js';
import { amzValue, header, metadataOf } from './request.js';
import type { VerifiedSignature } from './signature.js';
import type { OpenObject, Place, Storage } from './storage.js';
import { checkKey } from './storage.js';
import { toXml } from './xml.js';

/** GetObject and HeadObject, with one byte range and If-None-Match. */
export async function readObject(storage: Storage, request: S3Request): Promise<Answer> {
  const opened = await storage.openObject(request);
  try {
    return answerRead(opened, request);
  } catch (error) {
    await opened.file.close();
    throw error;
  }
}

function answerRead(opened: OpenObject, request: S3Request): Answer {
  const { object } = opened;
  const headers = objectHeaders(object, request.query);
  if (header(request, 'if-none-match') === object.etag) {
    return { status: 304, headers, content: { from: opened, start: 0, length: 0 } };
  }
  const range = parseRange(header(request, 'range'), object.size);
  if (!range) return { status: 200, headers, content: { from: opened, start: 0, length: object.size } };
  const length = range.end - range.start + 1;
  const contentRange = `bytes ${range.start}-${range.end}/${object.size}`;
  const content = { from: opened, start: range.start, length };
  return { status: 206, headers: { ...headers, 'content-range': contentRange }, content };
}

/** PutObject, and CopyObject when the request names a source. */
export async function putObject(
  storage: Storage,
  request: S3Request,
  signature: VerifiedSignature,
): Promise<Answer> {
  const place = { bucket: request.bucket, key: request.key, onlyIfAbsent: isOnlyIfAbsent(request) };
  const source = amzValue(request, 'x-amz-copy-source');
  if (source !== undefined) return copyObject(storage, request, { from: parseSource(source), to: place });
  const { etag } = await storage.put(place, attributesOf(request), uploadBody(request, signature));
  return { status: 200, headers: { etag } };
}

export async function deleteObject(storage: Storage, request: S3Request): Promise<Answer> {
  await storage.remove(request);
  return { status: 204 };
}

async function copyObject(
  storage: Storage,
  request: S3Request,
  { from, to }: { from: Place; to: Place & { onlyIfAbsent: boolean } },
): Promise<Answer> {
  const { object, file } = await storage.openObject(from);
  try {
    const isReplaced = amzValue(request, 'x-amz-metadata-directive') === 'REPLACE';
    const { contentType, headers, metadata } = isReplaced ? attributesOf(request) : object;
    // An empty range cannot be said to createReadStream: its end is inclusive.
    const body = object.size === 0 ? emptyBody() : file.createReadStream({ start: 0, end: object.size - 1 });
    const copy = await storage.put(to, { contentType, headers, metadata }, body as AsyncIterable<Buffer>);
    const result = toXml([
      'CopyObjectResult',
      [
        ['ETag', copy.etag],
        ['LastModified', copy.modifiedAt],
      ],
    ]);
    return { status: 200, xml: result };
  } finally {
    await file.close();
  }
}

/** Whether the write must not replace an object. */
export function isOnlyIfAbsent(request: S3Request): boolean {
  const ifNoneMatch = header(request, 'if-none-match');
  if ((ifNoneMatch !== undefined && ifNoneMatch !== '*') || header(request, 'if-match') !== undefined) {
    throw s3Error('NotImplemented', 'Of the conditional writes only If-None-Match: * is supported.');
  }
  return ifNoneMatch === '*';
}

export function attributesOf(request: S3Request): ObjectAttributes {
  return readAttributes((name) => header(request, name), metadataOf(request));
}

function parseSource(source: string): Place {
  try {
    const [bucket = '', ...key] = decodeURIComponent(source).replace(/^\//, '').split('/');
    checkKey(key.join('/'));
    return { bucket, key: key.join('/') };
  } catch (error) {
    if (error instanceof URIError)
      throw s3Error('InvalidArgument', 'The copy source is not percent-encoded.');
    throw error;
  }
}

/** RFC 9110 ranges: a form that is not understood, or several ranges at once, mean the whole object. */
function parseRange(range: string | undefined, size: number): { start: number; end: number } | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  const [, first = '', last = ''] = parts ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (start > end) {
    throw s3Error('InvalidRange', 'The requested range is not satisfiable.', {
      'content-range': `bytes */${size}`,
    });
  }
  return { start, end };
}

async function* emptyBody(): AsyncGenerator<Buffer> {}
