import type { Answer } from './answer.js';
import { limitBytes, uploadBody } from './body.js';
import { s3Error } from './errors.js';
import { attributesOf, isOnlyIfAbsent } from './objects.js';
import type { ListedPart, PartedUploads } from './parted-uploads.js';
import type { S3Request } from './request.js';
import { amzValue, header } from './request.js';
import { encode, type VerifiedSignature } from './signature.js';
import { childText, elementsOf, toXml } from './xml.js';

const maxParts = 10_000;
/** Ten thousand parts with their tags and checksums. */
const maxListBytes = 4 * 2 ** 20;

export const isMultipart = ({ query }: S3Request): boolean => query.has('uploads') || query.has('uploadId');

/** CreateMultipartUpload, UploadPart, CompleteMultipartUpload and AbortMultipartUpload. */
export async function answerMultipart(
  uploads: PartedUploads,
  request: S3Request,
  signature: VerifiedSignature,
): Promise<Answer> {
  const { method, bucket, key, query } = request;
  const uploadId = query.get('uploadId');
  const upload = { bucket, key, uploadId: uploadId ?? '' };
  if (key !== '' && uploadId === null && method === 'POST') return begin(uploads, request);
  if (key !== '' && uploadId !== null) {
    if (method === 'PUT') {
      const part = await uploads.addPart(upload, partNumber(request), uploadBody(request, signature));
      return { status: 200, headers: { etag: part.etag } };
    }
    if (method === 'POST') {
      const onlyIfAbsent = isOnlyIfAbsent(request);
      const parts = await readParts(request, signature);
      const { etag } = await uploads.complete({ ...upload, onlyIfAbsent }, parts);
      return completed(request, etag);
    }
    if (method === 'DELETE') {
      await uploads.abort(upload);
      return { status: 204 };
    }
  }
  throw s3Error('NotImplemented', 'Uploads in parts cannot be listed.');
}

async function begin(uploads: PartedUploads, request: S3Request): Promise<Answer> {
  const { bucket, key } = request;
  const uploadId = await uploads.begin({ bucket, key }, attributesOf(request));
  const xml = toXml([
    'InitiateMultipartUploadResult',
    [
      ['Bucket', bucket],
      ['Key', key],
      ['UploadId', uploadId],
    ],
  ]);
  return { status: 200, xml };
}

function completed(request: S3Request, etag: string): Answer {
  const { bucket, key } = request;
  const location = `http://${header(request, 'host')}/${bucket}/${key.split('/').map(encode).join('/')}`;
  const xml = toXml([
    'CompleteMultipartUploadResult',
    [
      ['Location', location],
      ['Bucket', bucket],
      ['Key', key],
      ['ETag', etag],
    ],
  ]);
  return { status: 200, headers: { etag }, xml };
}

function partNumber(request: S3Request): number {
  if (amzValue(request, 'x-amz-copy-source') !== undefined) {
    throw s3Error('NotImplemented', 'Parts cannot be copied from objects.');
  }
  const number = readNumber(request.query.get('partNumber') ?? '');
  if (number === undefined)
    throw s3Error('InvalidArgument', `The part number must be between 1 and ${maxParts}.`);
  return number;
}

const readNumber = (text: string): number | undefined => {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= maxParts ? number : undefined;
};

/** The list of parts that ends an upload. */
async function readParts(request: S3Request, signature: VerifiedSignature): Promise<ListedPart[]> {
  refuseWholeChecks(request);
  const chunks: Buffer[] = [];
  const limits = { minBytes: 0, maxBytes: maxListBytes };
  for await (const chunk of limitBytes(uploadBody(request, signature), limits)) chunks.push(chunk);
  const parts = elementsOf(Buffer.concat(chunks).toString('utf8'), 'Part').map((part) => ({
    number: readNumber(childText(part, 'PartNumber') ?? ''),
    etag: /^"?([0-9a-f]{32})"?$/.exec(childText(part, 'ETag') ?? '')?.[1],
  }));
  if (parts.length === 0 || parts.length > maxParts) throw malformed();
  return parts.map(({ number, etag }, index) => {
    if (number === undefined) throw malformed();
    if (etag === undefined) throw s3Error('InvalidPart', `Part ${number} has no tag of ours.`);
    if (number <= (parts[index - 1]?.number ?? 0)) {
      throw s3Error('InvalidPartOrder', 'The parts are not in ascending order.');
    }
    return { number, etag: `"${etag}"` };
  });
}

/** Checks of the whole object would be taken for checks of the list. */
function refuseWholeChecks({ message }: S3Request): void {
  const name = Object.keys(message.headers).find((each) => /^x-amz-(checksum-|mp-object-size$)/.test(each));
  if (name !== undefined) throw s3Error('NotImplemented', `The header ${name} is not supported here.`);
}

const malformed = () => s3Error('MalformedXML', 'The list of parts is not well-formed.');
