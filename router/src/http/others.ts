import type { RequestListener } from 'node:http';
import { mountHealth, type Health, type Logger } from '@diaspora/kit/core';
import express from 'express';
import type { RouterConfig } from '../config.js';
import { serveGraphiql } from '../graphiql/serve.js';
import { metricsAccess } from '../observe/metrics-access.js';
import type { RouterMetrics } from '../observe/metrics.js';
import { answerFault, notFound } from './answer-fault.js';
import { graphiqlHeaders, setApiHeaders } from './security-headers.js';

export interface OthersParts {
  readonly config: RouterConfig;
  readonly health: Health;
  readonly metrics: RouterMetrics;
  readonly log: Logger;
}

/** Everything that is not GraphQL: health, metrics, GraphiQL's files. Express serves it well enough. */
export function createOthers({ config, health, metrics, log }: OthersParts): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(setApiHeaders);
  mountHealth(app, health);
  app.get('/metrics', metricsAccess(config), async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  if (config.LANDING === 'graphiql') app.use('/graphiql', graphiqlHeaders(), serveGraphiql({ log }));
  app.use(notFound);
  app.use(answerFault(log));
  return app;
}
