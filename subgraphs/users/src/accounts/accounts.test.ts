import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { erasePersonalData } from '@diaspora/kit';
import { compare } from 'bcrypt';
import { forgetOutlived, mailAboutAccount } from '../jobs.js';
import { userIds } from '../ids.js';
import { givenUsers, password } from '../testing/given.js';

const register = `mutation ($input: RegisterInput!) { register(input: $input) { isAccepted userErrors { code message path } } }`;
const verify = `mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { isVerified userErrors { code path } } }`;

describe('accounts', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers({ superUserEmails: ['Root@Example.org', 'Second-Root@example.org'] });
  });
  afterAll(() => users.stop());

  const input = (overrides: object = {}) => ({
    email: 'ana@example.org',
    password,
    displayName: 'Ana',
    languages: ['ro'],
    countryOfOrigin: 'RO',
    countryOfResidence: 'DE',
    city: 'Berlin',
    ...overrides,
  });
  /** Runs the mail job as the worker would, and reads the code out of the mail. */
  const mailedCode = async (emailKey: string) => {
    await users.run(mailAboutAccount, { emailKey });
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
    const proof = { input: { email: 'ANA@example.org', code, password } };
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

  it('leaves an account that is being erased alone, and answers as ever', async () => {
    const { id, email } = await users.given.person();
    const erasedAt = users.clock.now();
    const before = await users.db.account.update({
      where: { id },
      data: { erasedAt, emailVerifiedAt: null },
    });
    const answer = await users.anonymous.execute(register, { input: input({ email, displayName: 'Next' }) });
    expect(answer.data.register).toEqual({ isAccepted: true, userErrors: [] });
    expect(await mailedCode(email)).toBe('');
    expect(await users.db.account.findUnique({ where: { id } })).toEqual(before);
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
      input: { email: 'root@example.org', code: await mailedCode('root@example.org'), password },
    });
    expect(await users.db.account.count({ where: { isSuperUser: true } })).toBe(1);
  });

  describe('an address of the operator’s', () => {
    const root = 'second-root@example.org';
    const proves = async (email = root) => {
      await users.anonymous.execute(register, { input: input({ email }) });
      const proof = { input: { email, code: await mailedCode(email), password } };
      expect((await users.anonymous.execute(verify, proof)).data.verifyEmail.isVerified).toBe(true);
      return users.db.account.findUniqueOrThrow({ where: { emailKey: email } });
    };
    const named = async () => {
      users.clock.advance(86_400_001); // A mailbox is sent five codes a day.
      await users.db.operatorNaming.deleteMany();
      await users.db.account.deleteMany({ where: { emailKey: root } });
      return proves();
    };
    const movesAway = (id: string) =>
      users.db.account.update({
        where: { id },
        data: { emailKey: `${id}@example.org`, email: 'moved@e.org' },
      });

    it('names a super user, which is on record and told', async () => {
      const { id, isSuperUser } = await named();
      expect(isSuperUser).toBe(true);
      expect(await users.audited(id)).toEqual(['superUser.granted']);
      const told = await users.messages(userIds.encode(id));
      expect(told.map(({ type }) => type)).toContain('superUser.changed');
    });

    it('names nobody who registers it after the super user moved away', async () => {
      const { id } = await named();
      await movesAway(id);
      const next = await proves();
      expect(next).toMatchObject({ isSuperUser: false });
      expect(await users.audited(next.id)).toEqual([]);
      expect(await users.db.account.findUnique({ where: { id } })).toMatchObject({ isSuperUser: true });
    });

    it('does not bring back a super user who was removed', async () => {
      const { id } = await named();
      await users.db.account.update({ where: { id }, data: { isSuperUser: false } });
      await movesAway(id);
      expect((await proves()).isSuperUser).toBe(false);
      expect(await users.db.account.findUnique({ where: { id } })).toMatchObject({ isSuperUser: false });
    });

    it('names nobody again after an erasure', async () => {
      const { id } = await named();
      const erasure = { erasureId: userIds.create(), personId: id };
      const erasedAt = users.clock.now();
      const closed = { erasedAt, emailVerifiedAt: null, isSuperUser: false };
      await users.db.account.update({ where: { id }, data: closed });
      await users.run(erasePersonalData, erasure);
      const next = await proves();
      expect(next).toMatchObject({ isSuperUser: false });
      expect(next.id).not.toBe(id);
    });
  });

  it('does not let parallel guesses exceed the budget, nor the right code after it', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'guess@example.org' }) });
    const code = await mailedCode('guess@example.org');
    const wrong = code === '000000' ? '000001' : '000000';
    const guess = (value: string) =>
      users.anonymous.execute(verify, { input: { email: 'guess@example.org', code: value, password } });
    const guesses = await Promise.all(Array.from({ length: 12 }, () => guess(wrong)));
    const looked = guesses.flatMap((answer) => answer.data?.verifyEmail?.userErrors ?? []);
    expect(looked.map((error: { code: string }) => error.code)).toEqual(Array(5).fill('INVALID_INPUT'));
    users.clock.advance(2_000);
    expect((await guess(code)).data.verifyEmail.isVerified).toBeNull();
  });

  it('gives an address to whoever proves it, not to a stranger who registered it before', async () => {
    const email = 'victim@example.org';
    const proves = async (code: string, secret: string) =>
      (await users.anonymous.execute(verify, { input: { email, code, password: secret } })).data.verifyEmail;
    await users.anonymous.execute(register, {
      input: input({ email, password: 'chosen by a stranger', displayName: 'Stranger' }),
    });
    const early = await mailedCode(email);
    await users.anonymous.execute(register, { input: input({ email, displayName: 'Victim' }) });
    expect((await proves(early, 'chosen by a stranger')).isVerified).toBeNull();
    expect((await proves(early, password)).isVerified).toBeNull();
    const late = await mailedCode(email);
    expect((await proves(late, 'chosen by a stranger')).isVerified).toBeNull();
    expect((await proves(late, password)).isVerified).toBe(true);
    const account = await users.db.account.findUniqueOrThrow({
      where: { emailKey: email },
      include: { profile: true },
    });
    expect(account.profile?.displayName).toBe('Victim');
    expect(await compare(password, account.passwordHash!)).toBe(true);
  });

  it('never proves an address with the password of a registration that came in between', async () => {
    for (let round = 0; round < 10; round++) {
      const email = `between-${round}@example.org`;
      await users.anonymous.execute(register, { input: input({ email }) });
      const code = await mailedCode(email);
      await Promise.all([
        users.anonymous.execute(verify, { input: { email, code, password } }),
        users.anonymous.execute(register, { input: input({ email, password: 'chosen by a stranger' }) }),
      ]);
      const account = await users.db.account.findUniqueOrThrow({ where: { emailKey: email } });
      const isOwners = await compare(password, account.passwordHash!);
      expect(account.emailVerifiedAt === null || isOwners).toBe(true);
    }
  });

  it('proves an address once when two right codes arrive at once', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'twice@example.org' }) });
    const proof = { email: 'twice@example.org', code: await mailedCode('twice@example.org'), password };
    const answers = await Promise.all([1, 2].map(() => users.anonymous.execute(verify, { input: proof })));
    expect(answers.filter((answer) => answer.data.verifyEmail.isVerified)).toHaveLength(1);
  });

  it.each([
    [
      'a new address',
      async (email: string) => void (await users.anonymous.execute(register, { input: input({ email }) })),
    ],
    ['a proved address', async (email: string) => void (await users.given.person({ email }))],
  ])('writes to %s five times a day at most, however often it is asked', async (name, make) => {
    const email = `${name.replaceAll(' ', '-')}@example.org`;
    await make(email);
    const mailed = async (times: number) => {
      const before = users.mails.length;
      for (let count = 0; count < times; count++) await users.run(mailAboutAccount, { emailKey: email });
      return users.mails.length - before;
    };
    expect(await mailed(7)).toBe(5);
    users.clock.advance(25 * 3_600_000);
    expect(await mailed(7)).toBe(5);
  });

  it('does not count a mail that the SMTP server did not take', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'patient@example.org' }) });
    users.smtp.isAway = true;
    for (let attempt = 0; attempt < 6; attempt++) {
      await expect(mailedCode('patient@example.org')).rejects.toThrow('SMTP is away');
    }
    users.smtp.isAway = false;
    expect(await mailedCode('patient@example.org')).toMatch(/^\d{6}$/);
  });

  it('takes a password however its letters are composed', async () => {
    const composed = 'caf\u00e9 caf\u00e9 1';
    await users.anonymous.execute(register, {
      input: input({ email: 'compose@example.org', password: composed.normalize('NFD') }),
    });
    const code = await mailedCode('compose@example.org');
    const proof = { input: { email: 'compose@example.org', code, password: composed } };
    expect((await users.anonymous.execute(verify, proof)).data.verifyEmail.isVerified).toBe(true);
  });

  it('forgets after a week what nobody proved, and nobody else', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'forgotten@example.org' }) });
    await users.given.person({ email: 'kept@example.org' });
    users.clock.advance(8 * 86_400_000);
    await users.anonymous.execute(register, { input: input({ email: 'recent@example.org' }) });
    await users.run(forgetOutlived, {});
    const left = await users.db.account.findMany({
      where: { emailKey: { in: ['forgotten', 'kept', 'recent'].map((name) => `${name}@example.org`) } },
    });
    expect(left.map((account) => account.emailKey).sort()).toEqual([
      'kept@example.org',
      'recent@example.org',
    ]);
  });

  it('refuses an expired code', async () => {
    await users.anonymous.execute(register, { input: input({ email: 'late@example.org' }) });
    const code = await mailedCode('late@example.org');
    users.clock.advance(31 * 60_000);
    const proof = { input: { email: 'late@example.org', code, password } };
    const answer = await users.anonymous.execute(verify, proof);
    expect(answer.data.verifyEmail.userErrors).toEqual([{ code: 'INVALID_INPUT', path: ['code'] }]);
  });

  it.each([
    ['a short password', { password: 'short' }, 'password'],
    ['a common password', { password: 'Password123' }, 'password'],
    ['one of the less common ones', { password: 'thunder1' }, 'password'],
    ['a password bcrypt would cut', { password: 'x'.repeat(73) }, 'password'],
    ['an empty name', { displayName: '  ' }, 'displayName'],
    ['a name of control characters', { displayName: 'a\u0007b' }, 'displayName'],
    ['a name of two lines', { displayName: 'Ana\nAdmin' }, 'displayName'],
    ['a name nobody can see', { displayName: '\u200f\u200b' }, 'displayName'],
    ['an endless address', { email: `${'a'.repeat(64)}@${'b.'.repeat(100)}org` }, 'email'],
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
