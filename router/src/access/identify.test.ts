import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@diaspora/kit/core';
import { createSigningKey, startIssuer, userKey, type Issuer } from '../testing/issuer.js';
import { createApiKeys, type ApiKeys } from './api-keys.js';
import type { Caller } from './caller.js';
import { connectionHeaders } from './connection-headers.js';
import { createIdentify, type Identify } from './identify.js';
import { createRemoteKeys } from './remote-keys.js';
import { sha256 } from './sha256.js';
import { createTokenCaller, type Revocations } from './token-caller.js';
import { createVerifyToken } from './verify-token.js';

/** Nothing is heard of revocations here. */
const watch = () => () => undefined;

const log = createLogger({ name: 'test', level: 'silent' });
const partnerKey = 'acme-5d1c1f6f6f0c4b0b';
const endedKey = 'ended-5d1c1f6f6f0c4b0b';

let issuer: Issuer;
let folder: string;
let apiKeys: ApiKeys;
let identify: Identify;
let now: number;
let verdict: Awaited<ReturnType<Revocations['check']>>;
let checks: number;

beforeAll(async () => {
  issuer = await startIssuer();
  folder = await mkdtemp(join(tmpdir(), 'router-keys-'));
  const keys = [
    {
      id: 'acme',
      name: 'Acme',
      sha256: sha256(partnerKey),
      scopes: ['events:read'],
      rateLimit: '100/60s',
    },
    { id: 'ended', name: 'Ended', sha256: sha256(endedKey), expiresAt: '2020-01-01T00:00:00Z' },
  ];
  await writeFile(join(folder, 'keys.json'), JSON.stringify(keys));
  const clock = { now: () => new Date(now) };
  apiKeys = await createApiKeys({ path: folder, clock, log });
  const check = async () => {
    checks += 1;
    return verdict;
  };
  const verify = createVerifyToken({
    keys: createRemoteKeys({ url: issuer.url, log }),
    issuer: issuer.name,
    audience: issuer.audience,
    clock,
  });
  const tokenCaller = createTokenCaller({ verify, revocations: { check, watch }, clock });
  identify = createIdentify({ tokenCaller, apiKeys, log });
  now = Date.now();
  verdict = 'valid';
  checks = 0;
});
afterAll(async () => {
  apiKeys.stop();
  await issuer.stop();
  await rm(folder, { recursive: true });
});

const asPerson = async (claims = {}, identity?: string) =>
  identify({ authorization: `Bearer ${await issuer.token({ claims })}` }, identity);
const refusal = async (caller: () => Caller | Promise<Caller>) => {
  const error: any = await Promise.resolve()
    .then(caller)
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  return [error?.status, error?.extensions.code, error?.extensions.reason];
};

describe('a caller', () => {
  it('without a credential is anonymous, and shares by what its forwarded headers say', async () => {
    const caller = await identify({}, 'forwarded');
    expect(caller).toMatchObject({
      viewer: null,
      identity: 'forwarded',
      client: { class: 'anonymous' },
      scopes: [],
    });
  });

  it('with a token is a person of the first party', async () => {
    const caller = await asPerson();
    expect(caller.viewer).toMatchObject({ id: userKey, roles: ['user'] });
    expect(caller).toMatchObject({ client: { class: 'firstParty' }, scopes: ['events:read'] });
    expect(caller.expiresAt).toBeGreaterThan(now);
  });

  it.each([
    ['words separated by blanks (RFC 8693)', { scopes: undefined, scope: 'a b' }, ['a', 'b']],
    ['a list', { scopes: ['a', 'b'] }, ['a', 'b']],
    ['both', { scopes: ['a'], scope: 'b a' }, ['a', 'b']],
  ])('has the scopes of its token: %s', async (_name, claims, scopes) => {
    expect((await asPerson(claims)).scopes).toEqual(scopes);
  });

  it('shares answers with nobody of other claims or other forwarded headers, and with the same claims', async () => {
    const mine = (await asPerson()).identity;
    expect((await asPerson({ jti: 'another' })).identity).toBe(mine);
    const others = [
      await asPerson({ role: 'moderator' }),
      await asPerson({ entitlements: [] }),
      await asPerson({}, 'language: de'),
      await identify({}),
      await identify({ 'x-api-key': partnerKey }),
    ].map(({ identity }) => identity);
    expect(new Set([mine, ...others]).size).toBe(6);
  });

  it('with a key is a partner without a viewer, under the name of the key', async () => {
    const caller = await identify({ 'x-api-key': partnerKey, 'apollographql-client-name': 'web' });
    expect(caller).toMatchObject({
      viewer: null,
      client: { class: 'partner', name: 'Acme' },
      scopes: ['events:read'],
      partner: { id: 'acme', name: 'Acme', rateLimit: { points: 100, seconds: 60 } },
    });
  });
});

