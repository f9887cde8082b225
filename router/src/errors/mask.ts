import { requestErrorCodes, sharedErrorCodes } from '@diaspora/kit/core';
import type { GraphQLFormattedError } from 'graphql';

export const INTERNAL = 'INTERNAL';

const sharedCodes: ReadonlySet<string> = new Set(sharedErrorCodes);

/** What became of requests to subgraphs. */
const transportCodes = new Set(['TIMEOUT', 'CANCELLED']);

/** Codes for faults, and error numbers of systems (ECONNREFUSED), that never reach a client as they are. */
const faultCode = /^INTERNAL|^DOWNSTREAM_|^ERR_|^E[A-Z]+$/;

/** Codes a slice adds, such as SOLD_OUT: words joined by underscores. */
const sliceCode = /^[A-Z]+(_[A-Z]+)+$/;

const isKnown = (code: unknown): code is string =>
  typeof code === 'string' &&
  (requestErrorCodes.has(code) ||
    sharedCodes.has(code) ||
    transportCodes.has(code) ||
    (sliceCode.test(code) && !faultCode.test(code)));

/** Parts of `extensions` that tell about our inside. */
const privateExtensions = [
  'stacktrace',
  'exception',
  'serviceName',
  'http',
  'response',
  'query',
  'variables',
];

/** The one error about variables that Apollo Server does not recognise as the client's fault. */
const codeOf = ({ message, extensions }: GraphQLFormattedError): unknown =>
  message.startsWith('Too many errors processing variables') ? 'BAD_USER_INPUT' : extensions?.['code'];

/** True when the client may see the error's message. */
export const isPublic = (error: GraphQLFormattedError): boolean => isKnown(codeOf(error));

const longestMessage = 500;

/** graphql-js quotes the value it refuses, however long it is. */
const shortened = (message: string): string =>
  message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;

/**
 * An error as the client may see it: without stack traces and subgraph names when its code is known, otherwise
 * "Internal error" at the same path, to be found in the log by the request id.
 */
export function maskError(error: GraphQLFormattedError, requestId?: string): GraphQLFormattedError {
  const place = {
    ...(error.locations && { locations: error.locations }),
    ...(error.path && { path: error.path }),
  };
  if (!isPublic(error)) {
    const extensions = { code: INTERNAL, ...(requestId !== undefined && { requestId }) };
    return { message: 'Internal error', ...place, extensions };
  }
  const extensions = Object.fromEntries(
    Object.entries(error.extensions ?? {}).filter(([name]) => !privateExtensions.includes(name)),
  );
  return { message: shortened(error.message), ...place, extensions: { ...extensions, code: codeOf(error) } };
}
