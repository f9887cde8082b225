import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  REQUEST_ID_HEADER,
  VIEWER_HEADER,
  idType,
  signViewer,
  verifyViewer,
  type Viewer,
} from '@diaspora/kit/core';
import { createSigningKey, sessionKey, userKey } from './testing/issuer.js';
import { startTestRouter, viewerSecret, type TestRouter } from './testing/start-test-router.js';

let test: TestRouter;
beforeAll(async () => {
  test = await startTestRouter(process.env['TEST_REDIS_URL']!);
});
afterAll(() => test.stop());

const operation = '{ viewerName }';
const lastReceived = () => test.supergraph.users.received.at(-1)!;
const viewerSeenBySubgraph = () =>
  verifyViewer(lastReceived()[VIEWER_HEADER] as string, { secret: viewerSecret }).viewer;
/** The token of whoever looks as `userKey`. */
const impersonation = (impersonator: string, sessionId = idType('ses').create()) => {
  const act = { sub: idType('usr').encode(impersonator), sid: idType('ses').encode(sessionId), epoch: 2 };
  return test.issuer.token({ claims: { act } });
};
const none = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('viewer', () => {
  it('is anonymous without a token', async () => {
    const { status, data } = await test.query(operation);
    expect({ status, data }).toEqual({ status: 200, data: { viewerName: 'somebody' } });
    expect(viewerSeenBySubgraph()).toBeNull();
  });

  it('reaches the subgraph signed, with the claims of the token', async () => {
    const { data } = await test.query(operation, { token: await test.issuer.token() });
    expect(data).toEqual({ viewerName: 'somebody' });
    expect(viewerSeenBySubgraph()).toEqual({
      id: userKey,
      kind: 'person',
      sessionId: sessionKey,
      roles: ['user'],
      scopes: ['events:read'],
      entitlements: ['premium'],
      offices: [{ role: 'ambassador', countryCode: 'DE', city: 'Berlin' }],
    });
  });

  it('says where the request came from and what the client calls itself', async () => {
    await test.query(operation, { headers: { 'user-agent': 'Diaspora/1.0 (iOS)' } });
    const { origin } = verifyViewer(lastReceived()[VIEWER_HEADER] as string, { secret: viewerSecret });
    expect(origin).toEqual({ address: '127.0.0.1', userAgent: 'Diaspora/1.0 (iOS)' });
  });

  it('says of an impersonated person who really acts', async () => {
    const impersonator = idType('usr').create();
    await test.query(operation, { token: await impersonation(impersonator) });
    expect(viewerSeenBySubgraph()).toMatchObject({ id: userKey, impersonatorId: impersonator });
  });

  it('is none when nobody can tell whether whoever really acts is still let in', async () => {
    const act = { sub: idType('usr').encode(userKey) };
    const { status } = await test.query(operation, { token: await test.issuer.token({ claims: { act } }) });
    expect(status).toBe(401);
  });

  it('is no person when the token is that of a service account', async () => {
    const sub = idType('svc').encode(userKey);
    await test.query(operation, { token: await test.issuer.token({ claims: { sub } }) });
    expect(viewerSeenBySubgraph()).toMatchObject({ id: userKey, kind: 'service' });
  });

  it('cannot be forged by a client that sends the internal header, even a well signed one', async () => {
    const forged: Viewer = {
      id: userKey,
      kind: 'person',
      sessionId: 's',
      roles: ['admin'],
      scopes: [],
      entitlements: [],
      offices: [],
    };
    for (const secret of ['some other secret of thirty-two chars', viewerSecret]) {
      const header = signViewer(forged, { secret, requestId: 'forged-request' });
      await test.query(operation, { headers: { [VIEWER_HEADER]: header } });
      expect(viewerSeenBySubgraph()).toBeNull();
    }
  });

  it('sends subgraphs no header of the client but the request id and the trace', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await test.query(operation, {
      token: await test.issuer.token(),
      headers: {
        [REQUEST_ID_HEADER]: 'request-0001',
        traceparent: `00-${traceId}-b7ad6b7169203331-01`,
        'x-odd': '1',
        cookie: 'a=b',
      },
    });
    const headers = lastReceived();
    expect(headers[REQUEST_ID_HEADER]).toBe('request-0001');
    expect(headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('x-odd');
    expect(headers).not.toHaveProperty('cookie');
  });
});

