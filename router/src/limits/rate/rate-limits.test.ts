import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis, createLogger, type RedisConnection, type Viewer } from '@diaspora/kit/core';
import { findFreePort, startRedis, type EmbeddedRedis } from '@diaspora/kit/embedded';
import { z } from 'zod';
import { anonymous, type Caller } from '../../access/caller.js';
import { limitSettings } from '../settings.js';
import type { RateStore } from './create-limiter.js';
import { createRateLimits, type Charged } from './rate-limits.js';

const log = createLogger({ name: 'test', level: 'silent' });

const viewer = (id: string): Viewer => ({
  id,
  kind: 'person',
  sessionId: 's',
  roles: [],
  scopes: [],
  entitlements: [],
  offices: [],
});
const person = (id: string, address = '1.1.1.1'): Charged => ({
  caller: { ...anonymous(id), viewer: viewer(id), client: { class: 'firstParty' } },
  address,
});
const visitor = (address: string): Charged => ({ caller: anonymous(), address });
const partner = (id: string, rateLimit?: { points: number; seconds: number }): Charged => {
  const caller: Caller = {
    ...anonymous(id),
    client: { class: 'partner', name: id },
    partner: { id, name: id, ...(rateLimit && { rateLimit }) },
  };
  return { caller, address: '9.9.9.9' };
};

function given(env: Record<string, string>, store: RateStore = { kind: 'memory' }, hasPartners = false) {
  const exceeded: string[] = [];
  let now = Date.now();
  const limits = createRateLimits({
    settings: z.object(limitSettings).parse(env),
    store,
    hasPartners,
    observe: { exceeded: (limit, mode) => void exceeded.push(`${limit} ${mode}`) },
    clock: { now: () => new Date(now) },
  })!;
  /** Points left, or what refused. */
  const charge = (charged: Charged, cost: number, operation?: string) =>
    limits.charge(charged, operation, cost, { log }).then(
      (headers) => headers['ratelimit-remaining'],
      (error: any) => `${error.status} ${error.extensions.limit}`,
    );
  const admit = (charged: Charged) => {
    try {
      limits.admit(charged);
      return 'admitted';
    } catch (error: any) {
      return `${error.status} ${error.extensions.limit}`;
    }
  };
  return { limits, charge, admit, exceeded, pass: (ms: number) => void (now += ms) };
}

