const allowedHeaders = [
  'content-type',
  'authorization',
  'x-request-id',
  'traceparent',
  'tracestate',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'apollographql-client-name',
  'apollographql-client-version',
  'graphql-client-name',
  'graphql-client-version',
  'x-api-key',
].join(', ');

const exposedHeaders =
  'x-request-id, www-authenticate, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset';

export interface Cors {
  /** Names and values by turns, for an answer to a request with this Origin. */
  headers(origin: string | undefined): readonly string[];
  /** Beside them, for the answer to a preflight. */
  preflight(origin: string | undefined): readonly string[];
}

/**
 * CORS by a closed list of origins. Tokens travel in a header, so credentials (cookies) are never allowed.
 * An unlisted origin gets no CORS headers: its browser refuses the answer, and its preflight fails.
 */
export function createCors(origins: readonly string[]): Cors {
  const vary = ['vary', 'Origin'];
  const answers = new Map(
    origins.map((origin) => [
      origin,
      [...vary, 'access-control-allow-origin', origin, 'access-control-expose-headers', exposedHeaders],
    ]),
  );
  const preflight = [
    'access-control-allow-methods',
    'GET, POST',
    'access-control-allow-headers',
    allowedHeaders,
    'access-control-max-age',
    '7200',
  ];
  return {
    headers: (origin) => answers.get(origin ?? '') ?? vary,
    preflight: (origin) => (answers.has(origin ?? '') ? preflight : []),
  };
}
