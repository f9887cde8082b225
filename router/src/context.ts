import type { Logger, Viewer } from '@diaspora/kit';
import type { RequestHandler, Response } from 'express';
import { chooseRequestId } from './http/request-id.js';
import { readTrace, type TraceContext } from './observe/trace.js';

/** What one request carries through the pipeline and into execution. */
export interface RequestContext {
  readonly requestId: string;
  readonly trace: TraceContext;
  /** Who asks; null for an anonymous visitor. */
  readonly viewer: Viewer | null;
  /** Aborted when the client goes away before its answer is sent. */
  readonly signal: AbortSignal;
  /** Types of which a subgraph did not find an entity that another one points at. */
  readonly missingTypes: Set<string>;
  /** Carries request id, trace id and the client's name. */
  readonly log: Logger;
}

interface Locals {
  context: RequestContext;
}

const locals = (response: Response) => response.locals as Locals;

export const contextOf = (response: Response): RequestContext => locals(response).context;

export const setViewer = (response: Response, viewer: Viewer | null): void => {
  const { context } = locals(response);
  const log = viewer ? context.log.child({ userId: viewer.id }) : context.log;
  locals(response).context = { ...context, viewer, log };
};

/** Request id, trace and client name: from here on every log line and every answer can be traced to its request. */
export const beginRequest =
  (log: Logger): RequestHandler =>
  (request, response, next) => {
    const requestId = chooseRequestId(request.header('x-request-id'));
    const trace = readTrace(request.header('traceparent'), request.header('tracestate'));
    const gone = new AbortController();
    response.on('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    response.set('x-request-id', requestId);
    const client = clientName(
      request.header('apollographql-client-name'),
      request.header('apollographql-client-version'),
    );
    locals(response).context = {
      requestId,
      trace,
      viewer: null,
      signal: gone.signal,
      missingTypes: new Set(),
      log: log.child({ requestId, traceId: trace.traceId, ...(client !== undefined && { client }) }),
    };
    next();
  };

/** As the client calls itself: never trusted, only logged. */
const clientName = (name: string | undefined, version: string | undefined): string | undefined =>
  name === undefined ? undefined : `${name}@${version ?? 'unknown'}`.slice(0, 100);
