import type { OutgoingHttpHeaders } from 'node:http';
import { s3Error } from './errors.js';
import type { ObjectAttributes, StoredObject } from './object-file.js';

/** Types a browser may show in place: none of them can run a script. */
const inlineTypes = new Set([
  'image/avif',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'video/mp4',
  'video/quicktime',
  'video/webm',
]);
const keptHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];
const defaultType = 'binary/octet-stream';
const maxMetadataBytes = 2048;

/** Picks what is kept with an object out of a request's headers or a form's fields. */
export function readAttributes(
  value: (name: string) => string | undefined,
  metadata: Record<string, string>,
): ObjectAttributes {
  const headers: Record<string, string> = {};
  for (const name of keptHeaders) {
    const text = withoutChunking(value(name));
    if (text) headers[name] = checkValue(name, text);
  }
  for (const [name, text] of Object.entries(metadata)) {
    checkValue(name, text);
    if (!/^[a-z0-9._-]+$/.test(name))
      throw s3Error('InvalidArgument', 'A metadata name has illegal characters.');
  }
  if (Object.entries(metadata).flat().join('').length > maxMetadataBytes) {
    throw s3Error('InvalidArgument', 'The metadata is longer than 2 kB.');
  }
  return { contentType: checkValue('content-type', value('content-type') || defaultType), headers, metadata };
}

/** The headers of GET and HEAD, with the `response-*` overrides of a signed query applied. */
export function objectHeaders(object: StoredObject, query: URLSearchParams): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { 'content-type': object.contentType, ...object.headers };
  for (const name of ['content-type', ...keptHeaders]) {
    const override = query.get(`response-${name}`);
    if (override) headers[name] = checkValue(name, override);
  }
  for (const [name, value] of Object.entries(object.metadata)) headers[`x-amz-meta-${name}`] = value;
  return {
    ...headers,
    'accept-ranges': 'bytes',
    'content-disposition': safeDisposition(String(headers['content-type']), headers['content-disposition']),
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    etag: object.etag,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
    'x-content-type-options': 'nosniff',
  };
}

function safeDisposition(contentType: string, asked: unknown): string {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  const disposition = typeof asked === 'string' ? asked : undefined;
  if (inlineTypes.has(type)) return disposition ?? 'inline';
  return disposition && /^attachment *(;|$)/i.test(disposition) ? disposition : 'attachment';
}

function withoutChunking(value: string | undefined): string | undefined {
  const encodings = value?.split(',').filter((each) => each.trim().toLowerCase() !== 'aws-chunked');
  return encodings?.join(',').trim();
}

function checkValue(name: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  throw s3Error('InvalidArgument', `The value of ${name} must be printable ASCII.`);
}