describe('a key in the header of tokens', () => {
  it('is a key', async () => {
    const caller = await identify({ authorization: `ApiKey ${partnerKey}` });
    expect(caller.partner?.id).toBe('acme');
  });

  it('is refused beside another one', async () => {
    const headers = { authorization: `ApiKey ${partnerKey}`, 'x-api-key': partnerKey };
    expect(await refusal(() => identify(headers))).toEqual([401, 'UNAUTHENTICATED', 'TWO_CREDENTIALS']);
  });

  it('is no token where there are no keys', async () => {
    const verify = () => Promise.reject(new Error('not reached'));
    const clock = { now: () => new Date(now) };
    const tokenCaller = createTokenCaller({
      verify,
      revocations: { check: async () => verdict, watch },
      clock,
    });
    const withoutKeys = createIdentify({ tokenCaller, log });
    const refused = await refusal(() => withoutKeys({ authorization: `ApiKey ${partnerKey}` }));
    expect(refused[2]).toBe('TOKEN_INVALID');
  });
});

describe('refuses', () => {
  const tooLong = `Bearer ${'a'.repeat(20_000)}.b.c`;
  const refused: [string, string, () => Record<string, string> | Promise<Record<string, string>>][] = [
    ['an unknown key', 'KEY_INVALID', () => ({ 'x-api-key': 'nonsense' })],
    ['the hash of a key', 'KEY_INVALID', () => ({ 'x-api-key': sha256(partnerKey) })],
    ['a key that has ended', 'KEY_EXPIRED', () => ({ 'x-api-key': endedKey })],
    ['a key beside a token', 'TWO_CREDENTIALS', () => ({ 'x-api-key': partnerKey, authorization: 'Bearer' })],
    ['another scheme', 'TOKEN_INVALID', () => ({ authorization: 'Basic dXNlcjpwYXNz' })],
    ['a very long token', 'TOKEN_INVALID', () => ({ authorization: tooLong })],
    [
      'a token of a foreign key',
      'TOKEN_INVALID',
      async () => ({
        authorization: `Bearer ${await issuer.token({ key: await createSigningKey('key-1') })}`,
      }),
    ],
  ];
  it.each(refused)('%s: 401 %s', async (_name, reason, headers) => {
    const sent = await headers();
    expect(await refusal(() => identify(sent))).toEqual([401, 'UNAUTHENTICATED', reason]);
  });

  it.each([
    ['revoked', 'SESSION_REVOKED'],
    ['stale', 'SESSION_STALE'],
  ] as const)('a token known to be good once it is %s', async (next, reason) => {
    const headers = { authorization: `Bearer ${await issuer.token()}` };
    const caller = await identify(headers);
    verdict = next;
    expect(await refusal(() => identify(headers))).toEqual([401, 'UNAUTHENTICATED', reason]);
    await expect(caller.recheck()).rejects.toMatchObject({ reason });
    verdict = 'valid';
    await expect(caller.recheck()).resolves.toBeUndefined();
  });

  it('a token known to be good once it has expired, five seconds of tolerance included', async () => {
    const headers = { authorization: `Bearer ${await issuer.token({ expiresIn: 60 })}` };
    const caller = await identify(headers);
    now = caller.expiresAt! + 4_999;
    expect(await refusal(() => identify(headers))).toEqual([undefined, undefined, undefined]);
    now = caller.expiresAt! + 5_000;
    expect(await refusal(() => identify(headers))).toEqual([401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED']);
    await expect(caller.recheck(60_000)).rejects.toMatchObject({ reason: 'TOKEN_EXPIRED' });
    now = Date.now();
  });
});

describe('recheck', () => {
  it('need not ask again within the time given', async () => {
    const caller = await asPerson();
    const before = checks;
    await caller.recheck(1_000);
    now += 1_000;
    await caller.recheck(1_000);
    await caller.recheck(1_000);
    now = Date.now();
    expect(checks - before).toBe(1);
  });

  it('refuses a key that was taken away', async () => {
    const path = join(folder, 'other.json');
    await writeFile(path, JSON.stringify({ id: 'b', name: 'B', sha256: sha256('other key') }));
    await apiKeys.reload();
    const caller = await identify({ 'x-api-key': 'other key' });
    await caller.recheck();
    await rm(path);
    await apiKeys.reload();
    await expect(caller.recheck()).rejects.toMatchObject({ reason: 'KEY_INVALID' });
  });
});

describe('without configuration', () => {
  it('everybody is anonymous, whatever is presented', async () => {
    const plain = createIdentify({ log });
    const caller = await plain({ authorization: 'Bearer whatever', 'x-api-key': 'x' });
    expect(caller).toMatchObject({ viewer: null, identity: 'anonymous', client: { class: 'anonymous' } });
  });
});

describe('connection parameters', () => {
  const upgrade = { authorization: 'Bearer of-upgrade', origin: 'https://a.example' };
  const cases: [string, unknown, string][] = [
    ['absent', undefined, 'Bearer of-upgrade'],
    ['of another kind', ['authorization'], 'Bearer of-upgrade'],
    ['themselves', { Authorization: 'Bearer mine' }, 'Bearer mine'],
    ['as headers', { headers: { authorization: 'Bearer mine' } }, 'Bearer mine'],
    ['of a kind that is no text', { authorization: 7 }, 'Bearer of-upgrade'],
  ];
  it.each(cases)('%s', (_name, params, authorization) => {
    expect(connectionHeaders(params, upgrade)).toEqual({ ...upgrade, authorization });
  });

  it('set no other header', () => {
    expect(connectionHeaders({ 'x-forwarded-for': '1.2.3.4', cookie: 'a=b' })).toEqual({});
  });
});
