import type { IncomingMessage } from 'node:http';
import type { RouterConfig } from '../config.js';
import { apiHeaders } from './security-headers.js';
import type { Answer } from './respond.js';

const html = 'text/html; charset=utf-8';

/** Loads from Apollo's site, and therefore for development only. */
const sandboxPage = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Sandbox</title></head>
  <body style="margin: 0">
    <div id="sandbox" style="width: 100vw; height: 100vh"></div>
    <script src="https://embeddable-sandbox.cdn.apollographql.com/_latest/embeddable-sandbox.umd.production.min.js"></script>
    <script>
      new window.EmbeddedSandbox({ target: '#sandbox', initialEndpoint: location.href, includeCookies: false });
    </script>
  </body>
</html>
`;

/** Browsers name it first; a GraphQL client does not name it at all. */
const wantsPage = ({ method, headers: { accept = '' } }: IncomingMessage): boolean =>
  method === 'GET' &&
  accept.includes('text/html') &&
  !/application\/(graphql-response\+)?json/.test(accept.slice(0, accept.indexOf('text/html')));

/** A browser that opens /graphql gets a page for people; everything else passes on to GraphQL. */
export const createLanding =
  (kind: RouterConfig['LANDING']): ((request: IncomingMessage) => Answer | undefined) =>
  (request) => {
    if (kind === 'none' || !wantsPage(request)) return undefined;
    if (kind === 'graphiql') {
      const headers = [...apiHeaders, 'location', '/graphiql/'];
      return { status: 302, contentType: html, body: '', isAscii: true, headers };
    }
    return { status: 200, contentType: html, body: sandboxPage, isAscii: true, headers: [] };
  };
