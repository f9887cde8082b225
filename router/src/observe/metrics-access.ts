import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { RequestHandler } from 'express';
import type { RouterConfig } from '../config.js';
import { sendErrors } from '../http/send-errors.js';

/** Metrics are for whoever holds the token; without one they are open on this machine and nowhere else. */
export function metricsAccess({
  METRICS_TOKEN: token,
  HOST,
}: Pick<RouterConfig, 'METRICS_TOKEN' | 'HOST'>): RequestHandler {
  const isAllowed =
    token === undefined
      ? () => isLoopback(HOST)
      : (authorization: string) => isSame(authorization, `Bearer ${token}`);
  return (request, response, next) => {
    if (isAllowed(request.header('authorization') ?? '')) return next();
    response.set('WWW-Authenticate', 'Bearer');
    const extensions = { code: 'UNAUTHENTICATED' };
    sendErrors(request, response, 401, [{ message: 'Metrics need their token.', extensions }]);
  };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

const digest = (text: string) => createHash('sha256').update(text).digest();
const isSame = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected));
