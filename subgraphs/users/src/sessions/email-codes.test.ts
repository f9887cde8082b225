import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailCode } from '../jobs.js';
import { givenUsers } from '../testing/given.js';
import { otherCode, signingIn } from '../testing/signing-in.js';

const request = `mutation ($input: RequestEmailCodeInput!) { requestEmailCode(input: $input) { isAccepted userErrors { code } } }`;
const login = `mutation ($input: LoginWithEmailCodeInput!) {
  loginWithEmailCode(input: $input) { tokens { refreshToken } user { id } userErrors { code path } }
}`;

describe('signing in by a mailed code', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let door: ReturnType<typeof signingIn>;
  beforeAll(async () => {
    users = await givenUsers();
    door = signingIn(users);
  });
  afterAll(() => users.stop());

  const enters = (email: string, code: string, client = users.anonymous) =>
    client.execute(login, { input: { email, code } });
  const sessionsOf = (accountId: string) => users.db.session.count({ where: { accountId } });

  it('makes a session, also of an account without a password', async () => {
    const person = await users.given.person();
    await users.db.account.update({ where: { id: person.id }, data: { passwordHash: null } });
    const code = await door.mailedCode(person.email, 'sign-in');
    const { tokens, user } = (await enters(person.email.toUpperCase(), code)).data.loginWithEmailCode;
    expect(user.id).toBe(person.publicId);
    expect((await door.exchange(tokens.refreshToken)).tokens).not.toBeNull();
    const [session] = await users.db.session.findMany({ where: { accountId: person.id } });
    expect(session!.methods).toEqual(['emailCode']);
  });

  it('makes one session of two right codes in parallel, at two instances', async () => {
    const other = users.startAnother();
    for (let round = 0; round < 5; round++) {
      const person = await users.given.person();
      const code = await door.mailedCode(person.email, 'sign-in');
      const answers = await Promise.all([
        enters(person.email, code),
        enters(person.email, code, other.anonymous),
      ]);
      expect(answers.filter((answer) => answer.data.loginWithEmailCode.tokens)).toHaveLength(1);
      expect(await sessionsOf(person.id)).toBe(1);
    }
    await other.stop();
  });

  it('looks at five guesses of a code, however many come at once, and not at the right one after them', async () => {
    const { id, email } = await users.given.person();
    const code = await door.mailedCode(email, 'sign-in');
    const guesses = await Promise.all(Array.from({ length: 30 }, () => enters(email, otherCode(code))));
    expect(guesses.filter((answer) => answer.data?.loginWithEmailCode)).toHaveLength(5);
    users.clock.advance(3_000);
    expect((await enters(email, code)).data.loginWithEmailCode.tokens).toBeNull();
    expect(await sessionsOf(id)).toBe(0);
  });

  it('shares the lock of the account with wrong passwords', async () => {
    const { email } = await users.given.person();
    const code = await door.mailedCode(email, 'sign-in');
    for (let count = 0; count < 5; count++) await door.signIn(email, 'not the password');
    expect((await enters(email, code)).codes).toEqual(['RATE_LIMITED']);
    users.clock.advance(3_000);
    expect((await enters(email, code)).data.loginWithEmailCode.tokens).not.toBeNull();
    expect(await door.signsIn(email)).toBe(true);
  });

  it('answers known, unknown and unproved addresses alike, and mails to proved ones only', async () => {
    const known = await users.given.person();
    const unproved = await users.given.person({ isVerified: false });
    const addresses = [known.email, 'nobody@example.org', unproved.email];
    const asked = await Promise.all(
      addresses.map((email) => users.anonymous.execute(request, { input: { email } })),
    );
    expect(new Set(asked.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    const before = users.mails.length;
    await users.runAdded(mailCode);
    expect(users.mails.slice(before).map((mail) => mail.to)).toEqual([known.email]);
    const guessed = await Promise.all(addresses.map((email) => enters(email, 'abcdef')));
    expect(new Set(guessed.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(guessed[0]!.data.loginWithEmailCode.userErrors).toEqual([
      { code: 'INVALID_INPUT', path: ['code'] },
    ]);
  });

  it('is over after half an hour', async () => {
    const { email } = await users.given.person();
    const code = await door.mailedCode(email, 'sign-in');
    users.clock.advance(31 * 60_000);
    expect((await enters(email, code)).data.loginWithEmailCode.tokens).toBeNull();
  });
});
