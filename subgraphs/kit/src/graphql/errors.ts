import type { ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { isOutage } from '../database/outage.js';
import { AppError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { BaseContext } from './define-subgraph.js';
import { requestErrorCodes } from './error-codes.js';

const INTERNAL = 'INTERNAL';

/** What was thrown, out of the GraphQLError that a resolver or a plugin's refusal is wrapped in. */
function originOf(error: unknown): unknown {
  const origin = unwrapResolverError(error);
  return origin instanceof GraphQLError && origin.originalError ? origin.originalError : origin;
}

/** What graphql-js says without a code when variables do not fit arguments: null for one that has a default, and the like. */
const isAboutArguments = (error: unknown): boolean =>
  error instanceof GraphQLError && /^(Argument "|Too many errors processing variables)/.test(error.message);

interface PublicPart {
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** What may be shown; undefined for a fault of ours. */
function publicPart(error: unknown, formatted: GraphQLFormattedError): PublicPart | undefined {
  const origin = originOf(error);
  if (origin instanceof AppError) {
    const { retryAfterSeconds } = origin.details;
    return { code: origin.code, message: origin.message, retryAfterSeconds };
  }
  if (isOutage(origin))
    return { code: 'UNAVAILABLE', message: 'This part of the service is unavailable right now.' };
  const code = isAboutArguments(origin) ? 'BAD_USER_INPUT' : formatted.extensions?.['code'];
  return typeof code === 'string' && requestErrorCodes.has(code)
    ? { code, message: formatted.message }
    : undefined;
}

/**
 * The one mapping from a thrown error to what a client sees. AppErrors and faults of the request keep code and
 * message; everything else is answered as INTERNAL. `faultReports` logs it and adds the request id.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const fault: PublicPart = { code: INTERNAL, message: 'Something went wrong on our side.' };
  const { code, message, retryAfterSeconds } = publicPart(error, formatted) ?? fault;
  return {
    message,
    ...(formatted.path && { path: formatted.path }),
    ...(formatted.locations && { locations: formatted.locations }),
    extensions: { code, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) },
  };
}

/** What one operation is logged by. */
interface Reported {
  readonly log: Logger;
  readonly requestId: string;
}

function reportFaults(errors: readonly GraphQLError[], { log, requestId }: Reported): void {
  for (const error of errors.filter((each) => !publicPart(each, each) || isOutage(originOf(each)))) {
    log.error({ err: originOf(error), path: error.path, requestId }, 'unexpected error');
  }
}

const withRequestId = (error: GraphQLFormattedError, requestId: string): GraphQLFormattedError =>
  error.extensions?.['code'] === INTERNAL
    ? { ...error, extensions: { ...error.extensions, requestId } }
    : error;

/** The errors of an operation that did not go through Apollo Server, as clients may see them; faults are logged. */
export function presentErrors(errors: readonly GraphQLError[], operation: Reported): GraphQLFormattedError[] {
  reportFaults(errors, operation);
  return errors.map((error) => withRequestId(formatError(error.toJSON(), error), operation.requestId));
}

/** Logs each fault once, in the log of its request, and gives clients the request id to quote. */
export const faultReports = (log: Logger): ApolloServerPlugin<BaseContext> => ({
  contextCreationDidFail: async ({ error }) => log.error({ err: error }, 'no context for an operation'),
  unexpectedErrorProcessingRequest: async ({ error }) => log.error({ err: error }, 'request failed'),
  requestDidStart: async () => ({
    didEncounterErrors: async ({ errors, contextValue }) => reportFaults(errors, contextValue),
    willSendResponse: async ({ response, contextValue: { requestId } }) => {
      if (response.body.kind !== 'single') return;
      const { singleResult } = response.body;
      if (!singleResult.errors) return;
      singleResult.errors = singleResult.errors.map((error) => withRequestId(error, requestId));
    },
  }),
});
