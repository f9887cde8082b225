import { loadConfig, systemClock, unknownOrigin } from '@diaspora/kit/core';
import { pino } from 'pino';
import type { RequestContext } from '../../context.js';
import type { SubgraphRequest } from '../answer.js';
import { noMetrics, type FetchReport } from '../metrics.js';
import { subgraphSettings, type SubgraphSettings } from '../settings.js';
import { createSubgraphs, type SubgraphConnections, type SubgraphsOptions } from '../subgraphs.js';

export const query = (body = '{"query":"{ a }"}'): SubgraphRequest => ({ body, kind: 'query', fetches: [0] });
export const mutation = (body = '{"query":"mutation { a }"}'): SubgraphRequest => ({
  body,
  kind: 'mutation',
  fetches: [0],
});

export const settings = (over: Partial<SubgraphSettings> = {}): SubgraphSettings => ({
  ...loadConfig(subgraphSettings, {}),
  ...over,
});

export const aContext = (over: Partial<RequestContext> = {}): RequestContext => ({
  requestId: 'request-1',
  trace: {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    flags: '01',
    state: undefined,
  },
  viewer: null,
  origin: unknownOrigin,
  client: { class: 'anonymous' },
  identity: 'anonymous',
  forwardedHeaders: {},
  deadline: Infinity,
  signal: new AbortController().signal,
  log: pino({ level: 'silent' }),
  ...over,
});

/** A context that keeps the reports of its fetches. */
export function aWatchedContext(over: Partial<RequestContext> = {}) {
  const reports: FetchReport[] = [];
  return { reports, context: aContext({ explain: (report) => void reports.push(report), ...over }) };
}

/** The line to one subgraph, named `s`. */
export function connect(
  url: string,
  over: Partial<SubgraphSettings> = {},
  options: Partial<SubgraphsOptions> = {},
): SubgraphConnections & { ask: ReturnType<SubgraphConnections['send']> } {
  const subgraphs = createSubgraphs({
    targets: new Map([['s', { name: 's', url }]]),
    settings: settings(over),
    metrics: noMetrics,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    ...options,
  });
  return { ...subgraphs, ask: subgraphs.send('s') };
}
