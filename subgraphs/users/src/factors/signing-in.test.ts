import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { forgetOutlived } from '../jobs.js';
import { authenticator } from '../testing/authenticator.js';
import { givenUsers, password } from '../testing/given.js';
import { otherCode, signingIn } from '../testing/signing-in.js';

const login = `mutation ($input: LoginInput!) { login(input: $input) { tokens { refreshToken } challenge { token } userErrors { code } } }`;
const loginByCode = `mutation ($input: LoginWithEmailCodeInput!) {
  loginWithEmailCode(input: $input) { tokens { refreshToken } challenge { token expiresAt } userErrors { code } }
}`;
const change = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { isChanged } }`;
const everywhere = `mutation ($input: LogoutEverywhereInput!) { logoutEverywhere(input: $input) { isSignedOut } }`;

describe('signing in with a second factor', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  let app: ReturnType<typeof authenticator>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
    app = authenticator(users, door);
  });
  afterAll(() => users.stop());

  const sessionsOf = (accountId: string) =>
    users.db.session.findMany({ where: { accountId, revokedAt: null }, orderBy: { id: 'asc' } });
  const outcome = async (answer: ReturnType<typeof app.completes>) => (await answer).data?.completeSignIn;

  it('answers the password with a challenge, and the challenge and a code with a session', async () => {
    const { person, secret } = await app.equipped();
    const half = await door.signIn(person.email);
    expect(half).toEqual({
      tokens: null,
      user: null,
      challenge: { token: expect.stringMatching(/^[\w-]{43}$/) },
      userErrors: [{ code: 'MFA_REQUIRED' }],
    });
    expect(await sessionsOf(person.id)).toHaveLength(1);
    const whole = await outcome(app.completes(half.challenge.token, { code: await app.nextCodeOf(secret) }));
    expect(whole).toMatchObject({ user: { id: person.publicId }, deviceToken: null, userErrors: [] });
    expect((await sessionsOf(person.id)).at(-1)!.methods).toEqual(['password', 'totp']);
    expect((await door.exchange(whole.tokens.refreshToken)).tokens).not.toBeNull();
  });

  it('asks whoever comes by a mailed code too', async () => {
    const { person, secret } = await app.equipped();
    const code = await door.mailedCode(person.email, 'sign-in');
    const half = (await users.anonymous.execute(loginByCode, { input: { email: person.email, code } })).data;
    expect(half.loginWithEmailCode).toMatchObject({ tokens: null, userErrors: [{ code: 'MFA_REQUIRED' }] });
    const { token } = half.loginWithEmailCode.challenge;
    expect(
      (await outcome(app.completes(token, { code: await app.nextCodeOf(secret) }))).tokens,
    ).not.toBeNull();
    expect((await sessionsOf(person.id)).at(-1)!.methods).toEqual(['emailCode', 'totp']);
  });

  it('asks also after the password was reset, by whoever reads the mailbox', async () => {
    const { person } = await app.equipped();
    const reset = `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { isReset } }`;
    const code = await door.mailedCode(person.email, 'reset-password');
    const input = { email: person.email, code, newPassword: 'chosen by a thief' };
    expect((await users.anonymous.execute(reset, { input })).data.resetPassword.isReset).toBe(true);
    expect((await door.signIn(person.email, 'chosen by a thief')).userErrors).toEqual([
      { code: 'MFA_REQUIRED' },
    ]);
  });

  it('does not tell a visitor that there is one: a wrong password is a wrong password', async () => {
    const { person } = await app.equipped();
    expect(await door.signIn(person.email, 'not the password')).toEqual(
      await door.signIn('nobody@example.org'),
    );
  });

  describe('a code', () => {
    it('is good once: not for a second challenge, and not for the one it was confirmed by', async () => {
      const { person, secret } = await app.equipped();
      const used = await app.codeOf(secret);
      const wrong = [{ code: 'INVALID_INPUT', path: ['code'] }];
      const challenge = await app.challenge(person.email);
      expect((await outcome(app.completes(challenge, { code: used }))).userErrors).toEqual(wrong);
      const code = await app.nextCodeOf(secret);
      expect((await outcome(app.completes(challenge, { code }))).tokens).not.toBeNull();
      expect((await outcome(app.completes(await app.challenge(person.email), { code }))).userErrors).toEqual(
        wrong,
      );
    });

    it.each([
      ['one challenge', 1],
      ['two challenges', 2],
    ])(
      'makes one session when it arrives twice at once, for %s, at two instances',
      async (_name, challenges) => {
        const other = users.startAnother();
        for (let round = 0; round < 4; round++) {
          const { person, secret } = await app.equipped();
          const tokens = [await app.challenge(person.email)];
          if (challenges === 2) tokens.push(await app.challenge(person.email));
          const code = await app.nextCodeOf(secret);
          const answers = await Promise.all([
            outcome(app.completes(tokens[0]!, { code })),
            outcome(app.completes(tokens.at(-1)!, { code }, other.anonymous)),
          ]);
          expect(answers.filter((answer) => answer.tokens)).toHaveLength(1);
          expect(await sessionsOf(person.id)).toHaveLength(2);
        }
        await other.stop();
      },
    );

    it('is taken one period early and late, not two', async () => {
      const taken = async (offsetMs: number) => {
        const { person, secret } = await app.equipped();
        users.clock.advance(90_000);
        const code = await app.codeOf(secret);
        users.clock.advance(offsetMs);
        return (await outcome(app.completes(await app.challenge(person.email), { code }))).tokens !== null;
      };
      expect(await taken(30_000)).toBe(true);
      expect(await taken(-30_000)).toBe(true);
      expect(await taken(61_000)).toBe(false);
      expect(await taken(-61_000)).toBe(false);
    });
  });

  describe('guessing', () => {
    it('is counted on the lock of the account, however many come at once', async () => {
      const { person, secret } = await app.equipped();
      const challenge = await app.challenge(person.email);
      const wrong = otherCode(await app.nextCodeOf(secret));
      const guesses = await Promise.all(
        Array.from({ length: 30 }, () => app.completes(challenge, { code: wrong })),
      );
      // The password was the first of five attempts.
      expect(guesses.filter((answer) => answer.data?.completeSignIn)).toHaveLength(4);
      expect(guesses.filter((answer) => answer.codes[0] === 'RATE_LIMITED')).toHaveLength(26);
    });

    it('ends a challenge after five codes, the right one included', async () => {
      const { person, secret } = await app.equipped();
      const challenge = await app.challenge(person.email);
      for (let count = 0; count < 5; count++) {
        expect((await outcome(app.completes(challenge, { code: 'wrong' }))).userErrors[0].code).toBe(
          'INVALID_INPUT',
        );
        users.clock.advance(20_000);
      }
      const late = await outcome(app.completes(challenge, { code: await app.codeOf(secret) }));
      expect(late.userErrors).toEqual([{ code: 'CHALLENGE_ENDED', path: ['challenge'] }]);
    });

    it('gains nothing from the password, which opens no lock by itself', async () => {
      const { person } = await app.equipped();
      const halves = [];
      for (let count = 0; count < 7; count++)
        halves.push(await users.anonymous.execute(login, { input: { email: person.email, password } }));
      expect(halves.filter((answer) => answer.codes[0] === 'RATE_LIMITED')).toHaveLength(2);
    });
  });

  it.each([
    ['garbage', {}, 'CHALLENGE_ENDED'],
    ['neither code', { proof: {} }, 'INVALID_INPUT'],
    ['both codes', { proof: { code: '123456', recoveryCode: 'ABCDE-FGHJK' } }, 'INVALID_INPUT'],
  ])('refuses %s', async (_name, { proof = { code: '123456' } }: { proof?: object }, expected) => {
    expect((await outcome(app.completes('garbage', proof))).userErrors[0].code).toBe(expected);
  });

  it('ends after five minutes', async () => {
    const { person, secret } = await app.equipped();
    const challenge = await app.challenge(person.email);
    users.clock.advance(5 * 60_000);
    const late = await outcome(app.completes(challenge, { code: await app.codeOf(secret) }));
    expect(late.userErrors[0].code).toBe('CHALLENGE_ENDED');
    await users.run(forgetOutlived, {});
    expect(await users.db.signInChallenge.count({ where: { accountId: person.id } })).toBe(0);
  });

  it('ends with a new password', async () => {
    const { person, as, secret } = await app.equipped();
    const challenge = await app.challenge(person.email);
    await as.execute(change, { input: { password, newPassword: 'a horse of another colour' } });
    const late = await outcome(app.completes(challenge, { code: await app.nextCodeOf(secret) }));
    expect(late.userErrors[0].code).toBe('CHALLENGE_ENDED');
  });

  it('lets in no session from before, should one have outlived the factor’s beginning', async () => {
    const { person, refreshToken } = await door.signedIn();
    await users.db.account.update({ where: { id: person.id }, data: { secondFactorAt: users.clock.now() } });
    expect((await door.exchange(refreshToken)).tokens).toBeNull();
  });

  it('leaves nobody in who signs in by the password alone while it is being set up', async () => {
    for (let round = 0; round < 8; round++) {
      const { person, as } = await door.signedIn();
      const { secret } = await app.enrols(as);
      const code = await app.codeOf(secret);
      const [confirmed, racing] = await Promise.all([app.confirms(as, code), door.signIn(person.email)]);
      expect(confirmed.recoveryCodes).toHaveLength(10);
      const token = racing.tokens?.refreshToken ?? 'none';
      expect((await door.exchange(token)).tokens).toBeNull();
      expect(await sessionsOf(person.id)).toHaveLength(1);
    }
  });

  describe('a trusted device', () => {
    const trusted = async () => {
      const equipped = await app.equipped();
      const challenge = await app.challenge(equipped.person.email);
      const code = await app.nextCodeOf(equipped.secret);
      const { deviceToken } = await outcome(app.completes(challenge, { code, trustDevice: true }));
      const isLetIn = async (token = deviceToken, secret = password) => {
        const input = { email: equipped.person.email, password: secret, deviceToken: token };
        return (await users.anonymous.execute(login, { input })).data.login.tokens !== null;
      };
      return { ...equipped, deviceToken: deviceToken as string, isLetIn };
    };

    it('is asked for no code for thirty days, by the password and by a mailed code', async () => {
      const { person, deviceToken, isLetIn } = await trusted();
      expect(await isLetIn()).toBe(true);
      expect((await sessionsOf(person.id)).at(-1)!.methods).toEqual(['password', 'trustedDevice']);
      const code = await door.mailedCode(person.email, 'sign-in');
      const input = { email: person.email, code, deviceToken };
      const byCode = (await users.anonymous.execute(loginByCode, { input })).data.loginWithEmailCode;
      expect((await door.exchange(byCode.tokens.refreshToken)).tokens).not.toBeNull();
      users.clock.advance(30 * 86_400_000);
      expect(await isLetIn()).toBe(false);
    });

    it('needs the password as ever', async () => {
      const { isLetIn } = await trusted();
      expect(await isLetIn(undefined, 'not the password')).toBe(false);
    });

    it('is trusted by its own account only', async () => {
      const [one, other] = [await trusted(), await trusted()];
      expect(await one.isLetIn(other.deviceToken)).toBe(false);
      expect(await one.isLetIn('garbage')).toBe(false);
    });

    it('is asked again after a change of the password', async () => {
      const { as, isLetIn } = await trusted();
      const newPassword = 'a horse of another colour';
      await as.execute(change, { input: { password, newPassword } });
      expect(await isLetIn(undefined, newPassword)).toBe(false);
    });

    it('stays trusted when its session is ended', async () => {
      const { as, isLetIn } = await trusted();
      await as.execute(everywhere, { input: { keepsCurrent: false } });
      expect(await isLetIn()).toBe(true);
    });

    it('makes room for others after twenty', async () => {
      const { person, recoveryCodes, isLetIn } = await trusted();
      for (let count = 0; count < 20; count++) {
        users.clock.advance(1_000);
        await users.db.trustedDevice.create({
          data: {
            id: crypto.randomUUID(),
            accountId: person.id,
            tokenHash: `${person.id}-${count}`,
            createdAt: users.clock.now(),
            lastUsedAt: users.clock.now(),
            expiresAt: new Date(users.clock.now().getTime() + 86_400_000),
          },
        });
      }
      const challenge = await app.challenge(person.email);
      await app.completes(challenge, { recoveryCode: recoveryCodes[0], trustDevice: true });
      expect(await users.db.trustedDevice.count({ where: { accountId: person.id } })).toBe(20);
      expect(await isLetIn()).toBe(false);
    });
  });
});
