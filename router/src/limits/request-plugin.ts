import type { ApolloServerPlugin } from '@apollo/server';
import { containsNul } from '@diaspora/kit';
import { GraphQLError, OperationTypeNode } from 'graphql';

/** NUL as itself (block strings may hold it), or as an escape of a GraphQL string. */
const holdsNul = (document: string): boolean =>
  document.includes('\u0000') || /\\u0000|\\u\{0+\}/.test(document);

/** Levels of nested values in variables. No input comes near it; far beyond it whoever recurses runs out of stack. */
const mostLevels = 100;

function isTooDeep(variables: unknown): boolean {
  let values = [variables];
  for (let level = 0; values.length > 0; level++) {
    if (level > mostLevels) return true;
    values = values.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}

/** Refuses what is valid GraphQL and yet cannot be executed, so that it ends as a clear 400 and not as a fault. */
export const requestPlugin = (): ApolloServerPlugin => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ request, operation }) => {
      // Without a gateway graphql-js says this; the gateway fails instead.
      if (!operation)
        throw refused('OPERATION_RESOLUTION_FAILURE', 'The request names no operation of its document.');
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
        throw refused('BAD_REQUEST', 'Subscriptions are not served over plain HTTP.');
      }
      if (isTooDeep(request.variables)) {
        throw refused('INVALID_INPUT', `Variables must not be nested deeper than ${mostLevels} levels.`);
      }
      // No database behind us stores NUL.
      if (containsNul(request.variables) || holdsNul(request.query ?? '')) {
        throw refused('INVALID_INPUT', 'Text must not contain NUL characters.');
      }
    },
  }),
});

const refused = (code: string, message: string) =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
