import type { ErrorRequestHandler, RequestHandler } from 'express';
import { contextOf } from '../context.js';
import { INTERNAL } from '../errors/mask.js';
import { sendErrors } from './send-errors.js';

export const notFound: RequestHandler = (request, response) =>
  sendErrors(request, response, 404, [
    { message: 'Nothing is served here.', extensions: { code: 'NOT_FOUND' } },
  ]);

interface HttpFault extends Error {
  readonly status?: number;
  readonly type?: string;
}

const sentences: Record<string, string> = {
  'entity.too.large': 'The request body is too large.',
  'entity.parse.failed': 'The request body is not JSON.',
  'charset.unsupported': 'The request body must be UTF-8.',
  'encoding.unsupported': 'The content encoding is not supported.',
};

/** What no stage answered: a body that cannot be read is the client's fault, all else ours. */
export const answerFault: ErrorRequestHandler = (error: HttpFault, request, response, next) => {
  const { log, requestId } = contextOf(response);
  if (response.headersSent) return next(error);
  const status = error.status ?? 500;
  if (status >= 400 && status < 500) {
    const message = sentences[error.type ?? ''] ?? 'The request cannot be read.';
    return sendErrors(request, response, status, [{ message, extensions: { code: 'BAD_REQUEST' } }]);
  }
  log.error({ err: error }, 'request failed');
  const extensions = { code: INTERNAL, requestId };
  sendErrors(request, response, 500, [{ message: 'Internal error', extensions }]);
};
