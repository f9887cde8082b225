import { isAscii } from 'node:buffer';
import type { GraphQLFormattedError } from 'graphql';
import type { SubgraphAnswer } from '../answer.js';
import { unavailable, type Outcome } from '../steps/call.js';
import type { RawAnswer } from './client.js';

/** Of statuses that proxies and full servers answer with, whatever the body. */
const isOverloaded = (status: number): boolean => status === 502 || status === 503 || status === 504;

/** Of one answer. A client learns nothing from more, and each costs memory and time at every place it is about. */
const mostErrors = 1_000;
/** No operation is nested that deep. */
const longestPath = 200;
/** Codes become labels of metrics. */
const longestCode = 100;

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
  const errors = given.filter(isRecord).slice(0, mostErrors).map(readError);
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readError(error: Record<string, unknown>): GraphQLFormattedError {
  const extensions = isRecord(error['extensions']) ? error['extensions'] : {};
  const message = typeof error['message'] === 'string' ? error['message'] : 'no message';
  const path = isPath(error['path']) ? error['path'] : undefined;
  // `http` would let a subgraph choose the status of our response.
  const { http: _http, ...rest } = extensions;
  return {
    message,
    ...(path && { path }),
    extensions: { ...rest, code: codeOf(extensions['code'], message, path) },
  };
}

const isPath = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) &&
  value.length <= longestPath &&
  value.every((key) => typeof key === 'string' || Number.isInteger(key));

/**
 * What a code means once it comes from a subgraph. We wrote that request: when it does not parse, names unknown
 * fields or carries a signature the subgraph refuses, that is our fault; a scalar the subgraph refuses is the client's.
 */
function codeOf(code: unknown, message: string, path: readonly unknown[] | undefined): unknown {
  if (code === 'GRAPHQL_VALIDATION_FAILED')
    return /^(Cannot query|Unknown) /.test(message) ? 'INTERNAL' : 'BAD_USER_INPUT';
  const aboutTheRequest = path === undefined && typeof code === 'string';
  if (aboutTheRequest && /^(UNAUTHENTICATED|BAD_REQUEST|GRAPHQL_|OPERATION_|PERSISTED_)/.test(code))
    return 'INTERNAL';
  return typeof code === 'string' && code.length > longestCode ? 'INTERNAL' : code;
}
