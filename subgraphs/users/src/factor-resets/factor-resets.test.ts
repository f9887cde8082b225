import { dayMs, hourMs } from '@diaspora/kit';
import { auditLines, type TestClient } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailCode, mailNewAddress, noticeEmailChange } from '../jobs.js';
import { authenticator } from '../testing/authenticator.js';
import { factorResetActions } from '../testing/factor-resets.js';
import { givenUsers, password } from '../testing/given.js';
import { signingIn } from '../testing/signing-in.js';
import { fireFactorReset } from './firing.js';
import { mailAboutFactorReset, textAboutFactorReset } from './letters.js';

const own =
  '{ credentials { secondFactorAt recoveryCodesLeft trustedDevices { id } factorReset { id dueAt } } }';
const login = `mutation ($input: LoginInput!) {
  login(input: $input) { tokens { accessToken } challenge { token isCodeMailed } userErrors { code } } }`;
const loginByMail = `mutation ($input: LoginWithEmailCodeInput!) {
  loginWithEmailCode(input: $input) { tokens { accessToken } userErrors { code } } }`;
const setPassword = `mutation ($input: ResetPasswordInput!) {
  resetPassword(input: $input) { isReset userErrors { code } } }`;
const newPassword = 'a horse of another colour';

describe('whoever lost the authenticator app and the recovery codes', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  let app: ReturnType<typeof authenticator>;
  let resets: ReturnType<typeof factorResetActions>;
  let chiefs: Awaited<ReturnType<typeof users.given.person>>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
    app = authenticator(users, door);
    resets = factorResetActions(users, door);
    chiefs = await users.given.person({ isSuperUser: true });
  });
  afterAll(() => users.stop());

  /** Somebody with a factor that is to be reset, and the reset. */
  async function opened() {
    const someone = await app.equipped();
    const { reset } = await resets.opens(await resets.chief(chiefs), someone.person);
    return { ...someone, reset: reset as { id: string; dueAt: string } };
  }
  async function fired() {
    const someone = await opened();
    resets.passes();
    await resets.fires(someone.reset.id);
    return someone;
  }
  const signIn = async (email: string) =>
    (await users.anonymous.execute(login, { input: { email, password } })).data.login;
  const mailsTo = (email: string) => users.mails.filter(({ to }) => to === email);
  const lastCode = (email: string) => /\b\d{6}\b/.exec(mailsTo(email).at(-1)?.text ?? '')?.[0] ?? '';
  /** A sign-in after the reset, as far as its code. */
  async function challenged(email: string) {
    const { challenge } = await signIn(email);
    await users.runAdded(mailCode);
    return { challenge: challenge.token as string, code: lastCode(email) };
  }
  let addresses = 0;
  async function changesAddress(as: TestClient): Promise<void> {
    const newEmail = `moved-${++addresses}@example.org`;
    await runs(as, 'changeEmail', { password, newEmail });
    await users.runAdded(mailNewAddress);
    await runs(as, 'confirmEmailChange', { code: lastCode(newEmail) });
  }
  const runs = (as: TestClient, name: string, input: object) =>
    as.execute(
      `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) {
        ${name}(input: $input) { userErrors { code } } }`,
      { input },
    );
  const setsPassword = async (email: string) => {
    const code = await door.mailedCode(email, 'reset-password');
    const { data } = await users.anonymous.execute(setPassword, { input: { email, code, newPassword } });
    return data.resetPassword.userErrors[0]?.code ?? 'SET';
  };

  describe('comes back after 72 hours', () => {
    it('without the factor and all that belongs to it, and signed out everywhere', async () => {
      const someone = await app.equipped();
      const challenge = await app.challenge(someone.person.email);
      await app.completes(challenge, { code: await app.nextCodeOf(someone.secret), trustDevice: true });
      const { reset } = await resets.opens(await resets.chief(chiefs), someone.person);
      expect(Date.parse(reset.dueAt)).toBe(users.clock.now().getTime() + 72 * hourMs);
      resets.passes();
      await resets.fires(reset.id);
      expect((await someone.as.execute(own)).data.credentials).toEqual({
        ...{ secondFactorAt: null, recoveryCodesLeft: 0, trustedDevices: [], factorReset: null },
      });
      const where = { accountId: someone.person.id };
      const sessions = await users.db.session.findMany({ where });
      expect(new Set(sessions.map(({ revocationReason }) => revocationReason))).toEqual(
        new Set(['SECOND_FACTOR_RESET']),
      );
      expect(await door.isStale(someone.person.id)).toBe(true);
      expect(await resets.statusOf(reset.id)).toBe('DONE');
    });

    it('with the password and a mailed code, once, and sets up another app', async () => {
      const { person, secret } = await fired();
      const outcome = await signIn(person.email);
      expect(outcome).toMatchObject({ tokens: null, challenge: { isCodeMailed: true } });
      expect(outcome.userErrors).toEqual([{ code: 'MFA_REQUIRED' }]);
      await users.runAdded(mailCode);
      const token = outcome.challenge.token;
      const old = await app.completes(token, { code: await app.codeOf(secret) });
      expect(old.data.completeSignIn.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['code'] }]);
      const answer = await app.completes(token, { code: lastCode(person.email), trustDevice: true });
      expect(answer.data.completeSignIn).toMatchObject({ user: { id: person.publicId }, deviceToken: null });
      const { as } = await door.signedIn(person);
      const enrolled = await app.enrols(as);
      expect((await app.confirms(as, await app.codeOf(enrolled.secret))).recoveryCodes).toHaveLength(10);
      expect((await signIn(person.email)).challenge).toMatchObject({ isCodeMailed: false });
    });

    it('only by what was challenged first: the code of one sign-in is good for no other', async () => {
      const { person } = await fired();
      const { data } = await users.anonymous.execute(login, { input: { email: person.email, password } });
      const { challenge, code } = await challenged(person.email);
      await app.completes(challenge, { code });
      const again = await app.completes(data.login.challenge.token, { code });
      expect(again.data.completeSignIn.tokens).toBeNull();
    });

    it('not by the mailbox alone: neither a mailed code nor a new password stands for the password', async () => {
      const { person } = await fired();
      const code = await door.mailedCode(person.email, 'sign-in');
      const input = { email: person.email, code };
      const { data } = await users.anonymous.execute(loginByMail, { input });
      expect(data.loginWithEmailCode).toEqual({ tokens: null, userErrors: [{ code: 'PASSWORD_REQUIRED' }] });
      expect(await setsPassword(person.email)).toBe('CONFLICT');
      users.clock.advance(30 * dayMs);
      expect(await setsPassword(person.email)).toBe('SET');
    });

    it('by a new password when a change of the address is taken back, as its key is a proof of its own', async () => {
      const someone = await app.equipped();
      const { email } = someone.person;
      await changesAddress(someone.as);
      await users.runAdded(noticeEmailChange);
      const key = /emc_\w{26}\.[\w-]{43}/.exec(mailsTo(email).at(-1)!.text)![0];
      const { reset } = await resets.opens(await resets.chief(chiefs), someone.person);
      resets.passes();
      await resets.fires(reset.id);
      await runs(users.anonymous, 'undoEmailChange', { key });
      expect(await setsPassword(email)).toBe('SET');
      expect(await door.signsIn(email, newPassword)).toBe(true);
    });

    it('by a job that was added for that moment, and does nothing before it', async () => {
      const { reset, person } = await opened();
      const [job] = await users.db.$queryRaw<{ at: Date }[]>`
        SELECT run_at AS at FROM graphile_worker.jobs j
        WHERE task_identifier = ${fireFactorReset.name} ORDER BY id DESC LIMIT 1`;
      expect(job!.at.toISOString()).toBe(reset.dueAt);
      users.clock.advance(72 * hourMs - 1);
      await expect(resets.fires(reset.id)).rejects.toThrow('not due');
      expect((await signIn(person.email)).challenge).toMatchObject({ isCodeMailed: false });
      expect(await resets.statusOf(reset.id)).toBe('OPEN');
    });
  });

  describe('is told, as is whoever did not lose them', () => {
    it('in the own language by mail, by text and in the application, and again when it happened', async () => {
      const someone = await app.equipped();
      const phoneNumber = '+4930123456';
      const phone = { phoneNumber, phoneVerifiedAt: users.clock.now() };
      await users.db.account.update({ where: { id: someone.person.id }, data: phone });
      const viewer = await resets.chief(chiefs);
      const { reset } = await resets.opens(viewer, someone.person, 'By her voice.');
      await users.runAdded(mailAboutFactorReset);
      await users.runAdded(textAboutFactorReset);
      const [mail] = mailsTo(someone.person.email).slice(-1);
      expect(mail!.subject).toBe('Al doilea pas al autentificării urmează să fie îndepărtat');
      expect(mail!.text).toContain('By her voice.');
      const key = /frs_\w{26}\.[\w-]{43}/.exec(mail!.text)![0];
      expect(users.texts.at(-1)).toEqual({ to: phoneNumber, text: expect.stringContaining(key) });
      expect((await users.messages(someone.person.publicId)).at(-1)).toEqual({
        type: 'factorReset.opened',
        data: { resetId: reset.id, userId: someone.person.publicId, dueAt: reset.dueAt },
      });
      expect((await someone.as.execute(own)).data.credentials.factorReset).toMatchObject({ id: reset.id });
      resets.passes();
      await resets.fires(reset.id);
      await users.runAdded(mailAboutFactorReset);
      expect(mailsTo(someone.person.email).at(-1)!.subject).toContain('a fost îndepărtat');
      const lines = await auditLines(users.db, reset.id);
      expect(lines.map(({ action }) => action)).toEqual(['factorReset.opened', 'factorReset.done']);
      expect(lines[0]).toMatchObject({ actor: { id: chiefs.id }, reason: 'By her voice.' });
    });

    it('by no text when there is nothing to refuse any more', async () => {
      const { reset, person, viewer } = await opened();
      const phone = { phoneNumber: '+4930654321', phoneVerifiedAt: users.clock.now() };
      await users.db.account.update({ where: { id: person.id }, data: phone });
      await resets.run('refuseFactorReset', viewer, { resetId: reset.id });
      await users.runAdded(textAboutFactorReset);
      expect(users.texts.filter(({ to }) => to === phone.phoneNumber)).toEqual([]);
    });
  });

  describe('keeps the factor', () => {
    async function keepsIt({ reset, person }: Awaited<ReturnType<typeof opened>>, status: string) {
      expect(await resets.statusOf(reset.id)).toBe(status);
      resets.passes();
      await resets.fires(reset.id);
      expect(await resets.statusOf(reset.id)).toBe(status);
      const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
      expect(account.factorResetAt).toBeNull();
      return account;
    }

    it('when they refuse from a session, and are told so; once more the answer is the same', async () => {
      const given = await opened();
      for (let time = 0; time < 2; time++) {
        const { reset } = await resets.run('refuseFactorReset', given.viewer, { resetId: given.reset.id });
        expect(reset).toMatchObject({ status: 'REFUSED', endedAt: users.clock.now().toISOString() });
      }
      expect((await keepsIt(given, 'REFUSED')).secondFactorAt).not.toBeNull();
      await users.runAdded(mailAboutFactorReset);
      expect(mailsTo(given.person.email).at(-1)!.subject).toBe('Al doilea pas al autentificării rămâne');
    });

    it('when they refuse by the key of the mail, without a session', async () => {
      const given = await opened();
      await users.runAdded(mailAboutFactorReset);
      const key = /frs_\w{26}\.[\w-]{43}/.exec(mailsTo(given.person.email).at(-1)!.text)![0];
      const other = key.replace(/\.(.)/, (_dot, first) => (first === 'A' ? '.B' : '.A'));
      for (const wrong of [other, 'nonsense', key.replace('frs_', 'emc_')])
        expect((await resets.refusesByKey(wrong)).refusal).toBe('INVALID_INPUT');
      for (let time = 0; time < 2; time++)
        expect(await resets.refusesByKey(key)).toEqual({ isRefused: true, refusal: undefined });
      await keepsIt(given, 'REFUSED');
    });

    it('when a super user takes it back', async () => {
      const given = await opened();
      const withdrawn = await resets.run('withdrawFactorReset', await resets.chief(chiefs), {
        resetId: given.reset.id,
      });
      expect(withdrawn.reset).toMatchObject({ status: 'WITHDRAWN' });
      await keepsIt(given, 'WITHDRAWN');
    });

    type Given = Awaited<ReturnType<typeof opened>>;
    it.each<[string, (given: Given) => Promise<unknown>]>([
      [
        'a code of the app was used',
        async ({ person, secret }) => {
          const challenge = await app.challenge(person.email);
          return app.completes(challenge, { code: await app.nextCodeOf(secret) });
        },
      ],
      [
        'a recovery code was used',
        async ({ person, recoveryCodes }) =>
          app.completes(await app.challenge(person.email), { recoveryCode: recoveryCodes[0] }),
      ],
      ['recovery codes were made', ({ as }) => runs(as, 'regenerateRecoveryCodes', { password })],
      ['the password was changed', ({ as }) => runs(as, 'changePassword', { password, newPassword })],
      ['the address was changed', ({ as }) => changesAddress(as)],
      ['a mailed code set the password', ({ person }) => setsPassword(person.email)],
      [
        'the app was replaced',
        async ({ as }) => {
          await runs(as, 'disableTotp', { password });
          const { secret } = await app.enrols(as);
          return app.confirms(as, await app.nextCodeOf(secret));
        },
      ],
    ])('when %s meanwhile', async (_name, happens) => {
      const given = await opened();
      await happens(given);
      expect((await keepsIt(given, 'VOID')).secondFactorAt).not.toBeNull();
    });
  });
});
