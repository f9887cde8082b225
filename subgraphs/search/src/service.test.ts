import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectRedis,
  createOutbox,
  createPool,
  defineMessages,
  signViewer,
  startRelay,
  VIEWER_HEADER,
  type RunningSubgraph,
  type Viewer,
} from '@diaspora/kit';
import { aViewer, createTestDatabase, privateStoreEnvironment, silentLog } from '@diaspora/kit/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { z } from 'zod';
import { loadSearchConfig } from './config.js';
import { connectDatabase } from './database.js';
import { startSearch } from './subgraph.js';
import { aProfile } from './testing/given.js';

const secret = 'a-viewer-secret-for-tests-only-0123456789';

/** Stands in for users: the same source, the same type, a database and an outbox of its own. */
const messages = defineMessages('users', {
  'user.profileChanged': { version: 1, schema: z.looseObject({ userId: z.string() }) },
});

async function startPublisher(redisUrl: string, namespace: string) {
  const database = await createTestDatabase('search');
  const pool = createPool({ url: database.url });
  const db = connectDatabase(new PrismaPg(pool));
  const redis = connectRedis({ url: redisUrl, log: silentLog, name: 'publisher' });
  const relay = startRelay({ pool, redis, namespace, source: 'users', log: silentLog });
  const outbox = createOutbox(messages);
  return {
    publish: (data: { userId: string }) =>
      db.$transaction((tx) => outbox.publish(tx, { type: 'user.profileChanged', key: data.userId, data })),
    stop: async () => {
      await relay.stop();
      await redis.stop();
      await db.$disconnect();
      await pool.end();
      await database.drop();
    },
  };
}

describe('the running service', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let publisher: Awaited<ReturnType<typeof startPublisher>>;
  let running: RunningSubgraph;

  beforeAll(async () => {
    const redisUrl = process.env['TEST_REDIS_URL']!;
    database = await createTestDatabase('search');
    const namespace = `search-${process.pid}-${Date.now()}`;
    const settings = {
      ...privateStoreEnvironment,
      PORT: '1',
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl,
      VIEWER_SECRET: secret,
    };
    const config = { ...loadSearchConfig({ ...settings, REDIS_NAMESPACE: namespace }), PORT: 0 };
    running = await startSearch({ config, log: silentLog });
    publisher = await startPublisher(redisUrl, namespace);
  });
  afterAll(async () => {
    await publisher.stop();
    await running.stop();
    await database.drop();
  });

  const post = async (
    query: string,
    viewer: Viewer | null,
    header = signViewer(viewer, { secret, requestId: 'r' }),
  ) => {
    const response = await fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close', [VIEWER_HEADER]: header },
      body: JSON.stringify({ query }),
    });
    return {
      status: response.status,
      body: (await response.json()) as { data?: { search: { nodes: unknown[] } } },
    };
  };

  it('finds what came over the bus, and no longer what was taken back', async () => {
    const query = '{ search(query: "cosmescu", first: 5) { nodes { ... on User { id } } } }';
    const nodesBecome = async (nodes: readonly unknown[]) => {
      let answer = await post(query, aViewer());
      while (answer.body.data?.search.nodes.length !== nodes.length) answer = await post(query, aViewer());
      expect(answer.body).toEqual({ data: { search: { nodes } } });
    };
    const profile = aProfile({ displayName: 'Ioana Cosmescu' });
    await publisher.publish(profile);
    await nodesBecome([{ id: profile.userId }]);
    await publisher.publish({ ...profile, version: 2, isDiscoverable: false } as typeof profile);
    await nodesBecome([]);
  });

  it('answers the router only', async () => {
    const query = '{ search(query: "x", first: 1) { nodes { __typename } } }';
    expect((await post(query, null, 'nonsense')).status).toBe(401);
    expect((await post(query, null)).status).toBe(200);
    expect((await fetch(`${running.url}/health/ready`, { headers: { connection: 'close' } })).status).toBe(
      200,
    );
  });
});
