import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailAboutAccount, noticeAccount } from '../jobs.js';
import { redirectUri } from '../testing/given.js';
import { givenFederation, home } from './testing/given-federation.js';

describe('signing in with another site', () => {
  let given: Awaited<ReturnType<typeof givenFederation>>;
  let users: typeof given.users;
  beforeAll(async () => {
    given = await givenFederation({ superUserEmails: ['root@elsewhere.example'] });
    users = given.users;
  });
  afterAll(() => given.stop());

  /** What a sign-in that failed must not have left. */
  const traces = async () => ({
    sessions: await users.db.session.count(),
    accounts: await users.db.account.count(),
    identities: await users.db.identity.count(),
  });

  it('lists the sites', async () => {
    const { data } = await users.anonymous.execute('{ identityProviders { key name } }');
    expect(data.identityProviders).toEqual([
      { key: 'acme', name: 'ACME' },
      { key: 'liar', name: 'LIAR' },
    ]);
  });

  describe('a new person', () => {
    it('tells the rest, and has an account with what the site told', async () => {
      const { login, email } = given.stranger();
      const { secret, ...answer } = await given.signIn(login);
      expect(answer).toMatchObject({
        tokens: null,
        arrival: { displayName: 'Ana Pop', email, language: 'ro-RO' },
        userErrors: [],
      });
      const registered = await given.run('register', { secret, ...home });
      expect(registered.user).toMatchObject({ displayName: 'Ana Pop', languages: ['ro-RO'] });
      const account = await users.db.account.findUniqueOrThrow({ where: { emailKey: email } });
      expect(account).toMatchObject({ passwordHash: null, emailVerifiedAt: expect.any(Date) });
      expect(await users.messages(registered.user.id)).toMatchObject([
        { type: 'user.registered' },
        { type: 'user.profileChanged', data: { displayName: 'Ana Pop' } },
      ]);
      expect(await users.audited(account.id)).toEqual(['identity.linked', 'session.opened']);
      const session = await users.db.session.findFirst({ where: { accountId: account.id } });
      expect(session?.methods).toEqual(['federated']);
    });

    it('is not taken while the platform takes no new accounts', async () => {
      const { login, email } = given.stranger();
      const { secret } = await given.signIn(login);
      const close = { version: 2, isRegistrationOpen: false, consulEventsPerYear: 4, auditYears: 7 };
      await users.db.platformSettings.create({ data: { ...close, changedAt: users.clock.now() } });
      const refused = await given.run('register', { secret, ...home });
      expect(refused.userErrors).toMatchObject([{ code: 'REGISTRATION_CLOSED' }]);
      expect(await users.db.account.count({ where: { emailKey: email } })).toBe(0);
      await users.db.platformSettings.delete({ where: { version: 2 } });
      expect((await given.run('register', { secret, ...home })).userErrors).toEqual([]);
    });

    it('is signed in the next time', async () => {
      const { login, id } = await given.member();
      const { tokens, user, userErrors } = await given.signIn(login);
      expect(userErrors).toEqual([]);
      expect(user.displayName).toBe('Ana Pop');
      expect(given.holderOf(tokens).id).toBe(id);
    });

    it('is known by what the site calls them, not by their address', async () => {
      const { login, id } = await given.member();
      given.provider.people.set(login, { email: 'moved@elsewhere.example', email_verified: false });
      expect(given.holderOf((await given.signIn(login)).tokens).id).toBe(id);
    });

    it('has one account when the rest is told twice at once', async () => {
      const { login, email } = given.stranger();
      const { secret } = await given.signIn(login);
      const answers = await Promise.all([1, 2, 3].map(() => given.run('register', { secret, ...home })));
      expect(answers.filter(({ tokens }) => tokens)).toHaveLength(1);
      expect(await users.db.account.count({ where: { emailKey: email } })).toBe(1);
    });

    it('may tell it again when it was not right', async () => {
      const { login } = given.stranger({ name: undefined });
      const { secret } = await given.signIn(login);
      const nameless = await given.run('register', { secret, ...home });
      expect(nameless.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['displayName'] }]);
      const { user } = await given.run('register', { secret, ...home, displayName: 'Ion' });
      expect(user.displayName).toBe('Ion');
    });

    it('takes the place of a registration that nobody proved', async () => {
      const { login, email } = given.stranger();
      const squatter = await users.given.person({ email, isVerified: false, displayName: 'Squatter' });
      const { secret } = await given.signIn(login);
      await given.run('register', { secret, ...home });
      const account = await users.db.account.findUniqueOrThrow({
        where: { emailKey: email },
        include: { profile: true },
      });
      expect(account).toMatchObject({ id: squatter.id, passwordHash: null });
      expect(account.profile?.displayName).toBe('Ana Pop');
    });

    it('is refused when somebody proved the address meanwhile', async () => {
      const { login, email } = given.stranger();
      const { secret } = await given.signIn(login);
      await users.given.person({ email });
      const before = await traces();
      const { tokens, userErrors } = await given.run('register', { secret, ...home });
      expect({ tokens, code: userErrors[0].code }).toEqual({ tokens: null, code: 'CONFLICT' });
      expect(await traces()).toEqual(before);
    });

    it('becomes a super user by a configured address', async () => {
      const { id } = await given.member({ email: 'root@elsewhere.example' });
      expect((await users.db.account.findUniqueOrThrow({ where: { id } })).isSuperUser).toBe(true);
    });

    it('has a quarter of an hour', async () => {
      const { login } = given.stranger();
      const { secret } = await given.signIn(login);
      users.clock.advance(16 * 60_000);
      const { userErrors } = await given.run('register', { secret, ...home });
      expect(userErrors).toEqual([{ code: 'FEDERATION_REFUSED', path: null }]);
    });
  });

  describe('a member by password', () => {
    it('is linked by the address that both sides proved, and told of it', async () => {
      const { login, email } = given.stranger();
      const person = await users.given.person({ email });
      const { tokens } = await given.signIn(login);
      expect(given.holderOf(tokens).id).toBe(person.id);
      expect(await users.db.identity.count({ where: { accountId: person.id } })).toBe(1);
      await users.runAdded(noticeAccount);
      expect(users.mails.at(-1)).toMatchObject({ to: email, text: expect.stringContaining('ACME') });
    });

    it.each([
      ['says it is not proved', { email_verified: false }],
      ['does not say that it is proved', { email_verified: undefined }],
      ['tells none', { email: undefined }],
    ])(
      'is not linked by an address of which the site %s; nor is told that it is known',
      async (_name, told) => {
        const known = given.stranger(told);
        await users.given.person({ email: known.email });
        const unknown = given.stranger(told);
        const before = await traces();
        for (const { login } of [known, unknown]) {
          const { tokens, arrival } = await given.signIn(login);
          expect(tokens).toBeNull();
          expect(arrival.isEmailProved).toBe(false);
        }
        expect(await traces()).toEqual(before);
      },
    );
  });

  describe('somebody whose address the site does not vouch for', () => {
    const unvouched = async (told: object = {}) => {
      const { login, email } = given.stranger({ email_verified: false, ...told });
      return { login, email, secret: (await given.signIn(login)).secret };
    };
    const mailed = async () => {
      const before = users.mails.length;
      await users.runAdded(mailAboutAccount);
      const [mail] = users.mails.slice(before);
      return { to: mail?.to, code: /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] };
    };
    const wanted = [{ code: 'EMAIL_CODE_WANTED', path: ['code'] }];
    const wrong = [{ code: 'INVALID_INPUT', path: ['code'] }];

    it('proves it by a mailed code, and is known by the site from then on', async () => {
      const { login, email, secret } = await unvouched();
      const before = await users.db.session.count();
      const asked = await given.run('register', { secret, ...home });
      expect({ tokens: asked.tokens, userErrors: asked.userErrors }).toEqual({
        tokens: null,
        userErrors: wanted,
      });
      const { to, code } = await mailed();
      expect(to).toBe(email);
      const bad = code === '000000' ? '000001' : '000000';
      expect((await given.run('register', { secret, ...home, code: bad })).userErrors).toEqual(wrong);
      expect(await users.db.session.count()).toBe(before);
      const { user, tokens } = await given.run('register', { secret, ...home, code });
      expect(user.displayName).toBe('Ana Pop');
      expect(given.holderOf((await given.signIn(login)).tokens).id).toBe(given.holderOf(tokens).id);
    });

    it('may take another address, where the site tells none', async () => {
      const { secret } = await unvouched({ email: undefined });
      expect((await given.run('register', { secret, ...home })).userErrors).toEqual([
        { code: 'INVALID_INPUT', path: ['email'] },
      ]);
      const own = { ...home, email: 'own@elsewhere.example' };
      await given.run('register', { secret, ...own });
      const { code } = await mailed();
      expect((await given.run('register', { secret, ...own, code })).tokens).not.toBeNull();
    });

    it('is answered alike when the address has an account, which stays as it is', async () => {
      const { email, secret } = await unvouched();
      const { id } = await users.given.person({ email, displayName: 'Owner' });
      const before = await traces();
      expect((await given.run('register', { secret, ...home })).userErrors).toEqual(wanted);
      expect(await mailed()).toEqual({ to: email, code: undefined });
      expect((await given.run('register', { secret, ...home, code: '123456' })).userErrors).toEqual(wrong);
      expect(await traces()).toEqual(before);
      const owner = await users.db.profile.findUniqueOrThrow({ where: { accountId: id } });
      expect(owner.displayName).toBe('Owner');
    });

    it('has one account when the code arrives twice at once', async () => {
      const { secret } = await unvouched();
      await given.run('register', { secret, ...home });
      const { code } = await mailed();
      const answers = await Promise.all(
        [1, 2, 3].map(() => given.run('register', { secret, ...home, code })),
      );
      expect(answers.filter(({ tokens }) => tokens)).toHaveLength(1);
    });

    it('is who has both the code and the identity, described in their own words', async () => {
      const owner = await unvouched();
      const other = await unvouched({ email: owner.email, name: 'Somebody Else' });
      await given.run('register', { secret: owner.secret, ...home });
      await given.run('register', { secret: other.secret, ...home });
      const { to, code } = await mailed();
      expect(to).toBe(owner.email);
      const { user, tokens } = await given.run('register', { secret: owner.secret, ...home, code });
      expect(user.displayName).toBe('Ana Pop');
      expect(given.holderOf((await given.signIn(owner.login)).tokens).id).toBe(given.holderOf(tokens).id);
      const late = await given.run('register', { secret: other.secret, ...home, code });
      expect(late.userErrors).toEqual(wrong);
    });

    it('does not come in by a code for a registration with a password', async () => {
      const { email, secret } = await unvouched();
      await given.run('register', { secret, ...home });
      const pending = await users.db.account.findUniqueOrThrow({ where: { emailKey: email } });
      await users.db.account.update({ where: { id: pending.id }, data: { passwordHash: 'of somebody' } });
      const { code } = await mailed();
      expect((await given.run('register', { secret, ...home, code })).userErrors).toEqual(wrong);
    });
  });

  it('asks for the second factor of an account that has one', async () => {
    const { login, id } = await given.member();
    await users.db.account.update({ where: { id }, data: { secondFactorAt: users.clock.now() } });
    const before = await traces();
    const { tokens, challenge, userErrors } = await given.signIn(login);
    expect({ tokens, challenge, code: userErrors[0].code }).toEqual({
      tokens: null,
      challenge: { token: expect.any(String) },
      code: 'MFA_REQUIRED',
    });
    expect(await traces()).toEqual(before);
  });

  describe('is completed', () => {
    it('once, however many come back at once', async () => {
      const { login, id } = await given.member();
      const { authorizationUrl, secret } = await given.begin('acme');
      const callbackUrl = await given.provider.visit(authorizationUrl, login);
      const before = await users.db.session.count({ where: { accountId: id } });
      const answers = await Promise.all(
        [1, 2, 3, 4].map(() => given.run('complete', { secret, callbackUrl })),
      );
      expect(answers.filter(({ tokens }) => tokens)).toHaveLength(1);
      expect(await users.db.session.count({ where: { accountId: id } })).toBe(before + 1);
    });

    it('by whoever began, with the answer to that question only', async () => {
      const { login } = await given.member();
      const first = await given.begin('acme');
      const second = await given.begin('acme');
      const callbackUrl = await given.provider.visit(first.authorizationUrl, login);
      const before = await traces();
      for (const secret of [second.secret, 'guessed', '']) {
        const { userErrors } = await given.run('complete', { secret, callbackUrl });
        expect(userErrors).toEqual([{ code: 'FEDERATION_REFUSED', path: null }]);
      }
      const swapped = new URL(callbackUrl);
      swapped.searchParams.set('state', new URL(second.authorizationUrl).searchParams.get('state')!);
      const answer = await given.run('complete', { secret: second.secret, callbackUrl: swapped.href });
      expect(answer.userErrors[0].code).toBe('FEDERATION_REFUSED');
      expect(await traces()).toEqual(before);
      expect((await given.run('complete', { secret: first.secret, callbackUrl })).tokens).not.toBeNull();
    });

    it('within a quarter of an hour', async () => {
      const { login } = await given.member();
      const { authorizationUrl, secret } = await given.begin('acme');
      const callbackUrl = await given.provider.visit(authorizationUrl, login);
      users.clock.advance(16 * 60_000);
      const { userErrors } = await given.run('complete', { secret, callbackUrl });
      expect(userErrors[0].code).toBe('FEDERATION_REFUSED');
    });

    it('not when it was cancelled there', async () => {
      const { authorizationUrl, secret } = await given.begin('acme');
      const state = new URL(authorizationUrl).searchParams.get('state')!;
      const iss = given.provider.settings.issuer;
      const parameters = new URLSearchParams({ error: 'access_denied', state, iss });
      const callbackUrl = `${redirectUri}?${parameters.toString()}`;
      const { userErrors } = await given.run('complete', { secret, callbackUrl });
      expect(userErrors[0].code).toBe('FEDERATION_CANCELLED');
    });

    it.each([
      ['no address', 'nonsense'],
      ['no answer', redirectUri],
      ['no state', `${redirectUri}?code=1`],
      ['no end', 'x'.repeat(9_000)],
    ])('not with an address that has %s', async (_name, callbackUrl) => {
      const { secret } = await given.begin('acme');
      const { userErrors } = await given.run('complete', { secret, callbackUrl });
      expect(userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['callbackUrl'] }]);
    });
  });

  it.each([
    ['a provider that nobody configured', { provider: 'other' }, 'NOT_FOUND', ['provider']],
    [
      'a way back that is not allowed',
      { redirectUri: `${redirectUri}/../evil` },
      'INVALID_INPUT',
      ['redirectUri'],
    ],
    [
      'a way back of another site',
      { redirectUri: 'https://evil.example/signed-in' },
      'INVALID_INPUT',
      ['redirectUri'],
    ],
  ])('is not begun with %s', async (_name, input, code, path) => {
    const answer = await given.run('begin', { provider: 'acme', redirectUri, ...input });
    expect(answer.userErrors).toEqual([{ code, path }]);
    expect(answer.authorizationUrl).toBeNull();
  });

  it('is asked for with state, nonce and a challenge, and keeps none of them readable', async () => {
    const { authorizationUrl, secret } = await given.begin('acme');
    const asked = Object.fromEntries(new URL(authorizationUrl).searchParams);
    expect(asked).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: redirectUri,
    });
    const kept = JSON.stringify(await users.db.federatedQuestion.findMany());
    for (const value of [asked['state']!, asked['nonce']!, secret]) expect(kept).not.toContain(value);
  });

  it('is begun so many times an hour from one address', async () => {
    const from = users.client.as(null, { address: '192.0.2.77', userAgent: null });
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => given.run('begin', { provider: 'acme', redirectUri }, from)),
    );
    expect(answers.filter(({ codes }) => codes[0] === 'RATE_LIMITED')).toHaveLength(5);
  });
});
