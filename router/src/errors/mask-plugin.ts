import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { RequestContext } from '../context.js';
import { INTERNAL, isPublic, maskError } from './mask.js';

/** Logs what is masked, once, and gives clients the request id to quote. Works with `formatError: maskError`. */
export const maskPlugin = (): ApolloServerPlugin<RequestContext> => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ response, errors, contextValue }) => {
      if (response.body.kind !== 'single') return;
      const { singleResult } = response.body;
      const { requestId, log } = contextValue;
      for (const error of errors ?? []) if (!isPublic(error)) logFault(error, contextValue);
      const unfinished = takeValueCompletion(singleResult);
      if (unfinished.length > 0)
        log.error(
          { first: unfinished[0], count: unfinished.length, requestId },
          'a subgraph answered null for a non-null field',
        );
      const all = [...(singleResult.errors ?? []), ...unfinished];
      if (all.length === 0) return;
      singleResult.errors = all.map((error) =>
        error.extensions?.['code'] === INTERNAL ? maskError(error, requestId) : error,
      );
    },
  }),
});

function logFault(error: GraphQLError, { log, requestId }: RequestContext): void {
  const { serviceName: subgraph, code } = error.extensions;
  // What a subgraph reported is no Error, and its text would be lost.
  const cause = error.originalError instanceof Error ? error.originalError : error;
  log.error({ err: cause, path: error.path, subgraph, reported: code, requestId }, 'operation failed');
}

/** The gateway hides data that breaks the schema in an extension; the specification wants it in `errors`. */
function takeValueCompletion(result: { extensions?: Record<string, unknown> }): GraphQLFormattedError[] {
  const { valueCompletion, ...extensions } = result.extensions ?? {};
  if (!Array.isArray(valueCompletion)) return [];
  if (Object.keys(extensions).length > 0) result.extensions = extensions;
  else delete result.extensions;
  return (valueCompletion as GraphQLFormattedError[]).map(({ message, path }) => ({
    message,
    ...(path && { path }),
    extensions: { code: INTERNAL },
  }));
}
