import { readAttributes } from './attributes.js';
import { limitBytes } from './body.js';
import { s3Error } from './errors.js';
import type { UploadForm } from './form.js';
import { readForm } from './form.js';
import type { ObjectAttributes } from './object-file.js';
import { checkPolicy, parsePolicy } from './policy.js';
import type { Answer } from './answer.js';
import type { S3Request } from './request.js';
import { header } from './request.js';
import type { Verifier } from './signature.js';
import { encode } from './signature.js';
import type { Storage } from './storage.js';
import { toXml } from './xml.js';

export type PostDependencies = { storage: Storage; verifier: Verifier; clock: () => Date };

/** A browser's upload form: everything the signed policy says is checked before the first byte is stored. */
export async function postObject(dependencies: PostDependencies, request: S3Request): Promise<Answer> {
  const form = await readForm(request.message);
  try {
    return await storeForm(dependencies, request, form);
  } catch (error) {
    form.abandon();
    throw error;
  }
}

async function storeForm(
  { storage, verifier, clock }: PostDependencies,
  request: S3Request,
  { fields, file, filename }: UploadForm,
): Promise<Answer> {
  const { bucket } = request;
  fields.set(
    'key',
    (fields.get('key') ?? '').replaceAll('${filename}', () => filename),
  );
  if (!fields.has('policy')) throw s3Error('AccessDenied', 'Anonymous uploads are forbidden: no policy.');
  verifier.verifyPolicy(fields);
  const limits = checkPolicy(parsePolicy(fields.get('policy') ?? ''), fields, { bucket, now: clock() });
  const key = fields.get('key') ?? '';
  const { etag } = await storage.put({ bucket, key }, formAttributes(fields), limitBytes(file, limits));
  const location = `http://${header(request, 'host')}/${bucket}/${key.split('/').map(encode).join('/')}`;
  return success(fields.get('success_action_status'), { bucket, key, etag, location });
}

function formAttributes(fields: ReadonlyMap<string, string>): ObjectAttributes {
  const metadata: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = value;
  }
  return readAttributes((name) => fields.get(name), metadata);
}

function success(
  status: string | undefined,
  stored: { bucket: string; key: string; etag: string; location: string },
): Answer {
  const headers = { etag: stored.etag, location: stored.location };
  if (status === '200') return { status: 200, headers };
  if (status !== '201') return { status: 204, headers };
  const xml = toXml([
    'PostResponse',
    [
      ['Location', stored.location],
      ['Bucket', stored.bucket],
      ['Key', stored.key],
      ['ETag', stored.etag],
    ],
  ]);
  return { status: 201, headers, xml };
}
