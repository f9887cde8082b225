import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.js';
import { s3Error } from './errors.js';

/** Cross-origin access for a list of origins; `*` in the list opens it to all. */
export function createCors(origins: readonly string[]) {
  function isAllowed(origin: string | undefined): origin is string {
    return origin !== undefined && (origins.includes('*') || origins.includes(origin));
  }

  function addHeaders(message: IncomingMessage, response: ServerResponse): void {
    response.setHeader('vary', 'Origin');
    if (!isAllowed(message.headers.origin)) return;
    response.setHeader('access-control-allow-origin', message.headers.origin);
    response.setHeader('access-control-expose-headers', 'ETag, Location, Content-Range, Accept-Ranges');
  }

  function answerPreflight(message: IncomingMessage): Answer {
    if (!isAllowed(message.headers.origin)) {
      throw s3Error('AccessForbidden', 'This CORS request is not allowed.');
    }
    const asked = message.headers['access-control-request-headers'];
    return {
      status: 204,
      headers: {
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
        ...(asked !== undefined && { 'access-control-allow-headers': asked }),
        'access-control-max-age': '600',
      },
    };
  }

  return { addHeaders, answerPreflight };
}
