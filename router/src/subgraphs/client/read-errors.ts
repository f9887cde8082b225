import type { GraphQLFormattedError } from 'graphql';

/** Of one answer. A client learns nothing from more, and each costs memory and time at every place it is about. */
const mostErrors = 1_000;
/** No operation is nested that deep. */
const longestPath = 200;
/** Codes become labels of metrics. */
const longestCode = 100;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Errors of a subgraph in a form that can be trusted; what is no error is left out. */
export const readErrors = (given: readonly unknown[]): GraphQLFormattedError[] =>
  given.filter(isRecord).slice(0, mostErrors).map(readError);

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
