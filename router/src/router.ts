import { readFile } from 'node:fs/promises';
import {
  createRevocations,
  createStopStack,
  listen,
  systemClock,
  type Clock,
  type Logger,
  type RedisConnection,
} from '@diaspora/kit';
import { createRemoteKeys } from './access/remote-keys.js';
import { createVerifyToken } from './access/verify-token.js';
import { createApolloServer } from './apollo-server.js';
import type { RouterConfig } from './config.js';
import { createExecution } from './execution.js';
import { createMetrics } from './observe/metrics.js';
import { createPipeline } from './pipeline.js';
import { createReadiness } from './readiness.js';
import { createSendRequest } from './subgraphs/send-request.js';

export { readConfig, type RouterConfig } from './config.js';
export { buildGraphiql, isGraphiqlBuilt } from './graphiql/build.js';

export interface RouterDependencies {
  /** PORT 0 picks a free port. */
  readonly config: RouterConfig;
  /** Stays the caller's: `stop()` does not close it. */
  readonly redis: RedisConnection;
  readonly log: Logger;
  readonly clock?: Clock;
}

export interface RunningRouter {
  /** `http://host:port`; GraphQL is at `/graphql`. */
  readonly url: string;
  readonly port: number;
  /** Takes no new requests, finishes those in flight (10 seconds at most), then closes. */
  stop(): Promise<void>;
}

/**
 * Starts the one public endpoint. Fails with one clear line when the supergraph cannot be read or composed, or
 * when the port is taken.
 */
export async function createRouter(dependencies: RouterDependencies): Promise<RunningRouter> {
  const stack = createStopStack();
  try {
    const server = await start(dependencies, (stop) => stack.push(stop));
    return { url: server.url, port: server.port, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop().catch(() => undefined);
    throw error;
  }
}

async function start(dependencies: RouterDependencies, onStop: (stop: () => Promise<unknown>) => void) {
  const { config, redis, log, clock = systemClock } = dependencies;
  const metrics = createMetrics();
  const subgraphs = new Map<string, string>();
  const execution = createExecution({
    supergraph: { sdl: await readSupergraph(config.SUPERGRAPH) },
    connect: ({ name, url: routingUrl }) => {
      const url = config.SUBGRAPH_URLS[name] ?? routingUrl;
      subgraphs.set(name, url);
      const { VIEWER_SECRET: viewerSecret, SUBGRAPH_TIMEOUT_MS: timeoutMs } = config;
      return createSendRequest({ name, url, viewerSecret, timeoutMs, metrics, clock });
    },
    log,
  });
  const apollo = createApolloServer({ config, execution, metrics, log });
  await apollo.start();
  onStop(() => apollo.stop());

  const keys = createRemoteKeys({ url: config.JWKS_URL, log });
  const verifyToken = createVerifyToken({
    keys,
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    revocations: createRevocations({ redis, namespace: config.REDIS_NAMESPACE, clock }),
    clock,
  });
  const health = createReadiness({ subgraphs, redis, keys });
  const pipeline = createPipeline({ config, apollo, verifyToken, health, metrics, log });
  const server = await listen(pipeline, { port: config.PORT, host: config.HOST, name: 'the router' });
  onStop(() => server.close());
  onStop(async () => health.drain());
  return server;
}

async function readSupergraph(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`The supergraph cannot be read from ${path}. Write it with: npm run schema`, {
      cause: error,
    });
  }
}
