import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * An API answers data: nothing in its responses may load, run, frame or be framed. Names and values by turns, made
 * once; what helmet would add beside them speaks to browsers of old or about pages. Browsers of the listed origins
 * read our answers: CORS decides which, so the resource policy leaves it open.
 */
export const apiHeaders: readonly string[] = [
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy',
  'cross-origin',
  'referrer-policy',
  'no-referrer',
  'strict-transport-security',
  'max-age=31536000; includeSubDomains',
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
];

/** The same for answers that Express sends. */
export const setApiHeaders: RequestHandler = (_request, response, next) => {
  for (let at = 0; at < apiHeaders.length; at += 2) response.setHeader(apiHeaders[at]!, apiHeaders[at + 1]!);
  next();
};

/** GraphiQL's own files and this router only. The editor sets inline styles and starts workers from its files. */
export const graphiqlHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'font-src': ["'self'", 'data:'],
        'img-src': ["'self'", 'data:'],
        'worker-src': ["'self'"],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  });
