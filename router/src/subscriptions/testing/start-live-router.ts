import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, createRevocations } from '@diaspora/kit/core';
import { findFreePort } from '@diaspora/kit/embedded';
import { silentLog } from '@diaspora/kit/testing';
import { createClient, type ClientOptions } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createRouter, readConfig, type RouterConfig, type RunningRouter } from '../../router.js';
import { startIssuer } from '../../testing/issuer.js';
import { createFeed } from './feed.js';
import { startLiveSubgraphs } from './live-subgraphs.js';

export const viewerSecret = 'a secret of the subscription tests, long enough';

/** A real router over three real subgraphs, with an issuer of tokens and Redis. */
export async function startLiveRouter(overrides: Partial<RouterConfig> = {}) {
  const feed = createFeed();
  const [subgraphs, issuer, folder] = await Promise.all([
    startLiveSubgraphs(feed, viewerSecret),
    startIssuer(),
    mkdtemp(join(tmpdir(), 'router-live-')),
  ]);
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, subgraphs.compose());
  const redisUrl = process.env['TEST_REDIS_URL']!;
  const redis = connectRedis({ url: redisUrl, log: silentLog, name: 'router-live' });
  const namespace = `test-${randomUUID()}`;
  const config: RouterConfig = {
    ...readConfig({
      SUPERGRAPH: path,
      JWKS_URL: issuer.url,
      JWT_ISSUER: issuer.name,
      JWT_AUDIENCE: issuer.audience,
      VIEWER_SECRET: viewerSecret,
      REDIS_URL: redisUrl,
      REDIS_NAMESPACE: namespace,
    }),
    PORT: await findFreePort(),
    ...overrides,
  };
  /** A process of its own, as far as its peers can see. */
  const start = async (): Promise<RunningRouter> => {
    const own = connectRedis({ url: redisUrl, log: silentLog, name: 'router-live' });
    const running = await createRouter({ config, redis: own, log: silentLog });
    return { ...running, stop: () => running.stop().finally(() => own.stop()) };
  };
  const first = await start();
  let router = first;
  const clients: { dispose(): unknown }[] = [];
  return {
    feed,
    subgraphs,
    issuer,
    url: `${first.url}/graphql`,
    revocations: createRevocations({ redis, namespace }),
    /** As it is where Redis was away from this router at the time. */
    revokeUnheard: async (sessionKey: string) =>
      void (await redis.client.set(`${namespace}:revocations:session:${sessionKey}`, 1, 'PX', 60_000)),
    counts: () => router.subscriptions(),
    restart: async () => {
      await router.stop();
      router = await start();
    },
    /** The new schema is in use when it resolves. */
    reload: async (sdl: string) => {
      await writeFile(path, sdl);
      await router.reload();
    },
    connect: (options: Partial<ClientOptions> = {}) => {
      const client = createClient({
        url: `${first.url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        ...options,
      });
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) await client.dispose();
      await router.stop();
      await Promise.all([subgraphs.stop(), issuer.stop(), redis.stop(), rm(folder, { recursive: true })]);
    },
  };
}

export type LiveRouter = Awaited<ReturnType<typeof startLiveRouter>>;
