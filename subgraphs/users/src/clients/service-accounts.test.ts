import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { announceServiceEpoch } from '../jobs.js';
import { serviceAccountIds, sessionIds } from '../ids.js';
import { givenClients } from './testing/given-clients.js';

const hourMs = 3_600_000;
const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

describe('service accounts', () => {
  let given: Awaited<ReturnType<typeof givenClients>>;
  let users: typeof given.users;
  beforeAll(async () => {
    given = await givenClients();
    users = given.users;
  });
  afterAll(() => given.stop());

  /** Whether a token would pass the router. */
  async function verdictOn(accessToken: string) {
    const { sid, jti, sub, epoch } = decodeJwt(accessToken) as Record<string, any>;
    const facts = { sessionId: sessionIds.decode(sid), tokenId: jti, userId: serviceAccountIds.decode(sub) };
    return users.revocations.check({ ...facts, epoch });
  }

  it('exchange their secret for a token that says what they are', async () => {
    const service = await given.service({
      role: 'CUSTOMER_SERVICE',
      scopes: ['users:read', 'registrations:read'],
    });
    const answer = await given.tokenOf(service);
    expect(answer).toMatchObject({
      status: 200,
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'registrations:read users:read',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(decodeProtectedHeader(answer.access_token)).toMatchObject({ alg: 'RS256' });
    expect(decodeJwt(answer.access_token)).toMatchObject({
      iss: 'diaspora',
      aud: 'diaspora-api',
      sub: service.id,
      client: service.id,
      role: ['serviciu_clienti'],
      scopes: ['registrations:read', 'users:read'],
      entitlements: [],
    });
    expect(await verdictOn(answer.access_token)).toBe('valid');
  });

  it('show themselves in the header as well, and may want less', async () => {
    const { id, secret } = await given.service({ scopes: ['users:read', 'events:read'] });
    const form = { ...given.grant, scope: 'events:read' };
    const answer = await given.token(form, { authorization: basic(id, secret) });
    expect({ status: answer.status, scope: answer.scope }).toEqual({ status: 200, scope: 'events:read' });
  });

  it('are told their secret once; only its hash is kept', async () => {
    const { secret, id } = await given.service();
    const kept = JSON.stringify(await users.db.serviceSecret.findMany());
    expect(kept).not.toContain(secret);
    const lines = JSON.stringify(await auditLines(users.db, id));
    expect(lines).toContain('serviceAccount.created');
    expect(lines).not.toContain(secret);
  });

  it('have an audit trail of their own', async () => {
    const service = await given.service();
    await given.tokenOf(service);
    await users.keepAudit();
    const query = `query ($id: ID!) { auditEntries(first: 5, filter: { subjectId: $id }) {
      nodes { action actor { kind person { id } service { id name } } } } }`;
    const { data } = await users.as(given.root.viewer).execute(query, { id: service.id });
    expect(data.auditEntries.nodes).toEqual([
      {
        action: 'serviceAccount.tokenIssued',
        actor: { kind: 'SERVICE', person: null, service: { id: service.id, name: service.name } },
      },
      {
        action: 'serviceAccount.created',
        actor: { kind: 'PERSON', person: { id: given.root.publicId }, service: null },
      },
    ]);
  });

  describe('are refused', () => {
    const refused: [string, number, string, (service: any) => Promise<any>][] = [
      ['a wrong secret', 401, 'invalid_client', ({ id }) => given.tokenOf({ id, secret: 'dss_wrong' })],
      ['no secret', 401, 'invalid_client', ({ id }) => given.token({ ...given.grant, client_id: id })],
      ['nothing', 400, 'invalid_request', () => given.token('')],
      [
        'a secret of another one',
        401,
        'invalid_client',
        async ({ id }) => given.tokenOf({ id, secret: (await given.service()).secret }),
      ],
      [
        'another grant',
        400,
        'unsupported_grant_type',
        (service) => given.tokenOf(service, { grant_type: 'password' }),
      ],
      [
        'a scope that they do not have',
        400,
        'invalid_scope',
        (service) => given.tokenOf(service, { scope: 'users:read events:read' }),
      ],
      [
        'two ways at once (RFC 6749, 2.3)',
        400,
        'invalid_request',
        ({ id, secret }) =>
          given.token(
            { ...given.grant, client_id: id, client_secret: secret },
            { authorization: basic(id, secret) },
          ),
      ],
      [
        'a parameter that comes twice',
        400,
        'invalid_request',
        ({ id, secret }) =>
          given.token(
            `grant_type=client_credentials&grant_type=client_credentials&client_id=${id}&client_secret=${secret}`,
          ),
      ],
      [
        'a header that is nothing',
        401,
        'invalid_client',
        () => given.token(given.grant, { authorization: 'Basic !!' }),
      ],
      [
        'a header that is not encoded',
        401,
        'invalid_client',
        () => given.token(given.grant, { authorization: `Basic ${Buffer.from('%:%').toString('base64')}` }),
      ],
    ];
    it.each(refused)('with %s', async (_name, status, error, ask) => {
      const answer = await ask(await given.service());
      expect({ status: answer.status, error: answer.error, token: answer.access_token }).toEqual({
        status,
        error,
        token: undefined,
      });
      const isChallenged = answer.headers.get('www-authenticate')?.startsWith('Basic ') ?? false;
      expect(isChallenged).toBe(status === 401);
    });

    it('after so many wrong secrets from one address; the right one still works', async () => {
      const service = await given.service();
      const wrong = () => given.tokenOf({ id: service.id, secret: 'dss_wrong' });
      const answers = await Promise.all(Array.from({ length: 40 }, wrong));
      const last = answers.find(({ status }) => status === 429);
      expect(last.headers.get('retry-after')).toMatch(/^\d+$/);
      expect((await given.tokenOf(service)).status).toBe(200);
      users.clock.advance(hourMs);
    });
  });

  describe('when they change', () => {
    it('lose their tokens at once, and get new ones with what they may do now', async () => {
      const service = await given.service();
      const { access_token: token } = await given.tokenOf(service);
      const changed = await given.run('updateServiceAccount', {
        serviceAccountId: service.id,
        expectedVersion: service.version,
        scopes: ['events:read'],
      });
      expect(changed.serviceAccount).toMatchObject({ scopes: ['events:read'], version: service.version + 1 });
      expect(await verdictOn(token)).toBe('stale');
      const next = await given.tokenOf(service);
      expect(next.scope).toBe('events:read');
      expect(await verdictOn(next.access_token)).toBe('valid');
    });

    it('do so once: a stale version is answered with what holds', async () => {
      const { id, version } = await given.service();
      const input = { serviceAccountId: id, expectedVersion: version };
      const answers = await Promise.all(
        ['One', 'Two'].map((name) => given.run('updateServiceAccount', { ...input, name: `${name} ${id}` })),
      );
      expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([
        { code: 'CONFLICT', path: ['expectedVersion'] },
      ]);
    });

    it('are kept out at once, told by a job should Redis be away, and let in again', async () => {
      const service = await given.service();
      const { access_token: token } = await given.tokenOf(service);
      const input = { serviceAccountId: service.id };
      await given.run('disableServiceAccount', { ...input, reason: 'It misbehaves.' });
      expect(await verdictOn(token)).toBe('stale');
      expect((await given.tokenOf(service)).error).toBe('invalid_client');
      await users.runAdded(announceServiceEpoch);
      await given.run('enableServiceAccount', input);
      expect(await verdictOn(token)).toBe('stale');
      expect((await given.tokenOf(service)).status).toBe(200);
    });

    it('have no token that works, whatever was exchanged while they were kept out', async () => {
      for (let round = 0; round < 8; round++) {
        const service = await given.service();
        const [answers] = await Promise.all([
          Promise.all(Array.from({ length: 4 }, () => given.tokenOf(service))),
          given.run('disableServiceAccount', { serviceAccountId: service.id, reason: 'Now.' }),
        ]);
        const tokens = answers.flatMap(({ access_token: token }) => token ?? []);
        for (const token of tokens) expect(await verdictOn(token)).toBe('stale');
      }
    });
  });

  describe('whose secret is rotated', () => {
    const rotate = (id: string, overlapHours?: number) =>
      given.run('rotateServiceSecret', {
        serviceAccountId: id,
        ...(overlapHours !== undefined && { overlapHours }),
      });

    it('have two for a while, and tokens of the old one end with it', async () => {
      const service = await given.service();
      const { secret } = await rotate(service.id, 1);
      users.clock.advance(hourMs - 60_000);
      expect((await given.tokenOf(service)).expires_in).toBe(60);
      expect((await given.tokenOf({ ...service, secret })).expires_in).toBe(900);
      users.clock.advance(60_000);
      expect((await given.tokenOf(service)).error).toBe('invalid_client');
      expect((await given.tokenOf({ ...service, secret })).status).toBe(200);
    });

    it('without an overlap lose the old one and its tokens at once', async () => {
      const service = await given.service();
      const { access_token: old } = await given.tokenOf(service);
      const { secret } = await rotate(service.id, 0);
      expect(await verdictOn(old)).toBe('revoked');
      expect((await given.tokenOf(service)).error).toBe('invalid_client');
      const { access_token: next } = await given.tokenOf({ ...service, secret });
      expect(await verdictOn(next)).toBe('valid');
    });

    it('have one that goes on, however many rotate at once', async () => {
      const service = await given.service();
      const answers = await Promise.all(Array.from({ length: 6 }, () => rotate(service.id)));
      expect(answers.every(({ secret }) => secret)).toBe(true);
      const lasting = await users.db.serviceSecret.count({
        where: { serviceAccountId: serviceAccountIds.decode(service.id), expiresAt: null },
      });
      expect(lasting).toBe(1);
    });
  });

  it.each<[string, { name?: string; scopes?: string[] }, string, string[]]>([
    ['a name that another has', { name: 'taken' }, 'CONFLICT', ['name']],
    ['no name', { name: ' ' }, 'INVALID_INPUT', ['name']],
    ['a scope that there is not', { scopes: ['everything'] }, 'INVALID_INPUT', ['scopes']],
  ])('are not made with %s', async (_name, input, code, path) => {
    if (input.name === 'taken') await given.service({ name: 'TAKEN' });
    const before = await users.db.serviceAccount.count();
    const { userErrors, secret } = await given.run('createServiceAccount', {
      name: 'New',
      role: 'SERVICE',
      scopes: [],
      ...input,
    });
    expect({ userErrors, secret }).toEqual({ userErrors: [{ code, path }], secret: null });
    expect(await users.db.serviceAccount.count()).toBe(before);
  });

  it('note the use of a secret once a minute', async () => {
    const service = await given.service();
    const usedAt = async () => {
      const where = { serviceAccountId: serviceAccountIds.decode(service.id) };
      return (await users.db.serviceSecret.findFirstOrThrow({ where })).lastUsedAt?.getTime();
    };
    await given.tokenOf(service);
    const first = await usedAt();
    users.clock.advance(59_000);
    await given.tokenOf(service);
    expect(await usedAt()).toBe(first);
    users.clock.advance(1_000);
    await given.tokenOf(service);
    expect(await usedAt()).toBe(first! + 60_000);
  });
});
