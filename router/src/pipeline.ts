import type { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import { mountHealth, type Health, type Logger } from '@diaspora/kit';
import express, { type Express } from 'express';
import { identifyViewer } from './access/identify-viewer.js';
import type { VerifyToken } from './access/verify-token.js';
import type { RouterConfig } from './config.js';
import { beginRequest, contextOf, type RequestContext } from './context.js';
import { serveGraphiql } from './graphiql/serve.js';
import { answerFault, notFound } from './http/answer-fault.js';
import { cors } from './http/cors.js';
import { fillBody } from './http/fill-body.js';
import { landing } from './http/landing.js';
import { apiHeaders, graphiqlHeaders } from './http/security-headers.js';
import { metricsAccess } from './observe/metrics-access.js';
import type { RouterMetrics } from './observe/metrics.js';

export interface PipelineParts {
  readonly config: RouterConfig;
  readonly apollo: ApolloServer<RequestContext>;
  readonly verifyToken: VerifyToken;
  readonly health: Health;
  readonly metrics: RouterMetrics;
  readonly log: Logger;
}

/** The way of every request, top to bottom. */
export function createPipeline({
  config,
  apollo,
  verifyToken,
  health,
  metrics,
  log,
}: PipelineParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  app.use(beginRequest(log)); // request id, trace, client name
  app.use(apiHeaders());

  mountHealth(app, health);
  app.get('/metrics', metricsAccess(config), async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  if (config.LANDING === 'graphiql') app.use('/graphiql', graphiqlHeaders(), serveGraphiql({ log }));

  app.use(
    '/graphql',
    cors(config.CORS_ORIGINS),
    landing(config.LANDING),
    express.json({ limit: config.MAX_BODY_BYTES }),
    fillBody,
    identifyViewer(verifyToken, metrics), // a bad token ends here
    // CSRF check, parse, validate and limit, execute over the subgraphs, mask errors, choose the status
    expressMiddleware(apollo, { context: async ({ res }) => contextOf(res) }),
  );

  app.use(notFound);
  app.use(answerFault);
  return app;
}
