import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, signViewer, VIEWER_HEADER, type RunningSubgraph, type Viewer } from '@diaspora/kit';
import {
  aViewer,
  createTestDatabase,
  privateStoreEnvironment,
  silentLog,
  type TestDatabase,
} from '@diaspora/kit/testing';
import { once } from 'node:events';
import { createServer, request as call, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { loadPaymentsConfig } from './config.js';
import { userIds } from './ids.js';
import { startPayments } from './subgraph.js';
import { cards, purchase, subscribe, viewerSubscription, webhookSecret } from './testing/given.js';

const viewerSecret = 'a-viewer-secret-for-tests-only-0123456789';

describe('the running service', () => {
  let database: TestDatabase;
  let pool: Pool;
  let running: RunningSubgraph;
  let front: Server;
  beforeAll(async () => {
    front = await startFront(() => running.url);
    database = await createTestDatabase('payments');
    pool = createPool({ url: database.url, max: 2 });
    const config = loadPaymentsConfig({
      ...privateStoreEnvironment,
      SMTP_URL: 'smtp://127.0.0.1:9',
      PORT: '4005',
      DATABASE_URL: database.url,
      REDIS_URL: process.env['TEST_REDIS_URL'],
      REDIS_NAMESPACE: database.url,
      VIEWER_SECRET: viewerSecret,
      SANDBOX_WEBHOOK_SECRET: webhookSecret,
      SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${(front.address() as AddressInfo).port}/webhooks/sandbox`,
    });
    running = await startPayments({ config: { ...config, PORT: 0 }, log: silentLog });
  });
  afterAll(async () => {
    await running.stop();
    await new Promise((resolve) => front.close(resolve));
    await pool.end();
    await database.drop();
  });

  const ask = async (viewer: Viewer, query: string, variables: object = {}) => {
    const signed = signViewer(viewer, { secret: viewerSecret, requestId: 'request' });
    const response = await fetch(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [VIEWER_HEADER]: signed },
      body: JSON.stringify({ query, variables }),
    });
    return ((await response.json()) as { data: Record<string, Record<string, unknown> | null> }).data;
  };

  /** Resolves when the message about the person is in the outbox, which tells of each row. */
  async function published(viewer: Viewer, type: string): Promise<void> {
    const listener = await pool.connect();
    const isThere = async () =>
      (
        await pool.query('SELECT 1 FROM kit.outbox WHERE key = $1 AND type = $2', [
          userIds.encode(viewer.id),
          type,
        ])
      ).rows.length > 0;
    try {
      await listener.query('LISTEN kit_outbox');
      await new Promise<void>((resolve, reject) => {
        const look = () => void isThere().then((found) => found && resolve(), reject);
        listener.on('notification', look);
        look();
      });
    } finally {
      listener.removeAllListeners('notification');
      await listener.query('UNLISTEN kit_outbox');
      listener.release();
    }
  }

  it('sells, has itself told by its provider over HTTP, and tells the others', async () => {
    const viewer = aViewer();
    const answer = await ask(viewer, subscribe, purchase(cards.reportedBadly));
    expect(answer['subscribe']).toMatchObject({ subscription: { status: 'PENDING' }, userErrors: [] });
    await published(viewer, 'subscription.activated');
    expect((await ask(viewer, viewerSubscription))['viewerSubscription']).toMatchObject({ status: 'ACTIVE' });
  });

  it('tells of a declined card', async () => {
    const viewer = aViewer();
    await ask(viewer, subscribe, purchase(cards.declined));
    await published(viewer, 'payment.failed');
    const { viewerSubscription: state } = await ask(viewer, viewerSubscription);
    expect(state).toMatchObject({ status: 'FAILED', paymentFailure: 'CARD_DECLINED' });
  });
});

/** Passes on what is sent to it: the service is told of its own address before it has one. */
async function startFront(target: () => string): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '/' } = incoming;
    const passed = call(new URL(url, target()), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
