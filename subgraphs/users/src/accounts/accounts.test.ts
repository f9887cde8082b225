import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers, password } from '../testing/given.js';

const register = `mutation ($input: RegisterInput!) { register(input: $input) { isAccepted userErrors { code message path } } }`;
const verify = `mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { isVerified userErrors { code path } } }`;

describe('accounts', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers({ superUserEmails: ['Root@Example.org'] });
  });
  afterAll(() => users.stop());

  const input = (overrides: object = {}) => ({
    ...{ email: 'ana@example.org', password, displayName: 'Ana', languages: ['ro'] },
    ...{ countryOfOrigin: 'RO', countryOfResidence: 'DE', city: 'Berlin' },
    ...overrides,
  });
  /** Runs the mail job as the worker would, and reads the code out of the mail. */
  const mailedCode = async (emailKey: string) => {
    await users.subgraph.jobs!['mailAboutAccount']!.run({ emailKey } as never, {} as never);
    return /\b\d{6}\b/.exec(users.mails.at(-1)!.text)?.[0] ?? '';
  };
  const pendingJobs = async () => {
    const [row] = await users.db.$queryRaw<{ count: bigint }[]>`SELECT count(*) FROM graphile_worker.jobs`;
    return Number(row!.count);
  };

  it('registers, mails a code and proves the address with it', async () => {
    const registered = await users.anonymous.execute(register, { input: input() });
    expect(registered).toMatchObject({
      data: { register: { isAccepted: true, userErrors: [] } },
      errors: [],
    });
    expect(await pendingJobs()).toBe(1);
    const code = await mailedCode('ana@example.org');
    const proof = { input: { email: 'ANA@example.org', code } };
    expect((await users.anonymous.execute(verify, proof)).data.verifyEmail).toEqual({
      isVerified: true,
      userErrors: [],
    });
    const outbox = await users.db.$queryRaw<
      { type: string }[]
    >`SELECT type FROM kit.outbox ORDER BY position`;
    expect(outbox.map((row) => row.type)).toEqual(['user.registered', 'user.profileChanged']);
  });

  it('answers a known address like an unknown one and changes nothing', async () => {
    await users.given.person({ email: 'known@example.org', displayName: 'Known' });
    const again = await users.anonymous.execute(register, {
      input: input({ email: 'Known@example.org', displayName: 'Other' }),
    });
    expect(again.data.register).toEqual({ isAccepted: true, userErrors: [] });
    const profile = await users.db.profile.findFirst({
      where: { account: { emailKey: 'known@example.org' } },
    });
    expect(profile?.displayName).toBe('Known');
    expect(await mailedCode('known@example.org')).toBe('');
  });

  it('makes one account of twenty parallel registrations of one address', async () => {
    const calls = Array.from({ length: 20 }, () =>
      users.anonymous.execute(register, { input: input({ email: 'race@example.org' }) }),
    );
    const answers = await Promise.all(calls);
    expect(answers.every((answer) => answer.data.register.isAccepted)).toBe(true);
    expect(await users.db.account.count({ where: { emailKey: 'race@example.org' } })).toBe(1);
  });

  it('makes a super user of whoever proves a configured address', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'root@example.org' }) });
    expect(await users.db.account.count({ where: { isSuperUser: true } })).toBe(0);
    await users.anonymous.execute(verify, {
      input: { email: 'root@example.org', code: await mailedCode('root@example.org') },
    });
    expect(await users.db.account.count({ where: { isSuperUser: true } })).toBe(1);
  });

  it('does not let parallel guesses exceed the budget, nor the right code after it', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'guess@example.org' }) });
    const code = await mailedCode('guess@example.org');
    const wrong = code === '000000' ? '000001' : '000000';
    const guess = (value: string) =>
      users.anonymous.execute(verify, { input: { email: 'guess@example.org', code: value } });
    const guesses = await Promise.all(Array.from({ length: 12 }, () => guess(wrong)));
    expect(guesses.every((answer) => answer.data.verifyEmail.userErrors[0].code === 'INVALID_INPUT')).toBe(
      true,
    );
    expect((await guess(code)).data.verifyEmail.isVerified).toBeNull();
    const row = await users.db.emailVerification.findFirst({
      where: { account: { emailKey: 'guess@example.org' } },
    });
    expect(row?.attempts).toBe(5);
  });

  it('refuses an expired code', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'late@example.org' }) });
    const code = await mailedCode('late@example.org');
    users.clock.advance(31 * 60_000);
    const answer = await users.anonymous.execute(verify, { input: { email: 'late@example.org', code } });
    expect(answer.data.verifyEmail.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['code'] }]);
  });

  it.each([
    ['a short password', { password: 'short' }, 'password'],
    ['a common password', { password: 'Password123' }, 'password'],
    ['a password bcrypt would cut', { password: 'x'.repeat(73) }, 'password'],
    ['an empty name', { displayName: '  ' }, 'displayName'],
    ['a name of control characters', { displayName: 'a\u0007b' }, 'displayName'],
    ['no language', { languages: [] }, 'languages'],
  ])('refuses %s and writes nothing', async (_name, override, field) => {
    const before = await users.db.account.count();
    const answer = await users.anonymous.execute(register, {
      input: input({ email: 'bad@example.org', ...override }),
    });
    expect(answer.data.register.userErrors).toEqual([
      { code: 'INVALID_INPUT', message: expect.any(String), path: [field] },
    ]);
    expect(await users.db.account.count()).toBe(before);
  });

  it.each([
    ['an address', { email: 'nobody' }],
    ['a country', { countryOfOrigin: 'XX' }],
    ['a language', { languages: ['not a tag'] }],
  ])('refuses a malformed value for %s before it reaches the service', async (_name, override) => {
    const answer = await users.anonymous.execute(register, { input: input(override) });
    expect(answer.codes).toEqual(['BAD_USER_INPUT']);
    expect(answer.data).toBeUndefined();
  });

  it('keeps right-to-left marks and emoji of a name', async () => {
    const displayName = '\u200fليلى 👩🏽‍🎓';
    await users.anonymous.execute(register, { input: input({ email: 'layla@example.org', displayName }) });
    const profile = await users.db.profile.findFirst({
      where: { account: { emailKey: 'layla@example.org' } },
    });
    expect(profile?.displayName).toBe(displayName);
  });
});