describe('rate limits', () => {
  it('are not there when none is set', () => {
    const settings = z.object(limitSettings).parse({});
    expect(createRateLimits({ settings, store: { kind: 'memory' }, hasPartners: false })).toBeUndefined();
  });

  it('take the cost of each request, one point at least, from each user', async () => {
    const { charge } = given({ RATE_LIMIT_USER: '10/60s' });
    expect(await charge(person('a'), 6)).toBe('4');
    expect(await charge(person('b'), 0)).toBe('9');
    expect(await charge(person('a'), 5)).toBe('429 user');
    expect(await charge(person('b'), 9)).toBe('0');
    expect(await charge(visitor('1.1.1.1'), 100)).toBeUndefined();
  });

  it('by address, whoever it is', async () => {
    const { charge } = given({ RATE_LIMIT_ADDRESS: '10/60s' });
    expect(await charge(person('a', '2.2.2.2'), 6)).toBe('4');
    expect(await charge(visitor('2.2.2.2'), 6)).toBe('429 address');
    expect(await charge(visitor('3.3.3.3'), 6)).toBe('4');
  });

  it('by class of clients, all together', async () => {
    const { charge } = given({ RATE_LIMIT_CLIENT: 'anonymous=10/60s' });
    expect(await charge(visitor('1.1.1.1'), 6)).toBe('4');
    expect(await charge(visitor('2.2.2.2'), 6)).toBe('429 client');
    expect(await charge(person('a'), 600)).toBeUndefined();
  });

  it('by operation, for each caller', async () => {
    const { charge } = given({ RATE_LIMIT_OPERATION: 'Export=10/60s' });
    expect(await charge(person('a'), 6, 'Export')).toBe('4');
    expect(await charge(person('a'), 6, 'Export')).toBe('429 operation');
    expect(await charge(person('b'), 6, 'Export')).toBe('4');
    expect(await charge(person('a'), 600, 'Other')).toBeUndefined();
    expect(await charge(person('a'), 600, '__proto__')).toBeUndefined();
  });

  it("by a partner's own limit, else that of users", async () => {
    const { charge } = given({ RATE_LIMIT_USER: '10/60s' });
    expect(await charge(partner('acme', { points: 100, seconds: 60 }), 60)).toBe('40');
    expect(await charge(partner('acme', { points: 100, seconds: 60 }), 60)).toBe('429 user');
    expect(await charge(partner('other'), 6)).toBe('4');
    const onlyPartners = given({}, { kind: 'memory' }, true);
    expect(await onlyPartners.charge(partner('acme', { points: 5, seconds: 60 }), 6)).toBe('429 user');
    expect(await onlyPartners.charge(partner('other'), 600)).toBeUndefined();
  });

  it('say when to come back', async () => {
    const { limits } = given({ RATE_LIMIT_USER: '10/60s' });
    const error: any = await limits
      .charge(person('a'), undefined, 11, { log })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 429, extensions: { code: 'RATE_LIMITED' } });
    expect(Number(error.headers['retry-after'])).toBeGreaterThan(50);
    expect(error.headers).toMatchObject({ 'ratelimit-limit': '10', 'ratelimit-remaining': '0' });
    expect(error.extensions.retryAfterSeconds).toBe(Number(error.headers['retry-after']));
  });

  it('tell of the one nearest to its end', async () => {
    const { limits } = given({ RATE_LIMIT_USER: '1000/60s', RATE_LIMIT_ADDRESS: '10/60s' });
    expect(await limits.charge(person('a'), undefined, 5, { log })).toMatchObject({
      'ratelimit-limit': '10',
      'ratelimit-remaining': '5',
    });
  });

  it('only tell metrics where they are measured', async () => {
    const { charge, admit, exceeded } = given({ RATE_LIMIT_USER: '10/60s:measure' });
    expect(await charge(person('a'), 11)).toBeUndefined();
    expect(admit(person('a'))).toBe('admitted');
    expect(exceeded).toEqual(['rate:user measure']);
  });

  it('turn away at the door who was refused, until the time is over', async () => {
    const { charge, admit, pass } = given({ RATE_LIMIT_USER: '10/60s' });
    expect(admit(person('a'))).toBe('admitted');
    await charge(person('a'), 11);
    expect(admit(person('a'))).toBe('429 user');
    expect(admit(person('b'))).toBe('admitted');
    pass(60_000);
    expect(admit(person('a'))).toBe('admitted');
  });
});

describe('in Redis', () => {
  let port: number;
  let server: EmbeddedRedis;
  const connections: RedisConnection[] = [];
  const store = (namespace: string): RateStore => {
    const redis = connectRedis({ url: `redis://127.0.0.1:${port}`, log, name: 'test' });
    connections.push(redis);
    return { kind: 'redis', redis, namespace };
  };
  beforeAll(async () => {
    port = await findFreePort();
    server = await startRedis({ port });
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.stop()));
    await server.stop();
  });

  it('are one for all routers; while Redis is away each counts for itself', async () => {
    const namespace = randomUUID();
    const one = given({ RATE_LIMIT_USER: '10/60s' }, store(namespace));
    const other = given({ RATE_LIMIT_USER: '10/60s' }, store(namespace));
    await Promise.all(connections.map((connection) => connection.settled(20_000)));
    expect(await one.charge(person('a'), 6)).toBe('4');
    expect(await other.charge(person('a'), 3)).toBe('1');
    expect(await one.charge(person('a'), Number.MAX_SAFE_INTEGER)).toBe('429 user');
    await server.stop();
    expect(await one.charge(person('b'), 6)).toBe('4');
    expect(await one.charge(person('b'), 6)).toBe('429 user');
    expect(await other.charge(person('b'), 6)).toBe('4');
    server = await startRedis({ port });
  });
});
