import { s3Error } from './errors.js';

// Source: docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
type MatchCondition = { operator: 'eq' | 'starts-with'; field: string; value: string };
export type PostPolicy = { expiresAt: number; matches: MatchCondition[]; minBytes: number; maxBytes: number };
export type SizeLimits = { minBytes: number; maxBytes: number };

/** The largest object a single request may write: 5 GiB. */
export const maxObjectBytes = 5 * 2 ** 30;

const exemptFields = new Set(['policy', 'x-amz-signature', 'file']);

/** Reads a base64 policy document. Whatever is not understood is refused, never skipped. */
export function parsePolicy(base64: string): PostPolicy {
  const document = parseJson(Buffer.from(base64, 'base64').toString('utf8'));
  if (!isRecord(document) || typeof document.expiration !== 'string' || !Array.isArray(document.conditions)) {
    throw invalid('expiration and conditions are required');
  }
  const policy: PostPolicy = {
    expiresAt: Date.parse(document.expiration),
    matches: [],
    minBytes: 0,
    maxBytes: maxObjectBytes,
  };
  if (Number.isNaN(policy.expiresAt)) throw invalid('expiration is not a date');
  for (const condition of document.conditions as unknown[]) addCondition(policy, condition);
  return policy;
}

/**
 * Checks the form against its (already authenticated) policy: not expired, every condition met, no field that the
 * policy does not name. Answers with the size the file part must have, in bytes.
 */
export function checkPolicy(
  policy: PostPolicy,
  form: ReadonlyMap<string, string>,
  target: { bucket: string; now: Date },
): SizeLimits {
  if (policy.expiresAt <= target.now.getTime()) throw denied('Policy expired.');
  // The bucket is the one in the URL; a policy that names none would open them all.
  const values = new Map(form).set('bucket', target.bucket);
  if (form.has('bucket') && form.get('bucket') !== target.bucket)
    throw denied('the bucket field is another one');
  if (!policy.matches.some(({ field }) => field === 'bucket')) throw denied('the policy names no bucket');
  for (const condition of policy.matches) {
    if (isMet(condition, values.get(condition.field) ?? '')) continue;
    throw denied(
      `Policy Condition failed: ["${condition.operator}", "$${condition.field}", "${condition.value}"]`,
    );
  }
  const named = new Set(policy.matches.map(({ field }) => field));
  for (const field of form.keys()) {
    if (named.has(field) || exemptFields.has(field) || field.startsWith('x-ignore-')) continue;
    throw denied(`Extra input fields: ${field}`);
  }
  return { minBytes: policy.minBytes, maxBytes: policy.maxBytes };
}

function addCondition(policy: PostPolicy, condition: unknown): void {
  if (!Array.isArray(condition)) {
    if (!isRecord(condition)) throw invalid('a condition is neither a list nor an object');
    for (const [field, value] of Object.entries(condition)) policy.matches.push(match('eq', field, value));
    return;
  }
  const [name, first, second] = condition as unknown[];
  const operator = String(name).toLowerCase();
  if (condition.length !== 3) throw invalid('a condition has three parts');
  if (operator === 'content-length-range') {
    policy.minBytes = Math.max(policy.minBytes, byteCount(first));
    policy.maxBytes = Math.min(policy.maxBytes, byteCount(second));
  } else if (operator === 'eq' || operator === 'starts-with') {
    if (typeof first !== 'string' || !first.startsWith('$')) throw invalid('a field starts with $');
    policy.matches.push(match(operator, first.slice(1), second));
  } else throw invalid(`unknown condition ${operator}`);
}

function match(operator: MatchCondition['operator'], field: string, value: unknown): MatchCondition {
  if (typeof value !== 'string') throw invalid(`the value of ${field} is not a text`);
  return { operator, field: field.toLowerCase(), value };
}

function isMet({ operator, field, value }: MatchCondition, actual: string): boolean {
  if (operator === 'eq') return actual === value;
  if (field !== 'content-type') return actual.startsWith(value);
  return actual.split(',').every((type) => type.trim().startsWith(value));
}

function byteCount(value: unknown): number {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(count) || Number(count) < 0)
    throw invalid('content-length-range wants two byte counts');
  return Number(count);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('not JSON');
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(reason: string) {
  return s3Error('InvalidPolicyDocument', `Invalid Policy: ${reason}`);
}

function denied(reason: string) {
  return s3Error('AccessDenied', `Invalid according to Policy: ${reason}`);
}
