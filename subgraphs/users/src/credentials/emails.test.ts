import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestClient } from '@diaspora/kit/testing';
import { advanceErasures, forgetOutlived, mailNewAddress, noticeEmailChange } from '../jobs.js';
import { identityIds } from '../ids.js';
import { authenticator } from '../testing/authenticator.js';
import { givenUsers, password } from '../testing/given.js';
import { otherCode, signingIn } from '../testing/signing-in.js';

const change = `mutation ($input: ChangeEmailInput!) { changeEmail(input: $input) { isAccepted userErrors { code path } } }`;
const confirm = `mutation ($input: ConfirmEmailChangeInput!) { confirmEmailChange(input: $input) { isChanged userErrors { code path } } }`;
const undo = `mutation ($input: UndoEmailChangeInput!) { undoEmailChange(input: $input) { isUndone userErrors { code path } } }`;
const credentials = '{ credentials { email hasPassword phoneNumber } }';
const day = 86_400_000;

describe('a change of address', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  let app: ReturnType<typeof authenticator>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
    app = authenticator(users, door);
  });
  afterAll(() => users.stop());

  const begins = async (as: TestClient, newEmail: string, secret = password) =>
    as.execute(change, { input: { password: secret, newEmail } });
  const confirms = async (as: TestClient, code: string) =>
    (await as.execute(confirm, { input: { code } })).data?.confirmEmailChange;
  /** The code that is in the mail to the new address; empty when there is none. */
  const codeFor = async (accountId: string, email: string) => {
    const before = users.mails.length;
    await users.run(mailNewAddress, { accountId, email });
    const mail = users.mails.slice(before).find(({ to }) => to === email);
    return /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '';
  };
  let count = 0;
  /** Somebody whose address was changed; with the key that the old address was sent. */
  const changed = async (given?: Awaited<ReturnType<typeof door.signedIn>>) => {
    const newEmail = `moved-${++count}@example.org`;
    const signedIn = given ?? (await door.signedIn());
    const { person, as } = signedIn;
    await begins(as, newEmail);
    const answer = await confirms(as, await codeFor(person.id, newEmail));
    await users.runAdded(noticeEmailChange);
    const key = /emc_[\w.-]+/.exec(users.mails.at(-1)!.text)![0];
    return { ...signedIn, newEmail, key, answer };
  };
  const takeBack = async (key: string) =>
    (await users.anonymous.execute(undo, { input: { key } })).data.undoEmailChange;

  it('moves the account to the address that was proved, and tells the old one', async () => {
    const { person, as, newEmail, answer } = await changed();
    expect(answer).toEqual({ isChanged: true, userErrors: [] });
    expect(users.mails.at(-1)!.to).toBe(person.email);
    expect(await door.signsIn(person.email)).toBe(false);
    expect(await door.signsIn(newEmail.toUpperCase())).toBe(true);
    expect((await as.execute(credentials)).data.credentials).toEqual({
      email: newEmail,
      hasPassword: true,
      phoneNumber: null,
    });
    expect(await door.isStale(person.id)).toBe(true);
    expect(await users.audited(person.id)).toContain('email.changed');
  });

  it('takes the password, and changes nothing before the code is here', async () => {
    const { person, as } = await door.signedIn();
    const answer = await begins(as, 'stolen@example.org', 'not the password');
    expect(answer.data.changeEmail.userErrors).toEqual([{ code: 'INVALID_CREDENTIALS', path: ['password'] }]);
    await begins(as, 'wanted@example.org');
    const code = await codeFor(person.id, 'wanted@example.org');
    expect((await confirms(as, otherCode(code))).userErrors).toEqual([
      { code: 'INVALID_INPUT', path: ['code'] },
    ]);
    expect(await door.signsIn(person.email)).toBe(true);
    expect(await door.signsIn('wanted@example.org')).toBe(false);
  });

  it('does not tell that somebody else has the address, who is told instead', async () => {
    const owner = await users.given.person();
    const { person, as } = await door.signedIn();
    expect((await begins(as, owner.email)).data.changeEmail).toEqual({ isAccepted: true, userErrors: [] });
    expect(await codeFor(person.id, owner.email)).toBe('');
    expect(users.mails.at(-1)!.to).toBe(owner.email);
  });

  it('takes an address from a registration that was never proved', async () => {
    const squatter = await users.given.person({ isVerified: false, email: 'squatted@example.org' });
    const { person, as } = await door.signedIn();
    await begins(as, squatter.email);
    expect((await confirms(as, await codeFor(person.id, squatter.email))).isChanged).toBe(true);
    expect(await users.db.account.count({ where: { id: squatter.id } })).toBe(0);
  });

  it('gives an address to one of two who prove it at once', async () => {
    const both = [await door.signedIn(), await door.signedIn()];
    const newEmail = 'contested@example.org';
    const codes: string[] = [];
    for (const { person } of both) codes.push(await codeFor(person.id, newEmail));
    const answers = await Promise.all(both.map(({ as }, index) => confirms(as, codes[index]!)));
    expect(answers.filter((answer) => answer.isChanged)).toHaveLength(1);
    expect(answers.flatMap((answer) => answer.userErrors)).toEqual([{ code: 'CONFLICT', path: null }]);
    expect(await users.db.account.count({ where: { emailKey: newEmail } })).toBe(1);
  });

  it('happens once when the right code arrives twice at once', async () => {
    const { person, as } = await door.signedIn();
    await begins(as, 'twice@example.org');
    const code = await codeFor(person.id, 'twice@example.org');
    const answers = await Promise.all([confirms(as, code), confirms(as, code)]);
    expect(answers.filter((answer) => answer.isChanged)).toHaveLength(1);
    expect(await users.db.emailChange.count({ where: { accountId: person.id } })).toBe(1);
  });

  it('writes to five strangers a day at most', async () => {
    const { as } = await door.signedIn();
    const answers = [];
    for (let index = 0; index < 6; index++) answers.push(await begins(as, `stranger-${index}@example.org`));
    expect(answers.map((answer) => answer.codes[0])).toEqual([...Array(5).fill(undefined), 'RATE_LIMITED']);
  });

  describe('taken back by the key in the mail to the old address', () => {
    it('drops what was linked since a week before, and keeps what was linked earlier', async () => {
      const { person, key } = await changed();
      const now = users.clock.now().getTime();
      const linked = [-7 * day - 1_000, -7 * day + 1_000, 1_000].map((offset) => ({
        id: identityIds.create(),
        accountId: person.id,
        provider: 'acme',
        issuer: 'https://id.acme.example',
        subject: `${person.id} ${offset}`,
        linkedAt: new Date(now + offset),
      }));
      await users.db.identity.createMany({ data: linked });
      await takeBack(key);
      const left = await users.db.identity.findMany({ where: { accountId: person.id } });
      expect(left.map(({ id }) => id)).toEqual([linked[0]!.id]);
    });

    it('gives the account back, without the password and the sessions of whoever changed it', async () => {
      const { person, newEmail, key, refreshToken } = await changed();
      expect(await takeBack(key)).toEqual({ isUndone: true, userErrors: [] });
      expect(await door.signsIn(newEmail)).toBe(false);
      expect(await door.signsIn(person.email)).toBe(false);
      expect((await door.exchange(refreshToken)).tokens).toBeNull();
      const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
      expect(account).toMatchObject({ email: person.email, passwordHash: null });
      expect(await users.audited(person.id)).toContain('email.changeUndone');
      expect(await door.mailedCode(person.email, 'reset-password')).toMatch(/^\d{6}$/);
    });

    it('without the second factor, the telephone and the devices that came with the change', async () => {
      const { person, viewer, key } = await changed();
      const { secret } = await app.enrols(users.as(viewer));
      await app.confirms(users.as(viewer), await app.codeOf(secret));
      const phone = { phoneNumber: '+4930900777', phoneVerifiedAt: users.clock.now() };
      await users.db.account.update({ where: { id: person.id }, data: phone });
      await takeBack(key);
      const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
      expect(account).toMatchObject({ secondFactorAt: null, phoneNumber: null });
      expect(await users.db.totpFactor.count({ where: { accountId: person.id } })).toBe(0);
    });

    it('without the second factor that whoever knew the password set up first', async () => {
      const intruder = await app.equipped();
      users.clock.advance(6 * day);
      const { person, key } = await changed(intruder);
      expect(await takeBack(key)).toEqual({ isUndone: true, userErrors: [] });
      const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
      expect(account.secondFactorAt).toBeNull();
      expect(await users.db.totpFactor.count({ where: { accountId: person.id } })).toBe(0);
      expect(await users.db.recoveryCode.count({ where: { accountId: person.id } })).toBe(0);
      expect((await door.exchange(intruder.refreshToken)).tokens).toBeNull();
    });

    it('without the erasure that whoever changed it asked for', async () => {
      const { person, as, key } = await changed();
      const ask = `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { erasure { id } } }`;
      expect((await as.execute(ask, { input: { password } })).data.requestErasure.erasure).not.toBeNull();
      await takeBack(key);
      expect(await users.audited(person.id)).toContain('erasure.cancelled');
      users.clock.advance(31 * day);
      await users.run(advanceErasures, {});
      const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
      expect(account).toMatchObject({ email: person.email, erasedAt: null });
    });

    it('but with the second factor from more than a week before it', async () => {
      const equipped = await app.equipped();
      users.clock.advance(7 * day + 1_000);
      const { person, key } = await changed(equipped);
      await takeBack(key);
      const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
      expect(account.secondFactorAt).not.toBeNull();
    });

    it('works once, for a week', async () => {
      const once = await changed();
      const twice = await Promise.all([takeBack(once.key), takeBack(once.key)]);
      expect(twice.filter(({ isUndone }) => isUndone)).toHaveLength(1);
      const late = await changed();
      users.clock.advance(7 * day + 1);
      expect((await takeBack(late.key)).userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['key'] }]);
      await users.run(forgetOutlived, {});
      expect(await users.db.emailChange.count()).toBe(0);
    });

    it('also when the address was changed again, whose own key is void then', async () => {
      const { person, as, key, newEmail } = await changed();
      const third = `third-${newEmail}`;
      await begins(as, third);
      await confirms(as, await codeFor(person.id, third));
      await users.runAdded(noticeEmailChange);
      const later = /emc_[\w.-]+/.exec(users.mails.at(-1)!.text)![0];
      expect((await takeBack(key)).isUndone).toBe(true);
      expect((await takeBack(later)).isUndone).toBeNull();
      expect(await users.db.account.count({ where: { id: person.id, email: person.email } })).toBe(1);
    });

    it('does not take the address from whoever proved it since', async () => {
      const { person, key } = await changed();
      await users.given.person({ email: person.email });
      expect((await takeBack(key)).userErrors).toEqual([{ code: 'CONFLICT', path: null }]);
    });

    it('is refused for everything that is no key of ours', async () => {
      const { key } = await changed();
      for (const garbage of [
        '',
        'x',
        key.slice(0, -1),
        key.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')),
      ]) {
        expect((await takeBack(garbage)).userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['key'] }]);
      }
    });
  });
});
