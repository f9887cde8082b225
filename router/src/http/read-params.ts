import type { IncomingMessage } from 'node:http';
import { RequestRefused } from '../access/refused.js';
import type { DocumentParams } from '../access/documents/document.js';
import { readContentType } from './media-types.js';

/** A GraphQL request as it came, with what the specification says about types already checked. */
export interface Params extends DocumentParams {
  readonly query?: string | undefined;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Refuses what is no JSON in UTF-8 before its body is read. */
export function refuseMediaType({ headers }: IncomingMessage): void {
  const header = headers['content-type'];
  if (header === 'application/json') return;
  const { type, charset } = readContentType(header ?? '');
  if (type !== 'application/json') {
    throw refused(415, 'The content type of the request must be application/json.');
  }
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw refused(415, 'The request body must be UTF-8.');
  }
}

/** Of the JSON text of a POST. */
export const readBodyParams = (body: string): Params =>
  check(parseJson(body, 'The request body is not JSON.'));

/** Of the query string of a GET: https://graphql.github.io/graphql-over-http/draft/#sec-GET */
export function readUrlParams(url: string): Params {
  const start = url.indexOf('?');
  const search = new URLSearchParams(start === -1 ? '' : url.slice(start));
  const params: Record<string, unknown> = Object.fromEntries(search);
  for (const name of ['variables', 'extensions']) {
    const text = search.get(name);
    if (text !== null) params[name] = parseJson(text, `\`${name}\` is not JSON.`);
  }
  return check(params);
}

function check(params: unknown): Params {
  if (Array.isArray(params)) throw refused(400, 'Several requests in one are not served.');
  if (!isRecord(params)) throw refused(400, 'The request body must be a JSON object.');
  const { query, operationName, variables, extensions } = params;
  if (query != null && typeof query !== 'string') throw refused(400, '`query` must be a string.');
  if (operationName != null && typeof operationName !== 'string') {
    throw refused(400, '`operationName` must be a string.');
  }
  if (variables != null && !isRecord(variables)) throw refused(400, '`variables` must be an object.');
  if (extensions != null && !isRecord(extensions)) throw refused(400, '`extensions` must be an object.');
  return params;
}

function parseJson(text: string, message: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused(400, message);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refused = (status: number, message: string) =>
  new RequestRefused({ status, code: 'BAD_REQUEST', message });
