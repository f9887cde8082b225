import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, VIEWER_HEADER, verifyViewer } from '@diaspora/kit/core';
import { createRemoteApiKeys, firstOf } from './remote-api-keys.js';
import { sha256 } from './sha256.js';
import { TokenRefused } from './token-refused.js';

/** Nothing is heard of revocations here. */
const watch = () => () => undefined;

const log = createLogger({ name: 'test', level: 'silent' });
const viewerSecret = 'a viewer secret of the tests, long enough';
const keyOf = (name: string) => `dsk_${name.padEnd(43, '-')}`;
const key = keyOf('a-key-of-a-partner');
const acme = {
  id: '01890000-0000-7000-8000-000000000001',
  partnerId: '01890000-0000-7000-8000-000000000002',
  name: 'Acme',
  scopes: ['events:read'],
  tier: 'STANDARD',
};

describe('keys that another service keeps', () => {
  let server: Server;
  let url: string;
  /** Hashes the service was asked for. */
  let asked: string[] = [];
  let answer: { status: number; body: object };
  let verdict: 'valid' | 'revoked';
  let now = Date.now();
  const clock = { now: () => new Date(now) };

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        verifyViewer(request.headers[VIEWER_HEADER] as string, { secret: viewerSecret });
        asked.push((JSON.parse(text) as { sha256: string }).sha256);
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  beforeEach(() => {
    asked = [];
    answer = { status: 200, body: { ...acme, expiresAt: null } };
    verdict = 'valid';
  });

  const given = (overrides: { url?: string } = {}) =>
    createRemoteApiKeys({
      url,
      viewerSecret,
      revocations: { check: async () => verdict, watch },
      tiers: { STANDARD: { points: 100, seconds: 60 } },
      clock,
      log,
      ...overrides,
    });
  const refusal = (run: () => unknown) =>
    Promise.resolve()
      .then(run)
      .then(
        () => undefined,
        (error: any) => error.reason ?? error.extensions?.code,
      );

  it('make a program of who shows one, with its scopes and the limit of its tier', async () => {
    const caller = await given().callerOf(key, 'anonymous');
    expect(caller).toMatchObject({
      viewer: { id: acme.partnerId, kind: 'service', roles: ['PARTNER'], scopes: ['events:read'] },
      client: { class: 'partner', name: 'Acme' },
      scopes: ['events:read'],
      partner: { id: acme.partnerId, rateLimit: { points: 100, seconds: 60 } },
    });
  });

  it('are told by their hash, and asked for once in seconds, however many come at once', async () => {
    const keys = given();
    await Promise.all(Array.from({ length: 20 }, async () => keys.callerOf(key, 'anonymous')));
    await keys.callerOf(key, 'anonymous');
    expect(asked).toEqual([sha256(key)]);
    now += 11_000;
    await keys.callerOf(key, 'anonymous');
    expect(asked).toHaveLength(2);
  });

  it('do not count once they are revoked, although they are remembered', async () => {
    const keys = given();
    const caller = await keys.callerOf(key, 'anonymous');
    verdict = 'revoked';
    expect(await refusal(() => keys.callerOf(key, 'anonymous'))).toBe('KEY_REVOKED');
    expect(await refusal(() => caller.recheck())).toBe('KEY_REVOKED');
    expect(asked).toHaveLength(1);
  });

  it('end on time, although they are remembered', async () => {
    answer.body = { ...acme, expiresAt: new Date(now + 5_000).toISOString() };
    const keys = given();
    const caller = await keys.callerOf(key, 'anonymous');
    expect(caller.expiresAt).toBe(now + 5_000);
    now += 5_000;
    expect(await refusal(() => keys.callerOf(key, 'anonymous'))).toBe('KEY_EXPIRED');
  });

  it('that are unknown are refused, and not remembered', async () => {
    answer = { status: 404, body: {} };
    const keys = given();
    expect(await refusal(() => keys.callerOf(key, 'anonymous'))).toBe('KEY_INVALID');
    answer = { status: 200, body: { ...acme, expiresAt: null } };
    expect(await refusal(() => keys.callerOf(key, 'anonymous'))).toBeUndefined();
  });

  it.each(['', 'x'.repeat(513), `${key}x`, key.slice(0, -1), `dsk_${'"'.repeat(43)}`])(
    'that no service would have given are not asked for: %s',
    async (presented) => {
      expect(await refusal(() => given().callerOf(presented, 'anonymous'))).toBe('KEY_INVALID');
      expect(asked).toEqual([]);
    },
  );

  it('that are made up cost the service so many questions at once, and no more', async () => {
    answer = { status: 404, body: {} };
    const keys = given();
    const made = Array.from({ length: 150 }, (_each, index) => keyOf(`made-up-${index}`));
    const refusals = await Promise.all(made.map((each) => refusal(() => keys.callerOf(each, 'anonymous'))));
    expect(refusals.filter((reason) => reason === 'KEY_INVALID')).toHaveLength(100);
    expect(refusals.filter((reason) => reason === 'UNAVAILABLE')).toHaveLength(50);
    expect(asked).toHaveLength(100);
    expect(await refusal(() => keys.callerOf(key, 'anonymous'))).toBe('KEY_INVALID');
  });

  it.each([
    ['is at fault', { status: 500, body: {} }],
    ['answers something else', { status: 200, body: { id: 1 } }],
  ])('cannot be told while the service %s: nobody is refused for that', async (_name, fault) => {
    answer = fault;
    expect(await refusal(() => given().callerOf(key, 'anonymous'))).toBe('UNAVAILABLE');
  });

  it('cannot be told while the service is away', async () => {
    const away = given({ url: 'http://127.0.0.1:9' });
    expect(await refusal(() => away.callerOf(key, 'anonymous'))).toBe('UNAVAILABLE');
  });

  it('are asked for after those of files', async () => {
    const files = {
      callerOf: (presented: string) => {
        throw new TokenRefused(presented === 'ended' ? 'KEY_EXPIRED' : 'KEY_INVALID');
      },
    };
    const both = firstOf(files, given())!;
    expect((await both.callerOf(key, 'anonymous')).partner?.name).toBe('Acme');
    expect(await refusal(() => both.callerOf('ended', 'anonymous'))).toBe('KEY_EXPIRED');
    expect(asked).toHaveLength(1);
    expect(firstOf(undefined, undefined)).toBeUndefined();
  });
});
