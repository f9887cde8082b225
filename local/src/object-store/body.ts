import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodeAwsChunks } from './aws-chunks.js';
import { checksumNames, createChecksums } from './checksums.js';
import { s3Error } from './errors.js';
import type { SizeLimits } from './policy.js';
import { maxObjectBytes } from './policy.js';
import type { S3Request } from './request.js';
import { header } from './request.js';
import type { VerifiedSignature } from './signature.js';
import { isSame } from './signature.js';

const signedChunks = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const unsignedChunks = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/**
 * The decoded bytes of an upload. The iteration throws when the body turns out not to be what the request
 * promised, so whoever stores it only keeps a body that ended well.
 */
export function uploadBody(request: S3Request, signature: VerifiedSignature): AsyncIterable<Buffer> {
  const { payloadHash } = signature;
  const raw = rawBody(request.message);
  const expected = expectedChecksums(request);
  if (payloadHash === signedChunks || payloadHash === unsignedChunks) {
    const onTrailers = (trailers: Map<string, string>) =>
      trailers.forEach((value, name) => expected.set(name, value));
    const seed = payloadHash === signedChunks ? signature : undefined;
    const decoded = decodeAwsChunks(raw, { ...(seed && { seed }), onTrailers });
    const limits = { ...declaredLength(request), code: 'IncompleteBody' as const };
    return checksummed(limitBytes(decoded, limits), expected, request);
  }
  if (payloadHash.startsWith('STREAMING-')) {
    throw s3Error('NotImplemented', `The payload form ${payloadHash} is not supported.`);
  }
  const hashed = payloadHash === 'UNSIGNED-PAYLOAD' ? raw : matchingHash(raw, payloadHash);
  return checksummed(limitBytes(hashed, { minBytes: 0, maxBytes: maxObjectBytes }), expected, request);
}

/** Passes bytes on and fails the moment there are more of them, or at the end fewer, than allowed. */
export async function* limitBytes(
  body: AsyncIterable<Buffer>,
  limits: SizeLimits & { code?: 'IncompleteBody' },
): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limits.maxBytes) {
      throw s3Error(limits.code ?? 'EntityTooLarge', `The upload exceeds ${limits.maxBytes} bytes.`);
    }
    yield chunk;
  }
  if (size < limits.minBytes) {
    throw s3Error(limits.code ?? 'EntityTooSmall', `The upload is smaller than ${limits.minBytes} bytes.`);
  }
}

/** Iterates without destroying the connection when the consumer stops early: an error answer must still go out. */
function rawBody(message: IncomingMessage): AsyncIterable<Buffer> {
  return message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

function declaredLength(request: S3Request): SizeLimits {
  const declared = header(request, 'x-amz-decoded-content-length') ?? '';
  if (!/^\d{1,15}$/.test(declared)) {
    throw s3Error('InvalidArgument', 'An aws-chunked body needs x-amz-decoded-content-length.');
  }
  if (Number(declared) > maxObjectBytes)
    throw s3Error('EntityTooLarge', 'The upload exceeds the maximum size.');
  return { minBytes: Number(declared), maxBytes: Number(declared) };
}

/**
 * Checksums sent as headers. Those in a presigned URL are left aside: signing clients put the checksum of an empty
 * body there, whatever is uploaded later.
 */
function expectedChecksums(request: S3Request): Map<string, string> {
  const expected = new Map<string, string>();
  for (const name of checksumNames) {
    const value = header(request, name);
    if (value !== undefined) expected.set(name, value);
  }
  return expected;
}

async function* checksummed(
  body: AsyncIterable<Buffer>,
  expected: Map<string, string>,
  request: S3Request,
): AsyncGenerator<Buffer> {
  const trailers = (header(request, 'x-amz-trailer') ?? '').toLowerCase().split(',');
  const checksums = createChecksums(new Set([...expected.keys(), ...trailers.map((name) => name.trim())]));
  for await (const chunk of body) {
    checksums.update(chunk);
    yield chunk;
  }
  checksums.verify(expected);
}

async function* matchingHash(body: AsyncIterable<Buffer>, expected: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
  if (!isSame(hash.digest('hex'), expected)) {
    throw s3Error('XAmzContentSHA256Mismatch', 'The x-amz-content-sha256 header does not match the body.');
  }
}
