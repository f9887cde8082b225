import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { GraphQLError } from 'graphql';
import type { Registry } from 'prom-client';
import { AppError } from '../errors.js';
import { formatError } from '../graphql/errors.js';
import type { BaseContext, Subgraph } from '../graphql/define-subgraph.js';
import { containsNul } from '../input.js';
import type { Logger } from '../logger.js';
import { VIEWER_HEADER, verifyViewer } from '../viewer.js';
import { mountHealth, type Health } from './health.js';
import { operationMetrics } from './metrics.js';
import { listen, type ListeningServer } from './listen.js';

interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly viewerSecret: string;
  readonly log: Logger;
  readonly health: Health;
  readonly registry: Registry;
}

/** Serves a subgraph over HTTP to the router: GraphQL on `/`, health, metrics and the subgraph's own routes. */
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
  app.use(
    '/',
    expressMiddleware(apollo, {
      context: async ({ res }) => {
        const { viewer, requestId } = res.locals as VerifiedRequest;
        return subgraph.createContext({
          viewer,
          requestId,
          log: log.child({ requestId, userId: viewer?.id }),
        });
      },
    }),
  );
  app.use(answerHttpError(log));

  const server = await listen(app, { port: options.port, host: options.host, name: subgraph.name });
  return { ...server, close: async (graceMs) => server.close(graceMs).finally(() => apollo.stop()) };
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
    plugins: [ApolloServerPluginInlineTraceDisabled(), refuseNul(), ...plugins],
    formatError: (formatted, error) => formatError(formatted, error, { log }),
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

const answerHttpError =
  (log: Logger): ErrorRequestHandler =>
  (error: Error & { status?: number }, _request, response, _next) => {
    if (error instanceof AppError) {
      response.status(401).json({ errors: [{ message: error.message, extensions: { code: error.code } }] });
      return;
    }
    if (!error.status || error.status >= 500) log.error({ err: error }, 'request failed');
    const code = error.status && error.status < 500 ? 'BAD_REQUEST' : 'INTERNAL';
    response
      .status(error.status ?? 500)
      .json({ errors: [{ message: 'Request not usable.', extensions: { code } }] });
  };
