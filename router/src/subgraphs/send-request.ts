import type { GraphQLFormattedError } from 'graphql';
import type { Clock } from '@diaspora/kit/core';
import { REQUEST_ID_HEADER, VIEWER_HEADER, signViewer } from '@diaspora/kit/core';
import type { RequestContext } from '../context.js';
import type { RouterMetrics } from '../observe/metrics.js';
import { childTraceHeaders } from '../observe/trace.js';
import { affectedPaths } from './affected-paths.js';
import { missingTypesOf } from './missing-types.js';
import { readAnswer, SubgraphUnavailable, type SubgraphAnswer } from './read-answer.js';

export interface SubgraphRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown> | undefined;
  readonly operationName?: string | undefined;
}

export type SendRequest = (request: SubgraphRequest, context: RequestContext) => Promise<SubgraphAnswer>;

export interface SubgraphOptions {
  readonly name: string;
  readonly url: string;
  readonly viewerSecret: string;
  /** Milliseconds until an answer counts as lost. */
  readonly timeoutMs: number;
  readonly metrics: RouterMetrics;
  readonly clock: Clock;
}

/**
 * Sends requests to one subgraph. Its headers are built here and nowhere else, so nothing a client sends gets
 * through. Never rejects: a subgraph that is down answers UNAVAILABLE at every path it should have filled.
 */
export function createSendRequest(options: SubgraphOptions): SendRequest {
  return async (request, context) => {
    const started = performance.now();
    const finish = (outcome: 'ok' | 'errors' | 'unavailable' | 'cancelled', answer: SubgraphAnswer) => {
      options.metrics.fetch({
        subgraph: options.name,
        outcome,
        seconds: (performance.now() - started) / 1_000,
      });
      return answer;
    };
    try {
      const answer = await readAnswer(await send(request, context, options));
      for (const typename of missingTypesOf(request, answer)) context.missingTypes.add(typename);
      return finish(answer.errors ? 'errors' : 'ok', {
        ...answer,
        ...(answer.errors && placed(answer, request)),
      });
    } catch (error) {
      if (context.signal.aborted)
        return finish('cancelled', unavailable(request, 'The request was cancelled.'));
      const fault = error instanceof SubgraphUnavailable ? { reason: error.message } : { err: error };
      context.log.error(
        { ...fault, subgraph: options.name, requestId: context.requestId },
        'subgraph did not answer',
      );
      return finish(
        'unavailable',
        unavailable(request, 'This part of the service is unavailable right now.'),
      );
    }
  };
}

async function send(
  request: SubgraphRequest,
  context: RequestContext,
  options: SubgraphOptions,
): Promise<Response> {
  const { requestId, viewer, trace, signal } = context;
  const { viewerSecret: secret, clock } = options;
  return fetch(options.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      [VIEWER_HEADER]: signViewer(viewer, { secret, requestId, now: clock.now().getTime() }),
      [REQUEST_ID_HEADER]: requestId,
      ...childTraceHeaders(trace),
    },
    body: JSON.stringify(request),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
  });
}

const unavailable = (request: SubgraphRequest, message: string): SubgraphAnswer => ({
  data: null,
  errors: affectedPaths(request.query, request.variables).map((path) => ({
    message,
    path,
    extensions: { code: 'UNAVAILABLE' },
  })),
});

/** Errors about a whole request (refused input, a fault) are put at the paths it should have filled. */
function placed(answer: SubgraphAnswer, request: SubgraphRequest): { errors: GraphQLFormattedError[] } {
  const paths = affectedPaths(request.query, request.variables);
  const errors = (answer.errors ?? []).flatMap(({ locations: _ofAnotherDocument, ...error }) =>
    error.path || paths.length === 0 ? [error] : [{ ...error, path: paths[0]! }],
  );
  return { errors };
}
