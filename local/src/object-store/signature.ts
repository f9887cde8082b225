import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { s3Error } from './errors.js';
import type { S3Request } from './request.js';
import { amzValue, header } from './request.js';

// Source: AWS Signature Version 4 for S3, header, query and POST policy forms
// (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html).
const algorithm = 'AWS4-HMAC-SHA256';
const maxSkewMs = 15 * 60_000;
const maxPresignedSeconds = 7 * 24 * 3600;

export type Credentials = { accessKeyId: string; secretAccessKey: string; region: string };
export type Scope = { day: string; text: string; key: Buffer };

/** What a verified request says about its body. */
export type VerifiedSignature = { payloadHash: string; signature: string; timestamp: string; scope: Scope };

export type Verifier = ReturnType<typeof createVerifier>;

export function createVerifier(credentials: Credentials, clock: () => Date) {
  const scopeOf = (credential: string, timestamp: string) => readScope(credentials, credential, timestamp);

  /** Checks the Authorization header or the presigned query of a request; throws an S3 error otherwise. */
  function verifyRequest(request: S3Request): VerifiedSignature {
    const query = request.query.has('X-Amz-Signature');
    const claim = query ? readQueryClaim(request, clock()) : readHeaderClaim(request, clock());
    const scope = scopeOf(claim.credential, claim.timestamp);
    refuseUnsignedHeaders(request, claim.signedHeaders);
    const canonical = canonicalRequest(request, claim.signedHeaders, claim.payloadHash);
    const text = [algorithm, claim.timestamp, scope.text, sha256(canonical)].join('\n');
    if (!isSame(sign(scope, text), claim.signature)) {
      throw s3Error(
        'SignatureDoesNotMatch',
        'The request signature does not match the signature you provided.',
      );
    }
    return { payloadHash: claim.payloadHash, signature: claim.signature, timestamp: claim.timestamp, scope };
  }

  /** Checks the signature over a base64 POST policy. */
  function verifyPolicy(form: ReadonlyMap<string, string>): void {
    if (form.get('x-amz-algorithm') !== algorithm)
      throw s3Error('AccessDenied', 'A SigV4 policy is required.');
    const scope = scopeOf(form.get('x-amz-credential') ?? '', form.get('x-amz-date') ?? '');
    if (!isSame(sign(scope, form.get('policy') ?? ''), form.get('x-amz-signature') ?? '')) {
      throw s3Error(
        'SignatureDoesNotMatch',
        'The policy signature does not match the signature you provided.',
      );
    }
  }

  return { verifyRequest, verifyPolicy };
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

export function sign(scope: Scope, text: string): string {
  return createHmac('sha256', scope.key).update(text).digest('hex');
}

/** Compares two texts in a time that does not depend on where they differ. */
export function isSame(expected: string, actual: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(actual));
}

/** RFC 3986 encoding as SigV4 asks for it: everything but unreserved characters. */
export function encode(text: string): string {
  const encodeRest = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, encodeRest);
}

type Claim = {
  credential: string;
  timestamp: string;
  signedHeaders: string[];
  signature: string;
  payloadHash: string;
};

function readQueryClaim(request: S3Request, now: Date): Claim {
  const value = (name: string) => request.query.get(name) ?? '';
  if (value('X-Amz-Algorithm') !== algorithm) {
    throw s3Error('AuthorizationQueryParametersError', `X-Amz-Algorithm only supports ${algorithm}.`);
  }
  const seconds = /^\d{1,6}$/.test(value('X-Amz-Expires')) ? Number(value('X-Amz-Expires')) : 0;
  if (seconds < 1 || seconds > maxPresignedSeconds) {
    throw s3Error(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be between one second and a week.',
    );
  }
  const signedAt = readTimestamp(value('X-Amz-Date'));
  if (now.getTime() > signedAt + seconds * 1000) throw s3Error('AccessDenied', 'Request has expired');
  if (now.getTime() < signedAt - maxSkewMs) throw s3Error('AccessDenied', 'Request is not valid yet');
  return {
    credential: value('X-Amz-Credential'),
    timestamp: value('X-Amz-Date'),
    signedHeaders: value('X-Amz-SignedHeaders').split(';'),
    signature: value('X-Amz-Signature'),
    payloadHash: amzValue(request, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  };
}

function readHeaderClaim(request: S3Request, now: Date): Claim {
  const authorization = header(request, 'authorization');
  if (authorization === undefined) throw s3Error('AccessDenied', 'Anonymous access is forbidden.');
  const parts =
    /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!parts) throw s3Error('AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  const [, credential = '', signedHeaders = '', signature = ''] = parts;
  const timestamp = header(request, 'x-amz-date') ?? '';
  if (Math.abs(now.getTime() - readTimestamp(timestamp)) > maxSkewMs) {
    throw s3Error('RequestTimeTooSkewed', 'The request time and the server time are too far apart.');
  }
  const payloadHash = header(request, 'x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw s3Error('MissingSecurityHeader', 'The x-amz-content-sha256 header is missing.');
  }
  return { credential, timestamp, signedHeaders: signedHeaders.split(';'), signature, payloadHash };
}

/** An x-amz header that nobody signed could have been added by whoever holds the URL (a copy source, say). */
function refuseUnsignedHeaders(request: S3Request, signedHeaders: string[]): void {
  const needed = Object.keys(request.message.headers).filter((name) => name.startsWith('x-amz-'));
  const missing = ['host', ...needed].filter((name) => !signedHeaders.includes(name));
  if (missing.length > 0)
    throw s3Error('AccessDenied', `Headers present but not signed: ${missing.join(', ')}`);
}

function readScope(credentials: Credentials, credential: string, timestamp: string): Scope {
  const [accessKeyId = '', day = '', region, service, terminator, ...rest] = credential.split('/');
  if (!isSame(credentials.accessKeyId, accessKeyId)) {
    throw s3Error('InvalidAccessKeyId', 'The access key id you provided does not exist in our records.');
  }
  const isScope = region === credentials.region && service === 's3' && terminator === 'aws4_request';
  readTimestamp(timestamp);
  if (!isScope || rest.length > 0 || !timestamp.startsWith(`${day}T`)) {
    throw s3Error(
      'AccessDenied',
      `The credential scope must be <day>/${credentials.region}/s3/aws4_request.`,
    );
  }
  const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
  const regionKey = hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), credentials.region);
  const key = hmac(hmac(regionKey, 's3'), 'aws4_request');
  return { day, text: `${day}/${credentials.region}/s3/aws4_request`, key };
}

function readTimestamp(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  const time = parts ? Date.parse(`${parts.slice(1, 4).join('-')}T${parts.slice(4).join(':')}Z`) : Number.NaN;
  if (Number.isNaN(time)) throw s3Error('AccessDenied', 'The date must be in the ISO 8601 basic format.');
  return time;
}

function canonicalRequest(request: S3Request, signedHeaders: string[], payloadHash: string): string {
  const parameters = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
  return [
    request.method,
    request.segments.map(encode).join('/'),
    parameters.map((pair) => pair.join('=')).join('&'),
    ...signedHeaders.map((name) => `${name}:${(header(request, name) ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
