import type { RequestHandler } from 'express';

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
].join(', ');

/**
 * CORS by a closed list of origins. Tokens travel in a header, so credentials (cookies) are never allowed.
 * An unlisted origin gets no CORS headers: its browser refuses the answer, and its preflight fails.
 */
export function cors(origins: readonly string[]): RequestHandler {
  const listed = new Set(origins);
  return (request, response, next) => {
    response.vary('Origin');
    const origin = request.header('origin');
    const allowed = origin !== undefined && listed.has(origin);
    if (allowed) {
      response.set('Access-Control-Allow-Origin', origin);
      response.set('Access-Control-Expose-Headers', 'x-request-id, www-authenticate, retry-after');
    }
    if (request.method !== 'OPTIONS') return next();
    if (allowed) {
      response.set('Access-Control-Allow-Methods', 'GET, POST');
      response.set('Access-Control-Allow-Headers', allowedHeaders);
      response.set('Access-Control-Max-Age', '7200');
    }
    response.status(204).end();
  };
}
