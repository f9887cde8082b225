import { AppError } from '@diaspora/kit';
import type { Request, RequestHandler, Response } from 'express';
import { contextOf, setViewer } from '../context.js';
import { sendErrors } from '../http/send-errors.js';
import type { RouterMetrics } from '../observe/metrics.js';
import { TokenRefused, type VerifyToken } from './verify-token.js';

/** Who asks: anonymous without a token, a viewer with a good one; a bad one is answered 401 and never ignored. */
export const identifyViewer =
  (verifyToken: VerifyToken, metrics: RouterMetrics): RequestHandler =>
  async (request, response, next) => {
    try {
      setViewer(response, await verifyToken(request.header('authorization')));
    } catch (error) {
      return refuse(error, request, response, metrics);
    }
    next();
  };

function refuse(error: unknown, request: Request, response: Response, metrics: RouterMetrics): void {
  if (error instanceof TokenRefused) {
    metrics.error('UNAUTHENTICATED');
    // RFC 6750, section 3.1
    response.set('WWW-Authenticate', `Bearer error="invalid_token", error_description="${error.message}"`);
    const extensions = { code: 'UNAUTHENTICATED', reason: error.reason };
    return sendErrors(request, response, 401, [{ message: error.message, extensions }]);
  }
  if (!(error instanceof AppError)) throw error;
  metrics.error(error.code);
  contextOf(response).log.error({ err: error }, 'access tokens cannot be verified');
  response.set('Retry-After', '5');
  sendErrors(request, response, 503, [{ message: error.message, extensions: { code: error.code } }]);
}
