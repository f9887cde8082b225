import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestRouter, type TestRouter } from '../testing/start-test-router.js';

describe('over HTTP', () => {
  let test: TestRouter;
  beforeAll(async () => {
    test = await startTestRouter(process.env['TEST_REDIS_URL']!, {
      MAX_COST: { most: 100, mode: 'enforce' },
      MAX_HEIGHT: { most: 20, mode: 'enforce' },
      RATE_LIMIT_ADDRESS: { points: 300, seconds: 600, mode: 'enforce' },
      RATE_LIMIT_STORE: 'redis',
      TRUSTED_PROXIES: 1,
    });
  });
  afterAll(() => test.stop());

  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const dear = '{ events { host { friends { friends { name } } } } }';

  it('an operation that is too dear is refused before a subgraph is asked', async () => {
    const before = test.supergraph.events.received.length;
    const { status, errors } = await test.query(dear, from('1.1.1.1'));
    expect(status).toBe(400);
    // 20 events, as many hosts, 400 friends of theirs, and 8,000 of those.
    expect(errors[0]!.extensions).toEqual({
      code: 'COST_ESTIMATED_TOO_EXPENSIVE',
      cost: { estimated: 8_440, max: 100 },
    });
    expect(test.supergraph.events.received).toHaveLength(before);
  });

  it('a document over a limit is refused, naming it', async () => {
    const fields = Array.from({ length: 21 }, (_, n) => `a${n}: viewerName`).join(' ');
    const { status, errors } = await test.query(`{ ${fields} }`, from('1.1.1.2'));
    expect(status).toBe(400);
    expect(errors[0]!.extensions).toMatchObject({ limit: 'height', allowed: 20, actual: 21 });
  });

  it('points are taken by cost; who has spent too much is told when to come back, and others are served', async () => {
    const query = '{ events { title } }';
    const first = await test.query(query, from('1.1.1.3'));
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-limit')).toBe('300');
    const left = Number(first.headers.get('ratelimit-remaining'));
    expect(left).toBe(280);
    for (let n = 0; n < left / 20; n += 1) await test.query(query, from('1.1.1.3'));
    for (let again = 0; again < 2; again += 1) {
      const over = await test.query(query, from('1.1.1.3'));
      expect([over.status, over.errors[0]!.extensions['code']]).toEqual([429, 'RATE_LIMITED']);
      expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await test.query(query, from('1.1.1.4'))).status).toBe(200);
  });

  it('a document that cannot be read takes a point too', async () => {
    await test.query('{', from('1.1.1.5'));
    const { headers } = await test.query('{ viewerName }', from('1.1.1.5'));
    expect(headers.get('ratelimit-remaining')).toBe('298');
  });

  it('batches are refused', async () => {
    const response = await test.post([{ query: '{ viewerName }' }], from('1.1.1.6').headers);
    expect(response.status).toBe(400);
  });
});
