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
      const { requestId, log, missingTypes } = contextValue;
      for (const error of errors ?? []) if (!isPublic(error)) logFault(error, contextValue);
      const incomplete = takeValueCompletion(singleResult);
      const [missing, unfinished] = split(incomplete, (error) => isAboutOneOf(missingTypes, error));
      if (unfinished.length > 0)
        log.error(
          { first: unfinished[0], count: unfinished.length, requestId },
          'a subgraph answered null for a non-null field',
        );
      const all = [...(singleResult.errors ?? []), ...missing.map(toNotFound), ...unfinished];
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

/** Nobody's fault: what one subgraph points at is gone in another, or not for this viewer, as is any id a client makes up. */
const isAboutOneOf = (types: ReadonlySet<string>, { message }: GraphQLFormattedError): boolean =>
  types.has(/ field (\w+)\.\w+\.$/.exec(message)?.[1] ?? '');

const toNotFound = ({ path }: GraphQLFormattedError): GraphQLFormattedError => ({
  message: 'There is no such object, or you may not see it.',
  ...(path && { path }),
  extensions: { code: 'NOT_FOUND' },
});

function split<Item>(items: readonly Item[], holds: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(holds), items.filter((item) => !holds(item))];
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
