import type { Params } from '../../http/read-params.js';

/** What a client may send by the graphql-transport-ws protocol. */
export type Message =
  | { readonly type: 'connection_init'; readonly payload?: Record<string, unknown> | undefined }
  | { readonly type: 'ping' | 'pong'; readonly payload?: Record<string, unknown> | undefined }
  | { readonly type: 'subscribe'; readonly id: string; readonly payload: Params }
  | { readonly type: 'complete'; readonly id: string };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOptional = (value: unknown, is: (value: unknown) => boolean): boolean => value == null || is(value);
const isString = (value: unknown): value is string => typeof value === 'string';

/** Longer ids are nobody's. */
const longestId = 256;

/** Undefined for what is not of the protocol. */
export function readMessage(text: string): Message | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(message)) return undefined;
  const { type, id, payload } = message;
  switch (type) {
    case 'connection_init':
    case 'ping':
    case 'pong':
      return isOptional(payload, isRecord) ? (message as Message) : undefined;
    case 'subscribe':
      return isId(id) && isParams(payload) ? { type, id, payload } : undefined;
    case 'complete':
      return isId(id) ? { type, id } : undefined;
    default:
      return undefined;
  }
}

const isId = (id: unknown): id is string => isString(id) && id !== '' && id.length <= longestId;

/** A document may be absent: it can be named by `extensions`, or by an id. */
const isParams = (payload: unknown): payload is Params =>
  isRecord(payload) &&
  isOptional(payload['query'], isString) &&
  isOptional(payload['operationName'], isString) &&
  isOptional(payload['variables'], isRecord) &&
  isOptional(payload['extensions'], isRecord);
