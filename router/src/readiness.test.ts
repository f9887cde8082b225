import { describe, expect, it } from '@jest/globals';
import { createHealth } from '@diaspora/kit/core';
import { shareAnswers } from './readiness.js';
import { startTestRouter, type TestRouter } from './testing/start-test-router.js';

const redisUrl = process.env['TEST_REDIS_URL']!;

async function withRouter(run: (test: TestRouter) => Promise<void>, redis = redisUrl): Promise<void> {
  const test = await startTestRouter(redis);
  await run(test).finally(() => test.stop());
}

async function readinessOf({ router }: TestRouter): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${router.url}/health/ready`);
  return { status: response.status, body: await response.json() };
}

describe('the router', () => {
  it('is ready while one subgraph is, and says which one is not', () =>
    withRouter(async (test) => {
      await test.supergraph.users.stop();
      expect(await readinessOf(test)).toEqual({
        status: 200,
        body: {
          status: 'ready',
          checks: { redis: 'ok', signingKeys: 'ok', users: 'failing', events: 'ok' },
        },
      });
    }));

  it('is unready when no subgraph is ready', () =>
    withRouter(async (test) => {
      await test.supergraph.stop();
      expect(await readinessOf(test)).toMatchObject({
        status: 503,
        body: { status: 'unready', checks: { redis: 'ok', users: 'failing', events: 'failing' } },
      });
    }));

  it('is unready until the signing keys were loaded once, and bears the absence of the issuer then', () =>
    withRouter(async (test) => {
      test.issuer.fail(true);
      const before = await readinessOf(test);
      expect(before).toMatchObject({
        status: 503,
        body: { checks: { signingKeys: 'failing', users: 'ok' } },
      });
      test.issuer.fail(false);
      expect(await readinessOf(test)).toMatchObject({ status: 200 });
      test.issuer.fail(true);
      expect(await readinessOf(test)).toMatchObject({ status: 200, body: { checks: { signingKeys: 'ok' } } });
    }));

  it('is ready, and serves signed-in people, while Redis is away', () =>
    withRouter(async (test) => {
      expect(await readinessOf(test)).toMatchObject({ status: 200, body: { checks: { redis: 'failing' } } });
      const { status, data } = await test.query('{ viewerName }', { token: await test.issuer.token() });
      expect([status, data]).toEqual([200, { viewerName: 'somebody' }]);
    }, 'redis://127.0.0.1:1'));
});

describe('an answer', () => {
  const counted = (isWorking: boolean) => {
    let asked = 0;
    const check = async () => {
      asked += 1;
      if (!isWorking) throw new Error('away');
    };
    return { health: shareAnswers(createHealth({ dependency: check })), asked: () => asked };
  };

  it('that says ready is shared for a while, until draining begins', async () => {
    const { health, asked } = counted(true);
    for (let count = 0; count < 5; count++) expect((await health.ready()).ready).toBe(true);
    expect(asked()).toBe(1);
    health.drain();
    expect((await health.ready()).ready).toBe(false);
  });

  it('that says unready is shared by those who ask meanwhile only', async () => {
    const { health, asked } = counted(false);
    await Promise.all([health.ready(), health.ready(), health.ready()]);
    expect(asked()).toBe(1);
    await health.ready();
    expect(asked()).toBe(2);
  });
});
