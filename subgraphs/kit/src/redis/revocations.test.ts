import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRevocations, type TokenFacts } from './revocations.js';
import { createTestRedis, type TestRedis } from './testing.js';

const facts = (name: string, epoch = 1): TokenFacts => ({
  sessionId: `session-${name}`,
  tokenId: `token-${name}`,
  userId: `user-${name}`,
  epoch,
});

describe('revocations', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await createTestRedis();
  });
  afterAll(() => server.close());

  const create = (namespace: string, now?: () => Date) =>
    createRevocations({ redis: server.connect(), namespace, ...(now && { clock: { now } }) });

  it('knows valid, revoked and stale tokens in every process', async () => {
    const [here, there] = [create('a'), create('a')];
    expect(await there.check(facts('x'))).toBe('valid');
    expect(await here.revokeSession('session-x', 900)).toBe(true);
    await here.revokeToken('token-y', 900);
    await here.raiseEpoch('user-z', 5);
    expect(await there.check(facts('x'))).toBe('revoked');
    expect(await there.check(facts('y'))).toBe('revoked');
    expect(await there.check(facts('z', 4))).toBe('stale');
    expect(await there.check(facts('z', 5))).toBe('valid');
  });

  it('never lowers an epoch', async () => {
    const [here, there] = [create('b'), create('b')];
    await here.raiseEpoch('user-x', 5);
    await there.raiseEpoch('user-x', 3);
    expect(await create('b').check(facts('x', 4))).toBe('stale');
    expect(await there.check(facts('x', 4))).toBe('stale');
  });

  it('forgets a revocation when no token of the session can be alive', async () => {
    let now = Date.now();
    const revocations = create('c', () => new Date(now));
    await revocations.revokeSession('session-x', 1);
    now += 2_000;
    const redis = server.connect();
    expect(await redis.client.pttl('c:revocations:session:session-x')).toBeLessThanOrEqual(1_000);
    await redis.client.del('c:revocations:session:session-x');
    expect(await revocations.check(facts('x'))).toBe('valid');
  });

  it('decides from what it heard while Redis is away, and lets the unknown pass', async () => {
    const here = create('d');
    const redis = server.connect();
    const there = createRevocations({ redis, namespace: 'd' });
    let heard = 0;
    const heardBoth = new Promise<void>((resolve) => {
      const message = () => ++heard === 2 && resolve();
      redis.subscriptions().listen('d:revocations', { message, resync: () => undefined });
    });
    await there.ready;
    await here.revokeSession('session-x', 900);
    await here.raiseEpoch('user-y', 2);
    await heardBoth;
    await server.stop();
    expect(await there.check(facts('x'))).toBe('revoked');
    expect(await there.check(facts('y', 1))).toBe('stale');
    expect(await there.check(facts('unknown'))).toBe('valid');
    await server.start();
  });

  it('tells whoever watches a token of what may concern it, in every process, and nobody of other tokens', async () => {
    const [here, there] = [create('f'), create('f')];
    await there.ready;
    const heard: string[] = [];
    const watch = (name: string) => there.watch(facts(name), () => heard.push(name));
    const ends = ['session', 'token', 'epoch', 'other'].map(watch);
    const until = async (count: number) => {
      while (heard.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await here.revokeSession('session-session', 900);
    await here.revokeToken('token-token', 900);
    await here.raiseEpoch('user-epoch', 5);
    await until(3);
    expect(heard).toEqual(['session', 'token', 'epoch']);
    ends[0]!();
    await here.revokeToken('token-session', 900);
    await here.raiseEpoch('user-epoch', 6);
    await until(4);
    expect(heard.slice(3)).toEqual(['epoch']);
  });

  it('shares what was revoked during an outage, and teaches a Redis that lost everything', async () => {
    const [here, there] = [create('e'), create('e')];
    await here.revokeSession('session-before', 900);
    await server.stop();
    expect(await here.revokeSession('session-during', 900)).toBe(false);
    expect(await here.check(facts('during'))).toBe('revoked');
    expect(await there.check(facts('during'))).toBe('valid');
    await server.start();
    const redis = server.connect();
    const keys = ['e:revocations:session:session-before', 'e:revocations:session:session-during'];
    while ((await redis.client.exists(...keys)) < 2) await redis.client.ping();
    expect(await there.check(facts('during'))).toBe('revoked');
    expect(await create('e').check(facts('before'))).toBe('revoked');
  });
});