describe('a presented token that is not good', () => {
  const foreign = async () => test.issuer.token({ key: await createSigningKey('key-1') });
  const unknownKey = async () => test.issuer.token({ key: await createSigningKey('nobody') });
  const tampered = async () => {
    const [header, payload, signature] = (await test.issuer.token()).split('.');
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object;
    return [header, none({ ...claims, role: 'admin' }), signature].join('.');
  };
  const claims = (value: Record<string, unknown>) => () => test.issuer.token({ claims: value });
  const unsigned = async () => {
    const [, payload] = (await test.issuer.token()).split('.');
    return `${none({ alg: 'none', typ: 'JWT' })}.${payload}.`;
  };
  const symmetric = async () => {
    const [, payload] = (await test.issuer.token()).split('.');
    return `${none({ alg: 'HS256', kid: 'key-1' })}.${payload}.${Buffer.alloc(32).toString('base64url')}`;
  };
  const cases: [string, string, () => Promise<string> | string][] = [
    ['expired', 'TOKEN_EXPIRED', () => test.issuer.token({ expiresIn: -60 })],
    ['malformed', 'TOKEN_INVALID', () => 'nonsense'],
    ['of a foreign key with a known id', 'TOKEN_INVALID', foreign],
    ['of an unknown key', 'TOKEN_INVALID', unknownKey],
    ['tampered with', 'TOKEN_INVALID', tampered],
    ['without a signature (alg none)', 'TOKEN_INVALID', unsigned],
    ['signed symmetrically', 'TOKEN_INVALID', symmetric],
    ['of another issuer', 'TOKEN_INVALID', claims({ iss: 'https://evil.test' })],
    ['for another audience', 'TOKEN_INVALID', claims({ aud: 'other.test' })],
    ['for something that is not a user', 'TOKEN_INVALID', claims({ sub: idType('evt').encode(userKey) })],
    ['without a session', 'TOKEN_INVALID', claims({ sid: undefined })],
    ['without an epoch', 'TOKEN_INVALID', claims({ epoch: undefined })],
    ['that never expires', 'TOKEN_INVALID', claims({ exp: undefined })],
  ];

  it.each(cases)('%s: 401 %s, and no subgraph is asked', async (_name, reason, make) => {
    const before = test.supergraph.users.received.length;
    const { status, headers, data, errors } = await test.query(operation, { token: await make() });
    expect(status).toBe(401);
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason });
    expect(headers.get('www-authenticate')).toContain('invalid_token');
    expect(test.supergraph.users.received).toHaveLength(before);
  });

  it('is refused when the scheme is not Bearer', async () => {
    const { status, errors } = await test.query(operation, {
      headers: { authorization: 'Basic dXNlcjpwYXNz' },
    });
    expect([status, errors?.[0]?.extensions['reason']]).toEqual([401, 'TOKEN_INVALID']);
  });

  it('is refused once its session is revoked', async () => {
    const ended = idType('ses').create();
    const token = await test.issuer.token({ claims: { sid: idType('ses').encode(ended) } });
    expect((await test.query(operation, { token })).status).toBe(200);
    await test.revocations.revokeSession(ended, 900);
    const { status, errors } = await test.query(operation, { token });
    expect([status, errors?.[0]?.extensions['reason']]).toEqual([401, 'SESSION_REVOKED']);
  });

  it('is refused once the account has moved to a higher session epoch, and a newer token passes', async () => {
    const key = '01890a5d-ac96-774b-bcce-b302099a8058';
    const claims = { sub: idType('usr').encode(key), sid: idType('ses').encode(idType('ses').create()) };
    await test.revocations.raiseEpoch(key, 4);
    const stale = await test.query(operation, {
      token: await test.issuer.token({ claims: { ...claims, epoch: 3 } }),
    });
    expect([stale.status, stale.errors?.[0]?.extensions['reason']]).toEqual([401, 'SESSION_STALE']);
    const fresh = await test.query(operation, {
      token: await test.issuer.token({ claims: { ...claims, epoch: 4 } }),
    });
    expect(fresh.status).toBe(200);
  });

  it('of an impersonated person is refused once whoever really acts has signed out, or moved to a higher epoch', async () => {
    const [leaver, demoted] = [idType('usr').create(), idType('usr').create()];
    const session = idType('ses').create();
    const tokens = [await impersonation(leaver, session), await impersonation(demoted)];
    const reasons = () =>
      Promise.all(
        tokens.map(
          async (token) => (await test.query(operation, { token })).errors?.[0]?.extensions['reason'],
        ),
      );
    expect(await reasons()).toEqual([undefined, undefined]);
    await test.revocations.revokeSession(session, 900);
    await test.revocations.raiseEpoch(demoted, 3);
    expect(await reasons()).toEqual(['SESSION_REVOKED', 'SESSION_STALE']);
  });
});

describe('signing keys', () => {
  it('are fetched once for many tokens', async () => {
    const before = test.issuer.fetches();
    const token = await test.issuer.token();
    await Promise.all(Array.from({ length: 20 }, () => test.query(operation, { token })));
    expect(test.issuer.fetches() - before).toBeLessThanOrEqual(1);
  });
});

describe('an issuer that cannot be reached', () => {
  it('is our fault: 503 with a token, and anonymous visitors are served', async () => {
    const cut = await startTestRouter(process.env['TEST_REDIS_URL']!);
    const token = await cut.issuer.token();
    await cut.issuer.stop();
    const [signedIn, anonymous] = [await cut.query(operation, { token }), await cut.query(operation)];
    await cut.router.stop();
    await Promise.all([cut.supergraph.stop(), cut.redis.stop()]);
    expect([signedIn.status, signedIn.errors?.[0]?.extensions['code']]).toEqual([503, 'UNAVAILABLE']);
    expect(anonymous.status).toBe(200);
  });
});
