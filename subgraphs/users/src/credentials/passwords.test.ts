import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitingForLocks, type TestClient } from '@diaspora/kit/testing';
import { mailCode, noticeAccount } from '../jobs.js';
import { givenUsers, password } from '../testing/given.js';
import { otherCode, signingIn } from '../testing/signing-in.js';

const change = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { isChanged userErrors { code path } } }`;
const request = `mutation ($input: RequestPasswordResetInput!) { requestPasswordReset(input: $input) { isAccepted userErrors { code } } }`;
const reset = `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { isReset userErrors { code path } } }`;
const newPassword = 'a horse of another colour';

describe('passwords', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
  });
  afterAll(() => users.stop());

  const changes = async (as: TestClient, input: object = {}) =>
    as.execute(change, { input: { password, newPassword, ...input } });
  const resets = async (email: string, code: string, chosen = newPassword) =>
    users.anonymous.execute(reset, { input: { email, code, newPassword: chosen } });

  describe('a change', () => {
    it('counts from now on, ends the other sessions and tells the owner', async () => {
      const { person, as, refreshToken } = await door.signedIn();
      const elsewhere = await door.signedIn(person);
      expect((await changes(as)).data.changePassword).toEqual({ isChanged: true, userErrors: [] });
      expect(await door.signsIn(person.email)).toBe(false);
      expect(await door.signsIn(person.email, newPassword)).toBe(true);
      expect((await door.exchange(elsewhere.refreshToken)).tokens).toBeNull();
      expect((await door.exchange(refreshToken)).tokens).not.toBeNull();
      expect(await door.isStale(person.id)).toBe(true);
      expect(await users.audited(person.id)).toContain('password.changed');
      await users.runAdded(noticeAccount);
      expect(users.mails.at(-1)).toMatchObject({
        to: person.email,
        subject: expect.stringContaining('Parola'),
      });
    });

    it('takes the old password, counted on the lock of the account', async () => {
      const { person, as } = await door.signedIn();
      const guesses = await Promise.all(
        Array.from({ length: 12 }, () => changes(as, { password: 'not the password' })),
      );
      const looked = guesses.filter((answer) => answer.data?.changePassword);
      expect(looked).toHaveLength(5);
      expect(looked[0]!.data.changePassword.userErrors).toEqual([
        { code: 'INVALID_CREDENTIALS', path: ['password'] },
      ]);
      expect((await changes(as)).codes).toEqual(['RATE_LIMITED']);
      expect(await door.signsIn(person.email)).toBe(false);
      users.clock.advance(3_000);
      expect(await door.signsIn(person.email)).toBe(true);
    });

    it('tells an account without a password how to get one', async () => {
      const { person, as } = await door.signedIn();
      await users.db.account.update({ where: { id: person.id }, data: { passwordHash: null } });
      const answer = await changes(as, { password: 'null' });
      expect(answer.data.changePassword.userErrors).toEqual([
        { code: 'PASSWORD_NOT_SET', path: ['password'] },
      ]);
    });

    it.each(['short', 'Thunder1', 'x'.repeat(73)])('refuses %j and leaves all as it was', async (chosen) => {
      const { person, as, refreshToken } = await door.signedIn();
      const answer = await changes(as, { newPassword: chosen });
      expect(answer.data.changePassword.userErrors).toEqual([
        { code: 'INVALID_INPUT', path: ['newPassword'] },
      ]);
      expect(await door.signsIn(person.email)).toBe(true);
      expect((await door.exchange(refreshToken)).tokens).not.toBeNull();
    });

    it('refuses whoever proved the old password just before it, and comes for the session just after', async () => {
      const { email, id } = await users.given.person();
      let signingIn: ReturnType<typeof door.signIn> | undefined;
      await users.db.$transaction(async (tx) => {
        await tx.account.update({ where: { id }, data: { passwordHash: 'another' } });
        signingIn = door.signIn(email);
        await waitingForLocks(users.pool);
      });
      expect((await signingIn).userErrors).toEqual([{ code: 'INVALID_CREDENTIALS' }]);
      expect(await users.db.session.count({ where: { accountId: id } })).toBe(0);
    });

    it('leaves nobody in who signs in by the old password at the same time', async () => {
      for (let round = 0; round < 8; round++) {
        const { person, as } = await door.signedIn();
        const [changed, signedIn] = await Promise.all([changes(as), door.signIn(person.email)]);
        expect(changed.data.changePassword.isChanged).toBe(true);
        const token = signedIn?.tokens?.refreshToken ?? 'none';
        expect((await door.exchange(token)).tokens).toBeNull();
      }
    });

    it('happens once when two arrive together', async () => {
      const { as } = await door.signedIn();
      const answers = await Promise.all(
        ['first new one', 'second new one'].map((chosen) => changes(as, { newPassword: chosen })),
      );
      expect(answers.filter((answer) => answer.data.changePassword.isChanged)).toHaveLength(1);
    });
  });

  describe('a reset', () => {
    it('sets a new password by the mailed code and ends every session', async () => {
      const { person, refreshToken } = await door.signedIn();
      const code = await door.mailedCode(person.email, 'reset-password');
      expect((await resets(person.email.toUpperCase(), code)).data.resetPassword).toEqual({
        isReset: true,
        userErrors: [],
      });
      expect(await door.signsIn(person.email)).toBe(false);
      expect(await door.signsIn(person.email, newPassword)).toBe(true);
      expect((await door.exchange(refreshToken)).tokens).toBeNull();
      expect(await door.isStale(person.id)).toBe(true);
      expect(await users.audited(person.id)).toContain('password.reset');
    });

    it('gives a password to an account that has none', async () => {
      const { email, id } = await users.given.person();
      await users.db.account.update({ where: { id }, data: { passwordHash: null } });
      await resets(email, await door.mailedCode(email, 'reset-password'));
      expect(await door.signsIn(email, newPassword)).toBe(true);
    });

    it('is asked for alike by known, unknown and unproved addresses, and mailed to proved ones only', async () => {
      const known = await users.given.person();
      const unproved = await users.given.person({ isVerified: false });
      const addresses = [known.email, 'nobody@example.org', unproved.email];
      const answers = await Promise.all(
        addresses.map((email) => users.anonymous.execute(request, { input: { email } })),
      );
      expect(answers.map(({ data }) => data.requestPasswordReset)).toEqual(
        addresses.map(() => ({ isAccepted: true, userErrors: [] })),
      );
      const before = users.mails.length;
      await users.runAdded(mailCode);
      expect(users.mails.slice(before).map((mail) => mail.to)).toEqual([known.email]);
    });

    it('is mailed five times a day at most', async () => {
      const { email } = await users.given.person();
      const codes = [];
      for (let count = 0; count < 7; count++) codes.push(await door.mailedCode(email, 'reset-password'));
      expect(codes.map((code) => code !== '')).toEqual([...Array(5).fill(true), false, false]);
    });

    it('has one effect when two right codes arrive at once', async () => {
      const { email } = await users.given.person();
      const code = await door.mailedCode(email, 'reset-password');
      const chosen = ['chosen by the first', 'chosen by the second'];
      const answers = await Promise.all(chosen.map((each) => resets(email, code, each)));
      const won = answers.map((answer) => answer.data.resetPassword.isReset === true);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await door.signsIn(email, chosen[won.indexOf(true)])).toBe(true);
    });

    it('does not let parallel guesses exceed the budget, nor the right code after it', async () => {
      const { email } = await users.given.person();
      const code = await door.mailedCode(email, 'reset-password');
      const guesses = await Promise.all(Array.from({ length: 12 }, () => resets(email, otherCode(code))));
      expect(guesses.filter((answer) => answer.data?.resetPassword)).toHaveLength(5);
      users.clock.advance(3_000);
      expect((await resets(email, code)).data.resetPassword.userErrors).toEqual([
        { code: 'INVALID_INPUT', path: ['code'] },
      ]);
    });

    it('answers unknown addresses, wrong, old and expired codes alike', async () => {
      const { email } = await users.given.person();
      const old = await door.mailedCode(email, 'reset-password');
      let code = old;
      while (code === old) code = await door.mailedCode(email, 'reset-password');
      const wrong = { isReset: null, userErrors: [{ code: 'INVALID_INPUT', path: ['code'] }] };
      const answer = async (...args: Parameters<typeof resets>) => (await resets(...args)).data.resetPassword;
      expect(await answer('nobody@example.org', code)).toEqual(wrong);
      expect(await answer(email, otherCode(code))).toEqual(wrong);
      expect(await answer(email, old)).toEqual(wrong);
      users.clock.advance(31 * 60_000);
      expect(await answer(email, code)).toEqual(wrong);
    });

    it('takes no code that was mailed for something else', async () => {
      const { email } = await users.given.person();
      const code = await door.mailedCode(email, 'sign-in');
      expect((await resets(email, code)).data.resetPassword.isReset).toBeNull();
    });
  });

  it('are changed in person only', async () => {
    const { viewer, person } = await door.signedIn();
    const stranger = (await users.given.person()).viewer;
    expect((await changes(users.anonymous)).codes).toEqual(['UNAUTHENTICATED']);
    for (const other of [
      { ...viewer, impersonatorId: stranger.id },
      { ...viewer, kind: 'service' as const },
    ]) {
      expect((await changes(users.as(other))).codes).toEqual(['FORBIDDEN']);
    }
    expect(await door.signsIn(person.email)).toBe(true);
  });

  it('are hashed, and codes too', async () => {
    const { email, id } = await users.given.person();
    const code = await door.mailedCode(email, 'reset-password');
    const rows = await users.db.oneTimeCode.findMany({ where: { accountId: id } });
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(`"${code}"`);
  });
});
