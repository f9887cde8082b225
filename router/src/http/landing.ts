import type { RequestHandler } from 'express';
import type { RouterConfig } from '../config.js';

/** A browser that opens /graphql gets a page for people; everything else passes on to GraphQL. */
export const landing =
  (kind: RouterConfig['LANDING']): RequestHandler =>
  (request, response, next) => {
    const wantsPage =
      request.method === 'GET' &&
      request.accepts(['application/json', 'application/graphql-response+json', 'text/html']) === 'text/html';
    if (!wantsPage || kind === 'none') return next();
    if (kind === 'graphiql') return response.redirect(302, '/graphiql/');
    // Sandbox loads from Apollo's site and starts by an inline script; for development only.
    response.removeHeader('Content-Security-Policy');
    next();
  };
