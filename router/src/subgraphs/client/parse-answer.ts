import { isAscii } from 'node:buffer';
import type { SubgraphAnswer } from '../answer.js';
import { unavailable, type Outcome } from '../steps/call.js';
import type { RawAnswer } from './client.js';
import { isRecord, readErrors } from './read-errors.js';

/** Of statuses that proxies and full servers answer with, whatever the body. */
const isOverloaded = (status: number): boolean => status === 502 || status === 503 || status === 504;

/** Longer waits than this are as good as a failure. */
const longestRetryAfterMs = 5_000;

/** Reads a subgraph's answer. What is GraphQL counts, whatever its status; a 502, 503 or 504 is worth another attempt. */
export function parseAnswer(raw: Omit<RawAnswer, 'contentEncoding'>): Outcome {
  const { status, body } = raw;
  const answer = isJson(raw)
    ? readBody(body)
    : `answered ${status} with ${raw.contentType ?? 'no content type'}`;
  const seen = { status, bytes: body.length };
  if (isOverloaded(status)) {
    const retryAfterMs = readRetryAfter(raw.retryAfter);
    const retry =
      retryAfterMs === undefined || retryAfterMs <= longestRetryAfterMs ? { retry: 'later' as const } : {};
    const fault = unavailable(`answered ${status}`, {
      ...retry,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
    return { ...seen, ...fault, ...(typeof answer !== 'string' && { answer }) };
  }
  if (typeof answer !== 'string') return { status, bytes: body.length, answer };
  // A complete answer of 200 with half a document in it: somebody in between was cut off.
  return { ...seen, ...unavailable(answer, status === 200 && isJson(raw) ? { retry: 'later' } : {}) };
}

const isJson = ({ status, contentType }: Pick<RawAnswer, 'status' | 'contentType'>): boolean =>
  contentType === undefined
    ? status === 200
    : /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType);

/** Seconds only: nobody sends the form with a date to programs. */
const readRetryAfter = (value: string | undefined): number | undefined =>
  value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1_000 : undefined;

/** The answer, or what is wrong with it. */
function readBody(bytes: Buffer): SubgraphAnswer | string {
  const isPlainBytes = isAscii(bytes);
  const text = isPlainBytes ? bytes.toString('latin1') : withoutMark(bytes.toString());
  const body = parseJson(text);
  if (!isRecord(body)) return 'answered no JSON object';
  const data = body['data'] ?? null;
  if (data !== null && !isRecord(data)) return 'answered data that is no object';
  const isPlain = isPlainBytes && !text.includes('\\');
  const given = body['errors'] ?? undefined;
  if (given === undefined) return 'data' in body ? { data, isPlain } : 'answered neither data nor errors';
  if (!Array.isArray(given)) return 'answered errors that are no list';
  const errors = readErrors(given);
  if (errors.length > 0) return { data, errors, isPlain };
  return 'data' in body ? { data, isPlain } : 'answered neither data nor errors';
}

/** Some servers begin with a byte order mark. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
