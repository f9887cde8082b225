import { describe, expect, it } from '@jest/globals';
import { signViewer, VIEWER_HEADER } from '@diaspora/kit';
import { aViewer, createTestDatabase, privateStoreEnvironment, silentLog } from '@diaspora/kit/testing';
import { loadEventsConfig } from './config.js';
import { startEvents } from './subgraph.js';

const secret = 'a-viewer-secret-for-tests-only-0123456789';

describe('the running service', () => {
  it('starts as configured, answers the router and stops', async () => {
    const database = await createTestDatabase('events');
    const config = loadEventsConfig({
      ...privateStoreEnvironment,
      PORT: '4002',
      DATABASE_URL: database.url,
      VIEWER_SECRET: secret,
      SEALING_SECRET: secret,
      SMTP_URL: 'smtp://127.0.0.1:1',
      REDIS_NAMESPACE: database.url,
      REDIS_URL: process.env['TEST_REDIS_URL'],
    });
    const running = await startEvents({ config: { ...config, PORT: 0 }, log: silentLog });
    const response = await fetch(running.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [VIEWER_HEADER]: signViewer(aViewer(), { secret, requestId: 'request-1' }),
      },
      body: JSON.stringify({ query: '{ events(first: 10) { nodes { id } } }' }),
    });
    const answer: unknown = await response.json();
    await running.stop();
    await database.drop();
    expect(answer).toEqual({ data: { events: { nodes: [] } } });
  });

  it('names every setting that is missing', () => {
    expect(() => loadEventsConfig({})).toThrow(/PORT[^]*DATABASE_URL[^]*REDIS_URL[^]*VIEWER_SECRET/);
  });
});
