import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aViewer, auditLines } from '@diaspora/kit/testing';
import { withRole } from '../testing/given.js';
import { apiKeyIds } from '../ids.js';
import { clientMutations, documentOf, givenClients } from './testing/given-clients.js';

const hourMs = 3_600_000;

describe('keys of partners', () => {
  let given: Awaited<ReturnType<typeof givenClients>>;
  let users: typeof given.users;
  beforeAll(async () => {
    given = await givenClients();
    users = given.users;
  });
  afterAll(() => given.stop());

  it('are answered once; routers are told whose they are', async () => {
    const made = await given.partner({ tier: 'HIGH', expiresInDays: 30 });
    expect(made.key).toMatch(/^dsk_[\w-]{43}$/);
    expect(made.hint).toBe(made.key.slice(-4));
    const id = apiKeyIds.decode(made.id);
    const expiresAt = new Date(users.clock.now().getTime() + 30 * 24 * hourMs).toISOString();
    expect(await given.lookUp(made.key)).toEqual({
      status: 200,
      id,
      partnerId: id,
      name: made.name,
      scopes: ['events:read'],
      tier: 'HIGH',
      expiresAt,
    });
    expect(JSON.stringify(await users.db.apiKey.findMany())).not.toContain(made.key);
    expect(JSON.stringify(await auditLines(users.db, made.id))).not.toContain(made.key);
  });

  it('are told to routers only', async () => {
    const { key } = await given.partner();
    const answer = await given.lookUp(key, 'a secret that is not that of the router');
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.partnerId).toBeUndefined();
  });

  it('that are not known, have ended or were revoked are told alike', async () => {
    const ended = await given.partner({ expiresInDays: 1 });
    users.clock.advance(24 * hourMs);
    const revoked = await given.partner();
    await given.run('revokeApiKey', { apiKeyId: revoked.id, reason: 'Leaked.' });
    const answers = await Promise.all(
      [ended.key, revoked.key, 'dsk_unknown'].map((key) => given.lookUp(key)),
    );
    expect(answers).toEqual(Array(3).fill({ status: 404, error: 'unknown' }));
  });

  it('are revoked at once, for routers that remember them too', async () => {
    const { id, key } = await given.partner();
    const { id: sessionId, partnerId } = await given.lookUp(key);
    const { apiKey } = await given.run('revokeApiKey', { apiKeyId: id, reason: 'Leaked.' });
    expect(apiKey.status).toBe('REVOKED');
    const facts = { sessionId, tokenId: sessionId, userId: partnerId, epoch: 0 };
    expect(await users.revocations.check(facts)).toBe('revoked');
    expect(await auditLines(users.db, id)).toMatchObject([
      { action: 'apiKey.created' },
      { action: 'apiKey.revoked', reason: 'Leaked.' },
    ]);
  });

  it('do not work after the answer to their revocation, whoever looked them up meanwhile', async () => {
    for (let round = 0; round < 8; round++) {
      const { id, key } = await given.partner();
      const [looked] = await Promise.all([
        given.lookUp(key),
        given.run('revokeApiKey', { apiKeyId: id, reason: 'Now.' }),
      ]);
      const keyId = apiKeyIds.decode(id);
      const facts = { sessionId: keyId, tokenId: keyId, userId: looked.partnerId ?? keyId, epoch: 0 };
      expect(await users.revocations.check(facts)).toBe('revoked');
      expect((await given.lookUp(key)).status).toBe(404);
    }
  });

  describe('that are rotated', () => {
    it('work beside the next one for a while, and count as one partner', async () => {
      const old = await given.partner({ tier: 'BASIC' });
      const { apiKey, key } = await given.run('rotateApiKey', { apiKeyId: old.id, overlapHours: 2 });
      expect(apiKey).toMatchObject({ name: old.name, scopes: old.scopes, tier: 'BASIC', status: 'ACTIVE' });
      const [before, after] = await Promise.all([given.lookUp(old.key), given.lookUp(key)]);
      expect(before.partnerId).toBe(after.partnerId);
      users.clock.advance(2 * hourMs);
      expect((await given.lookUp(old.key)).status).toBe(404);
      expect((await given.lookUp(key)).status).toBe(200);
    });

    it('without an overlap end at once', async () => {
      const old = await given.partner();
      await given.run('rotateApiKey', { apiKeyId: old.id, overlapHours: 0 });
      const id = apiKeyIds.decode(old.id);
      const facts = { sessionId: id, tokenId: id, userId: id, epoch: 0 };
      expect(await users.revocations.check(facts)).toBe('revoked');
      expect((await given.lookUp(old.key)).status).toBe(404);
    });

    it('have one that follows, however many ask at once', async () => {
      const { id } = await given.partner();
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => given.run('rotateApiKey', { apiKeyId: id })),
      );
      expect(answers.filter(({ key }) => key)).toHaveLength(1);
      expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual(
        Array(5).fill({ code: 'CONFLICT', path: ['apiKeyId'] }),
      );
    });

    it('and revoked at once end either way', async () => {
      for (let round = 0; round < 5; round++) {
        const { id, key } = await given.partner();
        await Promise.all([
          given.run('rotateApiKey', { apiKeyId: id }),
          given.run('revokeApiKey', { apiKeyId: id, reason: 'Now.' }),
        ]);
        expect((await given.lookUp(key)).status).toBe(404);
      }
    });
  });

  it('note their use once a minute', async () => {
    const { id, key } = await given.partner();
    const usedAt = async () =>
      (
        await users.db.apiKey.findUniqueOrThrow({ where: { id: apiKeyIds.decode(id) } })
      ).lastUsedAt?.getTime();
    await Promise.all([given.lookUp(key), given.lookUp(key)]);
    const first = await usedAt();
    users.clock.advance(59_000);
    await given.lookUp(key);
    expect(await usedAt()).toBe(first);
    users.clock.advance(1_000);
    await given.lookUp(key);
    expect(await usedAt()).toBe(first! + 60_000);
  });

  describe('and service accounts', () => {
    const inputs = {
      createServiceAccount: () => ({ name: 'By a stranger', role: 'SERVICE', scopes: ['users:read'] }),
      updateServiceAccount: (service: any) => ({ ...service, name: 'Mine', expectedVersion: 1 }),
      rotateServiceSecret: (service: any) => ({ ...service }),
      disableServiceAccount: (service: any) => ({ ...service, reason: 'So.' }),
      enableServiceAccount: (service: any) => ({ ...service }),
      createApiKey: () => ({ name: 'By a stranger', scopes: [] }),
      rotateApiKey: (_service: any, key: any) => ({ ...key }),
      revokeApiKey: (_service: any, key: any) => ({ ...key, reason: 'So.' }),
    };
    const state = async () => ({
      accounts: await users.db.serviceAccount.findMany({ orderBy: { id: 'asc' } }),
      secrets: await users.db.serviceSecret.findMany({ orderBy: { id: 'asc' } }),
      keys: await users.db.apiKey.findMany({ orderBy: { id: 'asc' } }),
    });

    it.each(clientMutations)('%s is for super users', async (name) => {
      const { serviceAccountId } = await given.service();
      const { apiKeyId } = await given.partner();
      const input = inputs[name]({ serviceAccountId }, { apiKeyId });
      const member = await users.given.person();
      const before = await state();
      const others = [
        ['UNAUTHENTICATED', null],
        ['FORBIDDEN', member.viewer],
        ['FORBIDDEN', withRole(member.viewer, 'AMBASSADOR', { countryCode: 'DE' })],
        // Says an old token; the database says no.
        ['FORBIDDEN', withRole(member.viewer, 'SUPER_USER')],
        ['FORBIDDEN', aViewer({ kind: 'service', roles: ['serviciu_clienti'], scopes: ['users:read'] })],
        ['FORBIDDEN', { ...member.viewer, impersonatorId: given.root.id }],
      ] as const;
      for (const [code, viewer] of others) {
        const { codes } = await users.as(viewer).execute(documentOf(name), { input });
        expect(codes).toEqual([code]);
      }
      expect(await state()).toEqual(before);
      expect((await given.run(name, input)).userErrors).toEqual([]);
    });

    it.each([
      '{ serviceAccounts(first: 2) { nodes { id } } }',
      '{ apiKeys(first: 2) { nodes { id } } }',
      '{ serviceAccount(id: "svc_00000000000000000000000000") { id } }',
    ])('%s is for super users', async (query) => {
      const member = await users.given.person();
      const service = aViewer({ kind: 'service', roles: ['SERVICE'] });
      for (const viewer of [null, member.viewer, service]) {
        expect((await users.as(viewer).execute(query)).codes).toHaveLength(1);
      }
      expect((await users.as(given.root.viewer).execute(query)).codes).toEqual([]);
    });

    it('are listed, newest first, with their secrets by one query', async () => {
      const service = await given.service();
      const key = await given.partner();
      const query = `{ serviceAccounts(first: 1) { nodes { id secrets { hint } createdBy { id } } }
        apiKeys(first: 1) { nodes { id status createdBy { id } } } }`;
      const { data } = await users.as(given.root.viewer).execute(query);
      const createdBy = { id: given.root.publicId };
      expect(data.serviceAccounts.nodes).toEqual([
        { id: service.id, secrets: [{ hint: service.secret.slice(-4) }], createdBy },
      ]);
      expect(data.apiKeys.nodes).toEqual([{ id: key.id, status: 'ACTIVE', createdBy }]);
    });
  });

  describe('let programs see people', () => {
    const query = 'query ($id: ID!) { user(id: $id) { displayName } }';

    it.each([
      ['with the scope', ['users:read'], true],
      ['not without', ['events:read'], false],
      ['not by the mere key', [], false],
    ])('%s', async (_name, scopes, isSeen) => {
      const person = await users.given.person({ displayName: 'Ana' });
      const viewer = aViewer({ kind: 'service', roles: ['PARTNER'], scopes });
      const { data, codes } = await users.as(viewer).execute(query, { id: person.publicId });
      expect(data?.user?.displayName ?? null).toBe(isSeen ? 'Ana' : null);
      expect(codes).toEqual(isSeen ? [] : ['FORBIDDEN']);
    });
  });
});
