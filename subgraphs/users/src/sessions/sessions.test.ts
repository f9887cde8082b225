import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestClient } from '@diaspora/kit/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { sessionIds } from '../ids.js';
import { forgetOutlived, noticeAccount } from '../jobs.js';
import { givenUsers, password } from '../testing/given.js';

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

  it.each(['', 'decoy', 'undefined', 'null'])(
    'lets nobody into an account without a password by %j',
    async (secret) => {
      const person = await users.given.person();
      await users.db.account.update({ where: { id: person.id }, data: { passwordHash: null } });
      expect((await signIn(person.email, secret)).userErrors).toEqual([{ code: 'INVALID_CREDENTIALS' }]);
    },
  );

  it('refuses what is no address before it is counted or stored', async () => {
    const email = `${'a'.repeat(64)}@${'b.'.repeat(2_000)}org`;
    const before = await users.db.budget.count();
    expect((await signIn(email)).userErrors).toEqual([{ code: 'INVALID_INPUT' }]);
    expect(await users.db.budget.count()).toBe(before);
  });

  describe('the lock of an account', () => {
    const attempt = (client: TestClient, email: string, secret = 'not the password') =>
      client.execute(login, { input: { email, password: secret } });
    const signsIn = async (email: string) =>
      (await attempt(users.anonymous, email, password)).data?.login.tokens != null;

    it('lets 50 parallel wrong guesses at two instances look at the password five times', async () => {
      const other = users.startAnother();
      const { email } = await users.given.person();
      const clients = [users.anonymous, other.anonymous] as const;
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => attempt(clients[index % 2]!, email)),
      );
      await other.stop();
      expect(answers.filter((answer) => answer.data?.login)).toHaveLength(5);
      expect(answers.filter((answer) => answer.codes[0] === 'RATE_LIMITED')).toHaveLength(45);
      expect(await signsIn(email)).toBe(false);
      expect(await signsIn('somebody-else@example.org')).toBe(false);
    });

    it('makes the wait longer with each failure and says how long it is', async () => {
      const { email } = await users.given.person();
      const waits: number[] = [];
      while (waits.length < 7) {
        const answer = await attempt(users.anonymous, email);
        if (answer.data?.login) continue;
        const seconds = Number(answer.errors[0]!.extensions!['retryAfterSeconds']);
        waits.push(seconds);
        users.clock.advance(seconds * 1_000);
      }
      expect(waits).toEqual([2, 5, 15, 30, 60, 900, 900]);
      expect(await signsIn(email)).toBe(true);
    });

    it('is opened by signing in, and locks an unknown address just so', async () => {
      const { email } = await users.given.person();
      const failures = async (address: string) => {
        let count = 0;
        while ((await attempt(users.anonymous, address)).data?.login) count++;
        return count;
      };
      expect(await failures(email)).toBe(5);
      expect(await failures('unknown@example.org')).toBe(5);
      users.clock.advance(2_000);
      expect(await signsIn(email)).toBe(true);
      expect(await failures(email)).toBe(5);
    });

    it('is apart from that of the network address, which no success opens', async () => {
      const origin = { address: '192.0.2.7', userAgent: null };
      const { email } = await users.given.person();
      const client = users.client.as(null, origin);
      for (let count = 0; count < 25; count++) {
        await attempt(client, count % 2 ? email : `guess-${count}@example.org`, password);
      }
      expect((await attempt(client, email, password)).codes).toEqual(['RATE_LIMITED']);
      expect(await signsIn(email)).toBe(true);
    });
  });

  describe('the exchange of tokens', () => {
    const ended = { tokens: null, userErrors: [{ code: 'SESSION_ENDED' }] };
    const next = async (token: string) => (await exchange(token)).tokens.refreshToken as string;
    const started = async () => {
      const person = await users.given.person();
      return { person, first: (await signIn(person.email)).tokens.refreshToken as string };
    };

    it('makes one rotation of 50 parallel refreshes at two instances and gives all the same token', async () => {
      const other = users.startAnother();
      const { person, first } = await started();
      const clients = [users.anonymous, other.anonymous] as const;
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          clients[index % 2]!.execute(refresh, { input: { refreshToken: first } }),
        ),
      );
      await other.stop();
      const successors = answers.map((answer) => answer.data.refreshSession.tokens.refreshToken as string);
      expect(new Set(successors).size).toBe(1);
      expect(successors[0]).not.toBe(first);
      const [session] = await users.db.session.findMany({ where: { accountId: person.id } });
      expect(session!.generation).toBe(1);
    });

    it('answers the old token again until the new one is used, as after a lost response', async () => {
      const { first } = await started();
      const lost = await next(first);
      users.clock.advance(86_400_000);
      expect(await next(first)).toBe(lost);
      await next(lost);
      users.clock.advance(31_000);
      expect(await exchange(first)).toEqual(ended);
    });

    it('answers a slow call the same for 30 seconds, although the answer was used already', async () => {
      const { first } = await started();
      const second = await next(first);
      const third = await next(second);
      users.clock.advance(30_000);
      expect(await next(first)).toBe(second);
      expect(await next(second)).toBe(third);
      expect(await next(third)).not.toBe(third);
    });

    it('ends the whole family when a spent token is played again later, and tells the owner', async () => {
      const { person, first } = await started();
      const third = await next(await next(first));
      users.clock.advance(31_000);
      expect(await exchange(first)).toEqual(ended);
      expect(await exchange(third)).toEqual(ended);
      const [session] = await users.db.session.findMany({ where: { accountId: person.id } });
      expect(session!.revocationReason).toBe('REFRESH_TOKEN_REPLAYED');
      const facts = { sessionId: session!.id, tokenId: 't', userId: 'u', epoch: 0 };
      expect(await users.revocations.check(facts)).toBe('revoked');
      expect(await users.audited(person.id)).toContain('session.revoked');
      await users.runAdded(noticeAccount);
      expect(users.mails.at(-1)).toMatchObject({
        to: person.email,
        subject: expect.stringContaining('deconectat'),
      });
    });

    it('is not disturbed by whoever has seen the id of the session', async () => {
      const { first } = await started();
      const [id] = first.split('.');
      for (const garbage of [
        'x',
        `0.${'x'.repeat(43)}.${'y'.repeat(22)}`,
        first.slice(first.indexOf('.') + 2),
      ]) {
        expect(await exchange(`${id}.${garbage}`)).toEqual(ended);
      }
      expect(await next(first)).toBeTruthy();
    });

    it('leaves no usable token when it races the end of the session', async () => {
      for (let round = 0; round < 8; round++) {
        const { person, first } = await started();
        const [session] = await users.db.session.findMany({ where: { accountId: person.id } });
        const viewer = { ...person.viewer, sessionId: session!.id };
        const [exchanged] = await Promise.all([
          exchange(first),
          users.as(viewer).execute(logout),
          exchange(first),
        ]);
        const newest = exchanged.tokens?.refreshToken ?? first;
        expect(await exchange(newest)).toEqual(ended);
        expect(await exchange(first)).toEqual(ended);
        const facts = { sessionId: session!.id, tokenId: 't', userId: person.id, epoch: 0 };
        expect(await users.revocations.check(facts)).toBe('revoked');
      }
    });

    it('is limited for each session, and costs another session nothing', async () => {
      const { first } = await started();
      const call = () => users.anonymous.execute(refresh, { input: { refreshToken: first } });
      const answers = await Promise.all(Array.from({ length: 65 }, call));
      expect(answers.filter((answer) => answer.codes[0] === 'RATE_LIMITED')).toHaveLength(5);
      expect(await next((await started()).first)).toBeTruthy();
    });
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
    expect(await users.db.budget.count()).toBe(0);
  });

  it('ends a session by age', async () => {
    const { tokens } = await signIn((await users.given.person()).email);
    users.clock.advance(31 * 86_400_000);
    expect((await exchange(tokens.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
  });

  describe('the list of sessions', () => {
    const list = `query ($first: Int) {
      sessions(first: $first) { nodes { id device address isCurrent createdAt lastUsedAt } pageInfo { hasNextPage } }
    }`;
    const revoke = `mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { isRevoked userErrors { code } } }`;
    const everywhere = `mutation ($input: LogoutEverywhereInput!) { logoutEverywhere(input: $input) { isSignedOut } }`;
    const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';
    const iphone =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1';

    /** Somebody signed in on two devices, seen from the second. */
    const onTwoDevices = async () => {
      const person = await users.given.person();
      const input = { input: { email: person.email, password } };
      const desk = users.client.as(null, { address: '192.0.2.1', userAgent: firefox });
      const { tokens } = (await desk.execute(login, input)).data.login;
      users.clock.advance(60_000);
      const phone = users.client.as(null, { address: '192.0.2.2', userAgent: iphone });
      await phone.execute(login, input);
      const rows = await users.db.session.findMany({
        where: { accountId: person.id },
        orderBy: { createdAt: 'asc' },
      });
      const viewer = { ...person.viewer, sessionId: rows[1]!.id };
      const ids = rows.map((row) => sessionIds.encode(row.id));
      return { person, viewer, ids, atDesk: tokens.refreshToken as string, as: users.as(viewer) };
    };

    it('tells devices in words, where and when they were used last, and which one this is', async () => {
      const { as, ids, atDesk } = await onTwoDevices();
      expect((await as.execute(list, { first: 10 })).data.sessions).toMatchObject({
        nodes: [
          { id: ids[1], device: 'Safari on iOS (phone)', address: '192.0.2.2', isCurrent: true },
          { id: ids[0], device: 'Firefox on Windows', address: '192.0.2.1', isCurrent: false },
        ],
        pageInfo: { hasNextPage: false },
      });
      users.clock.advance(60_000);
      const elsewhere = users.client.as(null, { address: '198.51.100.9', userAgent: 'okhttp/4.12' });
      await elsewhere.execute(refresh, { input: { refreshToken: atDesk } });
      const [first] = (await as.execute(list, { first: 1 })).data.sessions.nodes;
      expect(first).toMatchObject({ id: ids[0], device: 'okhttp', address: '198.51.100.9' });
      expect(first.lastUsedAt).toBe(users.clock.now().toISOString());
    });

    it('loses what is revoked, whose tokens stop working', async () => {
      const { as, ids, atDesk } = await onTwoDevices();
      const input = { input: { sessionId: ids[0] } };
      expect((await as.execute(revoke, input)).data.revokeSession).toEqual({
        isRevoked: true,
        userErrors: [],
      });
      expect((await as.execute(revoke, input)).data.revokeSession.isRevoked).toBe(true);
      expect((await as.execute(list, { first: 5 })).data.sessions.nodes).toHaveLength(1);
      expect((await exchange(atDesk)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
      const facts = { sessionId: sessionIds.decode(ids[0]!), tokenId: 't', userId: 'u', epoch: 0 };
      expect(await users.revocations.check(facts)).toBe('revoked');
    });

    it.each([
      ['and this one stays', true, [false, true]],
      ['this one too', false, [false, false]],
    ])('ends everywhere, %s', async (_name, keepsCurrent, open) => {
      const { as, person, ids } = await onTwoDevices();
      await as.execute(everywhere, { input: { keepsCurrent } });
      const rows = await users.db.session.findMany({ where: { accountId: person.id } });
      const isOpen = (id: string) => rows.some((row) => sessionIds.encode(row.id) === id && !row.revokedAt);
      expect(ids.map(isOpen)).toEqual(open);
      const facts = { sessionId: 's', tokenId: 't', userId: person.id, epoch: 0 };
      expect(await users.revocations.check(facts)).toBe('stale');
    });

    it("is nobody else's, whoever asks: no data, no side effect", async () => {
      const { viewer, ids, person } = await onTwoDevices();
      const stranger = (await users.given.person()).viewer;
      const operations: [string, object][] = [
        [list, { first: 5 }],
        [revoke, { input: { sessionId: ids[0] } }],
        [everywhere, { input: { keepsCurrent: false } }],
        [logout, {}],
      ];
      const askAll = (as: TestClient) =>
        Promise.all(operations.map(([query, variables]) => as.execute(query, { ...variables })));
      const codes = async (as: TestClient) => (await askAll(as)).map((answer) => answer.codes[0]);
      expect(await codes(users.anonymous)).toEqual(Array(4).fill('UNAUTHENTICATED'));
      const impersonated = { ...viewer, impersonatorId: stranger.id };
      expect(await codes(users.as(impersonated))).toEqual(Array(4).fill('FORBIDDEN'));
      expect(await codes(users.as({ ...viewer, kind: 'service' }))).toEqual(Array(4).fill('FORBIDDEN'));
      const [seen, revoked] = await askAll(users.as(stranger));
      expect(seen!.data.sessions.nodes).toEqual([]);
      expect(revoked!.data.revokeSession.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
      expect(await users.db.session.count({ where: { accountId: person.id, revokedAt: null } })).toBe(2);
    });
  });
});
