import type { IncomingMessage } from 'node:http';

/** By these it is decided who asks, which documents the client may run, and whether its answer is a stream. */
const deciding = [
  'accept',
  'authorization',
  'x-api-key',
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-client-name',
  'graphql-client-version',
  'x-explain',
];

/**
 * All that an outcome depends on beside the supergraph: who asks, what may be run, what goes through to subgraphs, and
 * the request itself (`text`: its body, or its URL).
 */
export function createSharingKey(
  forwarded: readonly string[],
): (request: IncomingMessage, text: string) => string {
  const names = [...new Set([...deciding, ...forwarded])];
  return ({ headers }, text) => {
    let key = '';
    for (const name of names) {
      const value = headers[name];
      // A header cannot hold a line break, so no two lists of values look alike.
      key += value === undefined ? '\n' : `${String(value)}\n`;
    }
    return key + text;
  };
}
