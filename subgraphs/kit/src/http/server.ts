import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { GraphQLError } from 'graphql';
import type { Registry } from 'prom-client';
import { AppError } from '../errors.js';
import { faultReports, formatError } from '../graphql/errors.js';
import type { BaseContext, Subgraph } from '../graphql/define-subgraph.js';
import { onlyLooking } from '../graphql/only-looking.js';
import { containsNul } from '../input.js';
import type { Logger } from '../logger.js';
import { inOperation } from '../operation.js';
import { VIEWER_HEADER, verifyViewer } from '../viewer.js';
import { mountHealth, type Health } from './health.js';
import { operationMetrics } from './metrics.js';
import { listen, type ListeningServer } from './listen.js';
import { serveSubscriptions } from './subscriptions.js';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly viewerSecret: string;
  readonly log: Logger;
  readonly health: Health;
  readonly registry: Registry;
}

/**
 * Serves a subgraph to the router: GraphQL on `/` (subscriptions over WebSocket), health, metrics and the subgraph's
 * own routes.
 */
export async function serveSubgraph<Context extends BaseContext>(
  subgraph: Subgraph<Context>,
  options: ServeOptions,
): Promise<ListeningServer> {
  const { log, viewerSecret, registry } = options;
  const apollo = createApolloServer(subgraph, log, [operationMetrics(registry)]);
  await apollo.start();

  const app = express();
  app.disable('x-powered-by');
  mountHealth(app, options.health);
  app.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  subgraph.routes?.(app);
  app.use('/', routerOnly(viewerSecret), express.json({ limit: '2mb' }));
  const graphql = expressMiddleware(apollo, {
    context: async ({ res }) => {
      const verified = res.locals as VerifiedRequest;
      const { viewer, requestId } = verified;
      return subgraph.createContext({ ...verified, log: log.child({ requestId, userId: viewer?.id }) });
    },
  });
  app.use('/', (request, response, next) =>
    inOperation({ cause: 'request', ...(response.locals as VerifiedRequest) }, () =>
      graphql(request, response, next),
    ),
  );
  app.use(answerHttpError(log));

  const place = { port: options.port, host: options.host, name: subgraph.name };
  const server = await listen(app, place).catch(async (error: unknown) => {
    await apollo.stop();
    throw error;
  });
  const subscriptions = subgraph.schema.getSubscriptionType()
    ? serveSubscriptions(server.server, subgraph, { viewerSecret, log })
    : undefined;
  const close = async (graceMs?: number) => {
    await Promise.all([subscriptions?.stop(), server.close(graceMs)]).finally(() => apollo.stop());
  };
  return { ...server, close };
}

type VerifiedRequest = ReturnType<typeof verifyViewer>;

/** Refuses, before the body is read, whatever the router did not sign. */
const routerOnly =
  (secret: string): RequestHandler =>
  (request, response, next) => {
    Object.assign(response.locals, verifyViewer(request.header(VIEWER_HEADER), { secret }));
    next();
  };

/** The ApolloServer every way of running a subgraph shares, tests included. */
export function createApolloServer<Context extends BaseContext>(
  subgraph: Subgraph<Context>,
  log: Logger,
  plugins: ApolloServerPlugin<Context>[] = [],
): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema: subgraph.schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: false, // only the router calls, and its signature is checked
    stopOnTerminationSignals: false,
    persistedQueries: false,
    logger: log,
    plugins: [
      ApolloServerPluginInlineTraceDisabled(),
      refuseNul(),
      onlyLooking(subgraph.impersonatorsMay),
      faultReports(log),
      ...plugins,
    ],
    formatError,
  });
}

/** PostgreSQL cannot store NUL: refuse it at the edge, wherever in the operation it hides. */
const refuseNul = (): ApolloServerPlugin => ({
  requestDidStart: async () => ({
    didResolveOperation: async ({ request }) => {
      const hidden =
        containsNul(request.variables) ||
        /\\u0000|\\u\{0+\}/.test(request.query ?? '') ||
        containsNul(request.query);
      if (hidden) {
        const message = 'Text must not contain NUL characters.';
        throw new GraphQLError(message, { originalError: new AppError('INVALID_INPUT', message) });
      }
    },
  }),
});

const statusOfCode: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  UNAVAILABLE: 503,
};

/** What no route answered: a refusal by its code, an unusable request by its status, all else is our fault. */
const answerHttpError =
  (log: Logger): ErrorRequestHandler =>
  (error: Error & { status?: number }, _request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof AppError) {
      const { message, code, details } = error;
      if (details.retryAfterSeconds !== undefined)
        response.set('retry-after', String(details.retryAfterSeconds));
      response.status(statusOfCode[code] ?? 400).json({ errors: [{ message, extensions: { code } }] });
      return;
    }
    const status = error.status ?? 500;
    if (status >= 500) log.error({ err: error }, 'request failed');
    const fault = { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL' } };
    const unusable = { message: 'Request not usable.', extensions: { code: 'BAD_REQUEST' } };
    response.status(status).json({ errors: [status < 500 ? unusable : fault] });
  };
