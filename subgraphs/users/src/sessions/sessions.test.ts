import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { userIds, sessionIds } from '../ids.js';
import { forgetOutlived } from '../jobs.js';
import { givenUsers, password } from '../testing/given.js';
import { createSigningKeys } from './signing-keys.js';

const login = `mutation ($input: LoginInput!) {
  login(input: $input) { tokens { accessToken accessTokenExpiresAt refreshToken } user { id } userErrors { code } }
}`;
const refresh = `mutation ($input: RefreshSessionInput!) {
  refreshSession(input: $input) { tokens { accessToken refreshToken } userErrors { code } }
}`;
const logout = 'mutation { logout { isSignedOut userErrors { code } } }';

describe('sessions', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers();
  });
  afterAll(() => users.stop());

  const signIn = async (email: string, secret = password) =>
    (await users.anonymous.execute(login, { input: { email, password: secret } })).data.login;
  const exchange = async (refreshToken: string) =>
    (await users.anonymous.execute(refresh, { input: { refreshToken } })).data.refreshSession;

  it('signs in and issues a token that a JWT library verifies by the published key', async () => {
    const person = await users.given.person();
    const { tokens, user } = await signIn(person.email.toUpperCase());
    expect(user.id).toBe(person.publicId);
    const rows = await users.db.signingKey.findMany();
    const keys = createLocalJWKSet({ keys: rows.map((row) => row.publicJwk) as never });
    const { payload, protectedHeader } = await jwtVerify(tokens.accessToken, keys, {
      issuer: 'diaspora',
      audience: 'diaspora-api',
      algorithms: ['RS256'],
      currentDate: users.clock.now(),
    });
    expect(protectedHeader.kid).toBe(rows[0]!.id);
    expect(payload).toMatchObject({ sub: person.publicId, role: ['REGULAR'], epoch: 0, scopes: [] });
    expect(payload.exp! - payload.iat!).toBe(900);
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const person = await users.given.person();
    const wrong = await signIn(person.email, 'not the password');
    expect(wrong).toEqual({ tokens: null, user: null, userErrors: [{ code: 'INVALID_CREDENTIALS' }] });
    expect(await signIn('nobody@example.org')).toEqual(wrong);
  });

  it('does not tell an address that was never proved from an unknown one, whoever knows the password', async () => {
    const person = await users.given.person({ isVerified: false });
    expect(await signIn(person.email)).toEqual(await signIn('nobody@example.org'));
    expect((await signIn(person.email)).userErrors).toEqual([{ code: 'INVALID_CREDENTIALS' }]);
  });

  it('refuses what is no address before it is counted or stored', async () => {
    const email = `${'a'.repeat(64)}@${'b.'.repeat(2_000)}org`;
    expect((await signIn(email)).userErrors).toEqual([{ code: 'INVALID_INPUT' }]);
    expect(await users.db.loginThrottle.count({ where: { emailKey: email } })).toBe(0);
  });

  it('locks an address after ten failures, parallel ones counted, and opens it again after the window', async () => {
    const person = await users.given.person();
    const attempt = () =>
      users.anonymous.execute(login, { input: { email: person.email, password: 'not the password' } });
    const answers = await Promise.all(Array.from({ length: 15 }, attempt));
    expect(answers.filter((answer) => answer.codes[0] === 'RATE_LIMITED')).toHaveLength(5);
    const locked = await users.anonymous.execute(login, { input: { email: person.email, password } });
    expect(locked.codes).toEqual(['RATE_LIMITED']);
    users.clock.advance(16 * 60_000);
    expect((await signIn(person.email)).tokens).not.toBeNull();
  });

  it('makes one rotation of twenty parallel refreshes and gives all the same token', async () => {
    const { tokens } = await signIn((await users.given.person()).email);
    const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(tokens.refreshToken)));
    const successors = new Set(answers.map((answer) => answer.tokens.refreshToken));
    expect(successors.size).toBe(1);
    expect([...successors][0]).not.toBe(tokens.refreshToken);
  });

  it('answers the old token again until the new one is used, as after a lost response', async () => {
    const { tokens } = await signIn((await users.given.person()).email);
    const lost = await exchange(tokens.refreshToken);
    users.clock.advance(60_000);
    expect((await exchange(tokens.refreshToken)).tokens.refreshToken).toBe(lost.tokens.refreshToken);
  });

  it('ends the whole session when a spent token is played again', async () => {
    const { tokens } = await signIn((await users.given.person()).email);
    const second = await exchange(tokens.refreshToken);
    const third = await exchange(second.tokens.refreshToken);
    expect((await exchange(tokens.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
    expect((await exchange(third.tokens.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
    const [session] = await users.db.session.findMany({
      where: { revocationReason: 'REFRESH_TOKEN_REPLAYED' },
    });
    const facts = { sessionId: session!.id, tokenId: 't', userId: 'u', epoch: 0 };
    expect(await users.revocations.check(facts)).toBe('revoked');
  });

  it('signs out: the refresh token is spent and the session is on the revocation list', async () => {
    const person = await users.given.person();
    const { tokens } = await signIn(person.email);
    const session = await users.db.session.findFirstOrThrow({ where: { accountId: person.id } });
    const viewer = { ...person.viewer, sessionId: session.id };
    expect((await users.as(viewer).execute(logout)).data.logout.isSignedOut).toBe(true);
    expect((await users.as(viewer).execute(logout)).data.logout.isSignedOut).toBe(true);
    expect((await exchange(tokens.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
    const facts = { sessionId: session.id, tokenId: 't', userId: person.id, epoch: 0 };
    expect(await users.revocations.check(facts)).toBe('revoked');
  });

  it('remembers an end longer than any verifier accepts the last token', async () => {
    const person = await users.given.person();
    await signIn(person.email);
    const session = await users.db.session.findFirstOrThrow({ where: { accountId: person.id } });
    await users.as({ ...person.viewer, sessionId: session.id }).execute(logout);
    const told = users.endsTold.filter(({ sessionId }) => sessionId === session.id);
    // A token of this moment lives 900 seconds, and the router allows five for a clock that is off.
    expect(told.map(({ ttlSeconds }) => ttlSeconds > 905)).toEqual([true]);
  });

  it('forgets ended sessions and old failures after their time', async () => {
    const person = await users.given.person();
    await signIn(person.email);
    await signIn(person.email, 'not the password');
    users.clock.advance(31 * 86_400_000);
    await signIn(person.email);
    users.clock.advance(30 * 86_400_000);
    await users.run(forgetOutlived, {});
    expect(await users.db.session.count({ where: { accountId: person.id } })).toBe(1);
    expect(await users.db.loginThrottle.count()).toBe(0);
  });

  it('ends a session by age', async () => {
    const { tokens } = await signIn((await users.given.person()).email);
    users.clock.advance(31 * 86_400_000);
    expect((await exchange(tokens.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
  });

  it.each([
    '',
    'nonsense',
    'ses_x.y',
    `${userIds.encode(userIds.create())}.x`,
    `${sessionIds.encode(sessionIds.create())}.x`,
  ])('refuses the refresh token "%s"', async (refreshToken) => {
    expect((await exchange(refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
  });

  it('refuses to sign out a visitor', async () => {
    expect((await users.anonymous.execute(logout)).codes).toEqual(['UNAUTHENTICATED']);
  });
});

describe('signing keys', () => {
  it('are published before anybody signs in, one for all who start at once', async () => {
    const users = await givenUsers();
    try {
      const keys = () => createSigningKeys({ db: users.db, clock: users.clock, secret: 'x'.repeat(32) });
      const sets = await Promise.all([keys().jwks(), keys().jwks(), keys().jwks()]);
      expect(sets[0].keys).toHaveLength(1);
      expect(new Set(sets.map((set) => set.keys[0]!.kid)).size).toBe(1);
      expect(JSON.stringify(sets)).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
    } finally {
      await users.stop();
    }
  });
});
