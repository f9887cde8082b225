import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';

/** Codes that GraphQL itself and Apollo Server raise about the request; they may reach clients as they are. */
const requestCodes = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** What was thrown, out of the GraphQLError that a resolver or a plugin's refusal is wrapped in. */
function originOf(error: unknown): unknown {
  const origin = unwrapResolverError(error);
  return origin instanceof GraphQLError && origin.originalError ? origin.originalError : origin;
}

/**
 * The one mapping from a thrown error to what a client sees. AppErrors and faults of the request keep code and
 * message; everything else is logged once and answered as INTERNAL with the request id.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  context: { log: Logger; requestId?: string | undefined },
): GraphQLFormattedError {
  const original = originOf(error);
  const place = {
    ...(formatted.path && { path: formatted.path }),
    ...(formatted.locations && { locations: formatted.locations }),
  };
  if (original instanceof AppError) {
    return { message: original.message, ...place, extensions: { code: original.code } };
  }
  const code = formatted.extensions?.['code'];
  if (typeof code === 'string' && requestCodes.has(code)) {
    return { message: formatted.message, ...place, extensions: { code } };
  }
  context.log.error(
    { err: original, path: formatted.path, requestId: context.requestId },
    'unexpected error',
  );
  return {
    message: 'Something went wrong on our side.',
    ...place,
    extensions: { code: 'INTERNAL', ...(context.requestId && { requestId: context.requestId }) },
  };
}
