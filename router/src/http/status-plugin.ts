import type { ApolloServerPlugin } from '@apollo/server';

const requestFaults = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
]);

/**
 * GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/#sec-application-json): a client that asks
 * for `application/json` by name, and not for `application/graphql-response+json`, gets 200 for a well-formed
 * request whose document is at fault; everybody else gets 400.
 */
export const statusPlugin = (): ApolloServerPlugin => ({
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response }) => {
      const accept = request.http?.headers.get('accept') ?? '';
      const legacy =
        accept.includes('application/json') && !accept.includes('application/graphql-response+json');
      if (!legacy || response.http.status !== 400 || response.body.kind !== 'single') return;
      const errors = response.body.singleResult.errors ?? [];
      if (
        errors.length > 0 &&
        errors.every(({ extensions }) => requestFaults.has(String(extensions?.['code'])))
      ) {
        response.http.status = 200;
      }
    },
  }),
});
