import type { Logger } from '@diaspora/kit/core';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { INTERNAL } from '../errors/mask.js';
import { chooseRequestId } from './request-id.js';
import { sendErrors } from './send-errors.js';

export const notFound: RequestHandler = (request, response) =>
  sendErrors(request, response, 404, [
    { message: 'Nothing is served here.', extensions: { code: 'NOT_FOUND' } },
  ]);

/** What no handler answered: a request that cannot be read is the client's fault, all else ours. */
export const answerFault =
  (log: Logger): ErrorRequestHandler =>
  (error: Error & { readonly status?: number }, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = error.status ?? 500;
    if (status >= 400 && status < 500) {
      const extensions = { code: 'BAD_REQUEST' };
      return sendErrors(request, response, status, [{ message: 'The request cannot be read.', extensions }]);
    }
    const requestId = chooseRequestId(request.header('x-request-id'));
    log.error({ err: error, requestId }, 'request failed');
    const extensions = { code: INTERNAL, requestId };
    sendErrors(request, response, 500, [{ message: 'Internal error', extensions }]);
  };
