import type { IncomingMessage } from 'node:http';
import { s3Error } from './errors.js';

/**
 * What the client asked for, read from the raw request line. The WHATWG URL class is not used on purpose: it
 * resolves `..` and `%2e%2e`, so that a key could silently turn into another bucket.
 */
export type S3Request = {
  method: string;
  message: IncomingMessage;
  /** Each path segment decoded, still apart, so that an encoded slash stays what it was when signing. */
  segments: string[];
  bucket: string;
  key: string;
  query: URLSearchParams;
};

export function parseRequest(message: IncomingMessage): S3Request {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const segments = path.split('/').map(decodeSegment);
  const [, bucket = '', ...rest] = segments;
  const query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
  return { method: message.method ?? 'GET', message, segments, bucket, key: rest.join('/'), query };
}

export function header(request: S3Request, name: string): string | undefined {
  const value = request.message.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

/** An `x-amz-*` value: presigned URLs carry in the query what other requests carry as headers. */
export function amzValue(request: S3Request, name: string): string | undefined {
  const direct = header(request, name);
  if (direct !== undefined || !request.query.has('X-Amz-Signature')) return direct;
  for (const [parameter, value] of request.query) {
    if (parameter.toLowerCase() === name) return value;
  }
  return undefined;
}

/** All `x-amz-meta-*` values, names without the prefix. */
export function metadataOf(request: S3Request): Record<string, string> {
  const names = [...Object.keys(request.message.headers), ...request.query.keys()];
  const metadata: Record<string, string> = {};
  for (const name of names.map((each) => each.toLowerCase())) {
    const value = name.startsWith('x-amz-meta-') ? amzValue(request, name) : undefined;
    if (value !== undefined) metadata[name.slice('x-amz-meta-'.length)] = value;
  }
  return metadata;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw s3Error('InvalidURI', 'The request path is not valid percent-encoded UTF-8.');
  }
}
