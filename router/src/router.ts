import {
  createStopStack,
  listen,
  systemClock,
  type Clock,
  type Logger,
  type RedisConnection,
} from '@diaspora/kit/core';
import { hasPartners } from './access/settings.js';
import type { RouterConfig } from './config.js';
import { createAccess } from './create-access.js';
import { createOthers } from './http/others.js';
import { createVersion } from './lifecycle/create-version.js';
import { createVersions } from './lifecycle/versions.js';
import { readSupergraphFile, watchSupergraphFile } from './lifecycle/watch-supergraph.js';
import type { RateStore } from './limits/rate/create-limiter.js';
import { createLimits } from './limits/create-limits.js';
import { createMetrics } from './observe/metrics.js';
import { createObserver } from './observe/observer.js';
import type { Tracing, TracingOptions } from './observe/tracing.js';
import { createPipeline } from './pipeline.js';
import { createPrepare } from './prepare.js';
import { createReadiness } from './readiness.js';
import { createSubscriptions, type SubscriptionCounts } from './subscriptions/index.js';

export { readConfig, type RouterConfig } from './config.js';
export { buildGraphiql, isGraphiqlBuilt } from './graphiql/build.js';

export interface RouterDependencies {
  /** PORT 0 picks a free port. */
  readonly config: RouterConfig;
  /** Stays the caller's: `stop()` does not close it. Wanted where the configuration names JWKS_URL. */
  readonly redis?: RedisConnection | undefined;
  readonly log: Logger;
  readonly clock?: Clock;
}

export interface RunningRouter {
  /** `http://host:port`; GraphQL is at `/graphql`. */
  readonly url: string;
  readonly port: number;
  /** Reads the supergraph again. False when it is not usable: the one in use stays. */
  reload(): Promise<boolean>;
  /** Called with the id of each supergraph that takes over. Returns what ends it. */
  onSupergraph(listener: (id: string) => void): () => void;
  /** What is open at this moment. */
  subscriptions(): SubscriptionCounts;
  /** Takes no new requests, finishes those in flight (10 seconds at most), then closes. */
  stop(): Promise<void>;
}

/**
 * Starts the one public endpoint. Fails with one clear line when the supergraph cannot be read or used, or when the
 * port is taken.
 */
export async function createRouter(dependencies: RouterDependencies): Promise<RunningRouter> {
  const stack = createStopStack();
  try {
    const running = await start(dependencies, (stop) => stack.push(stop));
    return { ...running, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}

async function start(
  { config, redis, log, clock = systemClock }: RouterDependencies,
  onStop: (stop: () => Promise<unknown>) => void,
): Promise<Omit<RunningRouter, 'stop'>> {
  const metrics = createMetrics();
  const access = await createAccess({ config, redis, clock, log });
  onStop(async () => access.stop());
  const versions = await createVersions({
    sdl: await readSupergraphFile(config.SUPERGRAPH),
    create: (sdl) => createVersion(sdl, { config, metrics, clock, log }),
    warmOperations: config.WARM_OPERATIONS,
    persistedDocuments: () => access.persistedDocuments(),
    onEvent: (event) => metrics.supergraph(event),
    log,
  });
  onStop(() => versions.stop());
  const unwatch = watchSupergraphFile(config.SUPERGRAPH, (sdl) => void versions.replace(sdl), log);
  onStop(async () => unwatch());

  // Subgraphs of others answer no question about their health.
  const none = new Map<string, string>();
  const subgraphs = () => (config.VIEWER_SECRET === undefined ? none : versions.current().subgraphs);
  const health = createReadiness({ subgraphs, redis, keys: access.keys });
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, TRACE_RATIO: ratio } = config;
  const tracing = endpoint === undefined ? undefined : await startTracing({ endpoint, ratio });
  if (tracing) onStop(() => tracing.stop());
  const observer = createObserver({ metrics, tracing, explainRoles: config.EXPLAIN_ROLES });
  const limits = createLimits({
    settings: config,
    store: rateStore(config, redis),
    hasPartners: hasPartners(config),
    observe: metrics,
    clock,
  });
  // Operations on sockets are prepared as requests are.
  const prepare = createPrepare({ access, limits });
  const pipeline = createPipeline({
    config,
    versions,
    access,
    prepare,
    observer,
    log,
    serveStream: (stream) => subscriptions.stream(stream),
    others: createOthers({ config, health, metrics, log }),
  });
  const subscriptions = createSubscriptions({ config, versions, access, prepare, observer, clock, log });
  const server = await listen(pipeline.handle, {
    port: config.PORT,
    host: config.HOST,
    name: 'the router',
    http: { requestTimeout: config.RECEIVE_TIMEOUT_MS, connectionsCheckingInterval: 1_000 },
  });
  metrics.watchSubscriptions(() => subscriptions.counts());
  subscriptions.attach(server.server);
  onStop(() => Promise.all([subscriptions.stop(), server.close()]));
  onStop(async () => {
    health.drain();
    pipeline.drain();
  });
  return {
    url: server.url,
    port: server.port,
    subscriptions: () => subscriptions.counts(),
    onSupergraph: (listener) => versions.onReplaced(({ id }) => listener(id)),
    reload: async () => {
      await access.reload();
      const sdl = await readSupergraphFile(config.SUPERGRAPH).catch((error: unknown) => {
        log.error({ err: error }, 'the supergraph cannot be read; the old one stays');
      });
      return sdl !== undefined && versions.replace(sdl);
    },
  };
}

/** OpenTelemetry is large: it is loaded by those who use it. */
async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { createTracing } = await import('./observe/tracing.js');
  return createTracing(options);
}

/** Where rate limits are counted. */
function rateStore(
  { RATE_LIMIT_STORE: store, REDIS_NAMESPACE: namespace }: RouterConfig,
  redis: RedisConnection | undefined,
): RateStore {
  return store === 'redis' && redis ? { kind: 'redis', redis, namespace } : { kind: 'memory' };
}
