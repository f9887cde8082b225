import type { Answer } from './answer.js';
import { s3Error } from './errors.js';
import type { StoredObject } from './object-file.js';
import type { S3Request } from './request.js';
import { encode } from './signature.js';
import type { Storage } from './storage.js';
import type { XmlElement } from './xml.js';
import { toXml } from './xml.js';

const maxPageSize = 1000;

export async function createBucket(storage: Storage, { bucket }: S3Request): Promise<Answer> {
  await storage.createBucket(bucket);
  return { status: 200, headers: { location: `/${bucket}` } };
}

export async function headBucket(storage: Storage, { bucket }: S3Request): Promise<Answer> {
  return { status: (await storage.hasBucket(bucket)) ? 200 : 404 };
}

/** ListObjectsV2. The continuation token is the last key or common prefix of the page before. */
export async function listObjects(storage: Storage, { bucket, query }: S3Request): Promise<Answer> {
  if (query.get('list-type') !== '2')
    throw s3Error('NotImplemented', 'Only version 2 of listing is supported.');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const after =
    token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const entries = group(await storage.list(bucket, prefix), { prefix, delimiter }).filter(
    ({ name }) => after === '' || Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0,
  );
  const size = pageSize(query.get('max-keys'));
  const page = entries.slice(0, size);
  const isTruncated = page.length > 0 && entries.length > page.length;
  const text = query.get('encoding-type') === 'url' ? encode : (key: string) => key;
  const next = Buffer.from(page.at(-1)?.name ?? '').toString('base64url');
  return {
    status: 200,
    xml: toXml([
      'ListBucketResult',
      [
        ['Name', bucket],
        ['Prefix', text(prefix)],
        ...(delimiter === '' ? [] : [['Delimiter', text(delimiter)] satisfies XmlElement]),
        ['MaxKeys', size],
        ['KeyCount', page.length],
        ['IsTruncated', isTruncated],
        ...(isTruncated ? [['NextContinuationToken', next] satisfies XmlElement] : []),
        ...page.map((entry) => toElement(entry, text)),
      ],
    ]),
  };
}

type Entry = { name: string; object?: StoredObject };

/** Folds keys that share what comes before a delimiter into one common prefix. */
function group(
  objects: StoredObject[],
  { prefix, delimiter }: { prefix: string; delimiter: string },
): Entry[] {
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const entry =
      end < 0 ? { name: object.key, object } : { name: object.key.slice(0, end + delimiter.length) };
    entries.set(entry.name, entry);
  }
  return [...entries.values()];
}

function toElement({ name, object }: Entry, text: (key: string) => string): XmlElement {
  if (!object) return ['CommonPrefixes', [['Prefix', text(name)]]];
  return [
    'Contents',
    [
      ['Key', text(name)],
      ['LastModified', object.modifiedAt],
      ['ETag', object.etag],
      ['Size', object.size],
      ['StorageClass', 'STANDARD'],
    ],
  ];
}

function pageSize(asked: string | null): number {
  if (asked === null) return maxPageSize;
  if (!/^\d{1,9}$/.test(asked)) throw s3Error('InvalidArgument', 'max-keys is not a number.');
  return Math.min(Number(asked), maxPageSize);
}
