import type { GraphQLFormattedError } from 'graphql';
import { RequestRefused } from '../access/refused.js';
import type { RequestContext } from '../context.js';
import { RequestFault } from '../operations/request-fault.js';
import { INTERNAL, maskError } from './mask.js';

/** What a request that came to no execution is answered with. */
export interface Fault {
  readonly status: number;
  readonly errors: readonly GraphQLFormattedError[];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Well-formed HTTP and JSON: what is at fault is the document, or what fills it. */
  readonly isInDocument: boolean;
}

const noHeaders = Object.freeze({});

/** Whatever a step of the pipeline throws. What nobody foresaw is logged and masked. */
export function readFault(
  error: unknown,
  { log, requestId }: Pick<RequestContext, 'log' | 'requestId'>,
): Fault {
  if (error instanceof RequestFault) {
    const errors = error.errors.map((each) => maskError(each, requestId));
    return { status: 400, errors, headers: noHeaders, isInDocument: errors.every(isInDocument) };
  }
  if (error instanceof RequestRefused) {
    const { status, message, extensions, headers } = error;
    const refused = { message, extensions };
    return { status, errors: [refused], headers, isInDocument: status === 400 && isInDocument(refused) };
  }
  log.error({ err: error }, 'request failed');
  const internal = { message: 'Internal error', extensions: { code: INTERNAL, requestId } };
  return { status: 500, errors: [internal], headers: noHeaders, isInDocument: false };
}

const documentFaults = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
]);

const isInDocument = ({ extensions }: GraphQLFormattedError) =>
  documentFaults.has(String(extensions?.['code']));
