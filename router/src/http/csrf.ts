import type { IncomingHttpHeaders } from 'node:http';
import { RequestRefused } from '../access/refused.js';
import { readContentType } from './media-types.js';

/** What a browser sends to another site without asking it first (Fetch standard, CORS-safelisted request-header). */
const simpleTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** As Apollo's servers have it: a browser cannot send one of these to another site without a preflight. */
const preflightHeaders = ['apollo-require-preflight', 'x-apollo-operation-name'];

/**
 * Refuses what a foreign page could make a browser send without a preflight (cross-site request forgery): only a
 * content type that is not simple, or one of the two headers, shows that there was one.
 */
export function refuseForgery(headers: Readonly<IncomingHttpHeaders>): void {
  const contentType = headers['content-type'];
  if (contentType === 'application/json') return;
  if (contentType !== undefined && !simpleTypes.includes(readContentType(contentType).type)) return;
  if (preflightHeaders.some((name) => headers[name])) return;
  throw new RequestRefused({
    status: 400,
    code: 'BAD_REQUEST',
    message:
      'The request could be a cross-site request forgery. Send it with a content type such as application/json, ' +
      `or with a header that is not empty: ${preflightHeaders.join(' or ')}.`,
  });
}
