import type { Logger } from '@diaspora/kit/core';
import express, { Router, type RequestHandler } from 'express';
import { buildGraphiql, graphiqlDist, isGraphiqlBuilt } from './build.js';

export interface GraphiqlOptions {
  readonly log: Logger;
  readonly build?: () => Promise<void>;
  readonly isBuilt?: () => boolean;
  /** Folder of the built page. */
  readonly dist?: string;
}

/**
 * GraphiQL from our own files, without any request to another host. A fresh checkout has no built page: the first
 * visitor starts the build and sees a page that reloads itself until it is there.
 */
export function serveGraphiql(options: GraphiqlOptions): Router {
  const { log, build = buildGraphiql, isBuilt = isGraphiqlBuilt, dist = graphiqlDist } = options;
  let state: 'missing' | 'building' | 'built' | 'failed' = isBuilt() ? 'built' : 'missing';
  const startBuild = () => {
    state = 'building';
    build().then(
      () => (state = 'built'),
      (error: unknown) => {
        state = 'failed';
        log.error({ err: error }, 'GraphiQL could not be built');
      },
    );
  };
  const untilBuilt: RequestHandler = (_request, response, next) => {
    if (state === 'built') return next();
    if (state === 'missing') startBuild();
    response.status(503).set('Retry-After', '2').type('html');
    response.send(state === 'failed' ? failedPage : buildingPage);
  };
  const router = Router({ strict: true });
  router.use(untilBuilt);
  router.use('/assets', express.static(`${dist}/assets`, { immutable: true, maxAge: '1y', index: false }));
  router.use(express.static(dist));
  return router;
}

const page = (title: string, body: string, head = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,">${head}<title>${title}</title></head><body><p>${body}</p></body></html>`;

const buildingPage = page(
  'GraphiQL',
  'GraphiQL is being built, once, on this machine. This page reloads by itself in a few seconds.',
  '<meta http-equiv="refresh" content="2">',
);
const failedPage = page(
  'GraphiQL',
  'GraphiQL is not available here. Build it with: npm run graphiql -w router',
);
