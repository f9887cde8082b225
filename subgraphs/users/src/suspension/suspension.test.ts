import type { Viewer } from '@diaspora/kit';
import { auditLines, waitingForLocks } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lockAccount } from '../accounts/index.js';
import type { Transaction } from '../database.js';
import { givenUsers, password, withRole } from '../testing/given.js';

const dayMs = 24 * 3_600_000;
const suspension = `suspension {
  id reason isFinal startedAt endsAt endedAt user { id isSuspended } suspendedBy { id } liftedBy { id }
} userErrors { code path }`;
const documents = {
  suspendUser: `mutation ($input: SuspendUserInput!) { suspendUser(input: $input) { ${suspension} } }`,
  terminateAccount: `mutation ($input: TerminateAccountInput!) { terminateAccount(input: $input) { ${suspension} } }`,
  liftSuspension: `mutation ($input: LiftSuspensionInput!) { liftSuspension(input: $input) {
    user { id isSuspended headline } userErrors { code path } } }`,
};
const login = `mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken refreshToken }
  userErrors { code ... on AccountSuspendedError { suspendedUntil } } } }`;
const refresh = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
  tokens { accessToken refreshToken } userErrors { code } } }`;
const profile = 'query ($id: ID!) { user(id: $id) { displayName headline bio city domains isSuspended } }';

describe('a suspension', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let chief: Person;
  beforeAll(async () => {
    users = await givenUsers();
    chief = await users.given.person({ isSuperUser: true });
  });
  afterAll(() => users.stop());

  type Person = Awaited<ReturnType<typeof users.given.person>>;

  async function run(name: keyof typeof documents, viewer: Viewer | null, input: object) {
    const { data, codes } = await users.as(viewer).execute(documents[name], { input });
    const payload = data?.[name];
    return { ...payload, refusal: codes[0] ?? payload?.userErrors[0]?.code };
  }
  const suspend = (person: Person, more: object = {}, viewer: Viewer = chief.viewer) =>
    run('suspendUser', viewer, { userId: person.publicId, reason: 'Spam in comments.', ...more });
  const lift = (person: Person) => run('liftSuspension', chief.viewer, { userId: person.publicId });
  const terminate = (person: Person) =>
    run('terminateAccount', chief.viewer, { userId: person.publicId, reason: 'Fraud.' });
  const signIn = async (person: Person) =>
    (await users.anonymous.execute(login, { input: { email: person.email, password } })).data.login;
  const exchange = async (refreshToken: string) =>
    (await users.anonymous.execute(refresh, { input: { refreshToken } })).data.refreshSession;
  const after = (ms: number) => new Date(users.clock.now().getTime() + ms).toISOString();
  const epochOf = async ({ id }: Person) =>
    (await users.db.account.findUniqueOrThrow({ where: { id } })).sessionEpoch;
  const told = async (person: Person) => (await users.messages(person.publicId)).map(({ type }) => type);
  /** Whether a token of this epoch counts, as routers ask. */
  const verdict = ({ id: userId }: Person, epoch: number) =>
    users.revocations.check({ sessionId: 's', tokenId: 't', userId, epoch });
  const mailsTo = async ({ email }: Person) => {
    await users.runAdded({ name: 'mailAboutSuspension' });
    return users.mails.filter(({ to }) => to === email);
  };

  it('ends every session and makes every token stale before the next request', async () => {
    const person = await users.given.person();
    const [one, other] = [await signIn(person), await signIn(person)];
    const answer = await suspend(person);
    expect(answer.suspension).toMatchObject({
      reason: 'Spam in comments.',
      isFinal: false,
      endsAt: null,
      endedAt: null,
      user: { id: person.publicId, isSuspended: true },
      suspendedBy: { id: chief.publicId },
    });
    expect(await verdict(person, 0)).toBe('stale');
    expect((await exchange(one.tokens.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
    expect((await exchange(other.tokens.refreshToken)).tokens).toBeNull();
    const open = await users.db.session.count({ where: { accountId: person.id, revokedAt: null } });
    expect(open).toBe(0);
  });

  it('is told to whoever proves to be the person, and to nobody else', async () => {
    const person = await users.given.person();
    const endsAt = after(dayMs);
    await suspend(person, { endsAt });
    const refused = [{ code: 'ACCOUNT_SUSPENDED', suspendedUntil: endsAt }];
    expect(await signIn(person)).toEqual({ tokens: null, userErrors: refused });
    const guess = { email: person.email, password: 'not the password' };
    const wrong = await users.anonymous.execute(login, { input: guess });
    expect(wrong.data.login.userErrors).toEqual([{ code: 'INVALID_CREDENTIALS' }]);
  });

  it('is mailed with reason and end in the language of the person, told to the others and recorded', async () => {
    const person = await users.given.person();
    await suspend(person, { endsAt: after(dayMs) });
    const letters = await mailsTo(person);
    expect(letters.map(({ subject }) => subject)).toEqual(['Contul dumneavoastră este suspendat']);
    expect(letters[0]!.text).toMatch(/până la \d+ \S+ \d{4}.*UTC.*Spam in comments\./);
    const messages = (await users.messages(person.publicId)).slice(-2);
    expect(messages.map(({ type }) => type).sort()).toEqual(['user.profileChanged', 'user.suspended']);
    const hidden = messages.find(({ type }) => type === 'user.profileChanged')!;
    expect(hidden.data).toMatchObject({ isDiscoverable: false, version: 2 });
    expect(messages.find(({ type }) => type === 'user.suspended')!.data).not.toHaveProperty('reason');
    const [line] = (await auditLines(users.db, person.publicId)).slice(-1);
    expect(line).toMatchObject({
      action: 'user.suspended',
      actor: { id: chief.id },
      personId: person.id,
      reason: 'Spam in comments.',
    });
  });

  it('leaves others no more than the name', async () => {
    const [person, stranger] = [await users.given.person(), await users.given.person()];
    await users.db.profile.update({
      where: { accountId: person.id },
      data: { headline: 'Buy', bio: 'Buy now', domains: ['ARCHITECTURE'] },
    });
    await suspend(person);
    const seen = async (viewer: Viewer) =>
      (await users.as(viewer).execute(profile, { id: person.publicId })).data.user;
    expect(await seen(stranger.viewer)).toEqual({
      displayName: expect.any(String),
      headline: null,
      bio: null,
      city: null,
      domains: [],
      isSuspended: true,
    });
    expect((await seen(chief.viewer)).bio).toBe('Buy now');
    await lift(person);
    expect(await seen(stranger.viewer)).toMatchObject({ bio: 'Buy now', isSuspended: false });
  });

  it('said twice is one, also when both arrive at once; other words replace it', async () => {
    const person = await users.given.person();
    const answers = await Promise.all([suspend(person), suspend(person), suspend(person)]);
    expect(new Set(answers.map((answer) => answer.suspension.id)).size).toBe(1);
    expect((await told(person)).filter((type) => type === 'user.suspended')).toHaveLength(1);
    const replaced = await suspend(person, { endsAt: after(dayMs) });
    expect(replaced.suspension.id).toBe(answers[0]!.suspension.id);
    expect(replaced.suspension.endsAt).not.toBeNull();
    expect(await users.db.suspension.count({ where: { accountId: person.id } })).toBe(1);
  });

  it('is over at its end: the person signs in at once, the others hear of it by the job', async () => {
    const person = await users.given.person();
    const { suspension: open } = await suspend(person, { endsAt: after(dayMs) });
    const payload = {
      suspensionId: (await users.db.suspension.findFirstOrThrow({ where: { accountId: person.id } })).id,
    };
    const job = { name: 'liftEndedSuspension' };
    await expect(users.run(job, payload)).rejects.toThrow('goes on');
    users.clock.advance(dayMs);
    expect((await signIn(person)).tokens).not.toBeNull();
    await users.run(job, payload);
    await users.run(job, payload);
    expect((await told(person)).filter((type) => type === 'user.suspensionLifted')).toHaveLength(1);
    const row = await users.db.suspension.findUniqueOrThrow({ where: { id: payload.suspensionId } });
    expect(row).toMatchObject({ endedAt: new Date(open.endsAt), liftedBy: null });
    expect((await suspend(person)).suspension.id).not.toBe(open.id);
  });

  it('begins anew when the one before has run out and no job came to it', async () => {
    const person = await users.given.person();
    const { suspension: first } = await suspend(person, { endsAt: after(dayMs) });
    users.clock.advance(dayMs);
    const { suspension: second } = await suspend(person);
    expect(second.id).not.toBe(first.id);
    expect((await signIn(person)).userErrors[0].code).toBe('ACCOUNT_SUSPENDED');
  });

  it('is lifted: the person signs in and is told; where there is none nothing changes', async () => {
    const person = await users.given.person();
    await suspend(person);
    expect(await lift(person)).toMatchObject({ user: { id: person.publicId, isSuspended: false } });
    expect((await signIn(person)).tokens).not.toBeNull();
    expect((await mailsTo(person)).at(-1)!.subject).toBe('Vă puteți autentifica din nou');
    const before = await told(person);
    expect((await lift(person)).refusal).toBeUndefined();
    expect(await told(person)).toEqual(before);
    // Tokens from before stay stale.
    expect(await verdict(person, 0)).toBe('stale');
    expect(await epochOf(person)).toBe(1);
  });

  it('as a termination is for good, and ends the offices of the person', async () => {
    const person = await users.given.person();
    const office = { role: 'AMBASSADOR' as const, countryCode: 'LU', appointerId: chief.id };
    await users.db.office.create({
      data: { ...office, id: person.id, holderId: person.id, startsAt: users.clock.now() },
    });
    await suspend(person);
    expect((await terminate(person)).suspension).toMatchObject({ isFinal: true, endsAt: null });
    expect(await users.db.office.count({ where: { holderId: person.id, endedAt: null } })).toBe(0);
    expect((await signIn(person)).userErrors).toEqual([{ code: 'ACCOUNT_TERMINATED' }]);
    expect((await lift(person)).refusal).toBe('CONFLICT');
    expect((await suspend(person)).refusal).toBe('CONFLICT');
    expect((await terminate(person)).refusal).toBeUndefined();
    expect(await users.db.suspension.count({ where: { accountId: person.id } })).toBe(2);
    users.clock.advance(10 * 365 * dayMs);
    expect((await signIn(person)).tokens).toBeNull();
  });

  it('leaves no usable token to whoever refreshes or signs in at the same moment', async () => {
    for (let round = 0; round < 8; round++) {
      const person = await users.given.person();
      const { tokens } = await signIn(person);
      await Promise.all([
        exchange(tokens.refreshToken),
        suspend(person),
        exchange(tokens.refreshToken),
        signIn(person),
      ]);
      const open = await users.db.session.count({ where: { accountId: person.id, revokedAt: null } });
      expect(open).toBe(0);
      // Whatever was issued meanwhile carries the epoch from before.
      expect([await epochOf(person), await verdict(person, 0)]).toEqual([1, 'stale']);
      expect((await exchange(tokens.refreshToken)).tokens).toBeNull();
    }
  });

  describe('for good, while the person is appointed to an office', () => {
    const consul = { role: 'CONSUL' as const, countryCode: 'LV', city: 'Riga', cityKey: 'riga' };
    const isOut = async ({ id }: Person) =>
      (await users.db.account.findUniqueOrThrow({ where: { id } })).terminatedAt !== null;
    const held = ({ id }: Person) => users.db.office.count({ where: { holderId: id, endedAt: null } });
    const appoint = async (person: Person, startsAt?: string) => {
      const document = `mutation ($input: AppointAmbassadorInput!) {
        appointAmbassador(input: $input) { userErrors { code path } } }`;
      const input = { userId: person.publicId, countryCode: 'LV', startsAt, idempotencyKey: person.id };
      const { data } = await users.as(chief.viewer).execute(document, { input });
      return data.appointAmbassador.userErrors;
    };
    /** What happens while a transaction that did `work` has not committed yet. */
    async function during(work: (tx: Transaction) => Promise<unknown>, happens: () => Promise<any>) {
      const happening = await users.db.$transaction(async (tx) => {
        await work(tx);
        const result = happens();
        await Promise.race([result, waitingForLocks(users.pool)]);
        return { result };
      });
      return happening.result;
    }
    const close = ({ id }: Person) => ({ where: { id }, data: { suspendedAt: users.clock.now() } });
    const open = ({ id }: Person) => ({
      data: { ...consul, id, holderId: id, appointerId: chief.id, startsAt: users.clock.now() },
    });

    it('would leave the office if the account were only read before', async () => {
      const person = await users.given.person();
      await users.db.$transaction(async (tx) => {
        const account = await tx.account.findUniqueOrThrow({ where: { id: person.id } });
        await terminate(person);
        if (!account.suspendedAt) await tx.office.create(open(person));
      });
      expect([await isOut(person), await held(person)]).toEqual([true, 1]);
      await users.db.office.deleteMany({ where: { holderId: person.id } });
    });

    it.each([
      ['a term that begins', 0],
      ['a term that is to come', 5 * dayMs],
    ])('lets %s wait for it, and refuses it', async (_name, wait) => {
      const person = await users.given.person();
      const startsAt = wait ? after(wait) : undefined;
      const answer = await during(
        (tx) => tx.account.update(close(person)),
        () => appoint(person, startsAt),
      );
      expect([answer, await held(person)]).toEqual([[{ code: 'NOT_FOUND', path: ['userId'] }], 0]);
    });

    it('waits for a term that begins, and is refused until it ends that too', async () => {
      const person = await users.given.person();
      const appointing = async (tx: Transaction) => {
        await lockAccount(tx, person.id);
        await tx.office.create(open(person));
      };
      expect((await during(appointing, () => terminate(person))).refusal).toBe('CONFLICT');
      expect([await isOut(person), await held(person)]).toEqual([false, 1]);
      expect((await terminate(person)).refusal).toBeUndefined();
      expect([await isOut(person), await held(person)]).toEqual([true, 0]);
    });

    it('never leaves one who is out in an office', async () => {
      for (let round = 0; round < 5; round++) {
        const person = await users.given.person();
        await Promise.all([appoint(person), terminate(person)]);
        expect((await isOut(person)) && (await held(person))).not.toBe(1);
        await users.db.office.deleteMany({ where: { holderId: person.id } });
      }
    });
  });

  describe('of the last owner of an organization', () => {
    it('is refused unless it is to be left without one, and whoever is kept out is no other owner', async () => {
      const [person, partner] = [await users.given.person(), await users.given.person()];
      const organization = await users.given.organization(person);
      expect((await suspend(person)).refusal).toBe('CONFLICT');
      expect((await terminate(person)).refusal).toBe('CONFLICT');
      await users.given.member(organization, partner, { isOwner: true });
      expect((await suspend(partner)).refusal).toBeUndefined();
      expect((await suspend(person)).refusal).toBe('CONFLICT');
      expect((await suspend(person, { leavesOrganizationsOwnerless: true })).refusal).toBeUndefined();
    });

    it('is refused to one of two owners when both are suspended at the same moment', async () => {
      for (let round = 0; round < 5; round++) {
        const [one, other] = [await users.given.person(), await users.given.person()];
        const organization = await users.given.organization(one);
        await users.given.member(organization, other, { isOwner: true });
        const answers = await Promise.all([suspend(one), suspend(other)]);
        expect(answers.map(({ refusal }) => refusal).sort()).toEqual(['CONFLICT', undefined]);
      }
    });
  });

  describe('of a super user', () => {
    it('is refused: two others decide first, and the last one stays', async () => {
      const other = await users.given.person({ isSuperUser: true });
      expect((await suspend(other)).refusal).toBe('CONFLICT');
      expect((await terminate(other)).refusal).toBe('CONFLICT');
      await users.db.account.update({ where: { id: other.id }, data: { isSuperUser: false } });
      expect((await suspend(chief)).refusal).toBe('LAST_SUPER_USER');
      expect((await terminate(chief)).refusal).toBe('LAST_SUPER_USER');
    });

    it('is refused to two who would suspend each other at the same moment', async () => {
      const other = await users.given.person({ isSuperUser: true });
      await Promise.all([suspend(other), suspend(chief, {}, other.viewer), terminate(other)]);
      const active = { isSuperUser: true, suspendedAt: null };
      expect(await users.db.account.count({ where: active })).toBe(2);
      await users.db.account.update({ where: { id: other.id }, data: { isSuperUser: false } });
    });

    it('does not come about when the person becomes one at the same moment', async () => {
      const [ana, ben] = [chief, await users.given.person({ isSuperUser: true })];
      const grant = `mutation ($input: GrantSuperUserInput!) { grantSuperUser(input: $input) { change { id } } }`;
      const confirm = `mutation ($input: ConfirmSuperUserChangeInput!) {
        confirmSuperUserChange(input: $input) { userErrors { code } } }`;
      for (let round = 0; round < 5; round++) {
        const person = await users.given.person();
        const input = { userId: person.publicId, reason: 'It is time.' };
        const { data } = await users.as(ana.viewer).execute(grant, { input });
        const { id: changeId } = data.grantSuperUser.change;
        await Promise.all([
          suspend(person, {}, ana.viewer),
          users.as(ben.viewer).execute(confirm, { input: { changeId } }),
        ]);
        const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
        expect([account.isSuperUser, account.suspendedAt !== null].filter(Boolean)).toHaveLength(1);
      }
      await users.db.account.updateMany({ where: { id: { not: chief.id } }, data: { isSuperUser: false } });
    });
  });

  it.each([
    ['an end in the past', { endsAt: '2020-01-01T00:00:00.000Z' }, 'INVALID_INPUT', ['endsAt']],
    ['no reason', { reason: ' ' }, 'INVALID_INPUT', ['reason']],
    ['somebody unknown', { userId: 'usr_01h455vb4pex5vsknk084sn02q' }, 'NOT_FOUND', ['userId']],
  ])('is refused for %s', async (_name, input, code, path) => {
    const person = await users.given.person();
    expect((await suspend(person, input)).userErrors).toEqual([{ code, path }]);
    expect(await users.db.suspension.count({ where: { accountId: person.id } })).toBe(0);
  });

  describe('is decided by nobody else', () => {
    const others: [string, ((viewer: Viewer) => Viewer) | null, string][] = [
      ['a visitor', null, 'UNAUTHENTICATED'],
      ['a member', (viewer) => viewer, 'FORBIDDEN'],
      [
        'a consul',
        (viewer) => withRole(viewer, 'CONSUL', { countryCode: 'DE', city: 'Berlin' }),
        'FORBIDDEN',
      ],
      ['an ambassador', (viewer) => withRole(viewer, 'AMBASSADOR', { countryCode: 'DE' }), 'FORBIDDEN'],
      ['whoever only claims it', (viewer) => withRole(viewer, 'SUPER_USER'), 'FORBIDDEN'],
      ['whoever looks as a super user', () => ({ ...chief.viewer, impersonatorId: chief.id }), 'FORBIDDEN'],
    ];
    it.each(others)('%s', async (_name, as, code) => {
      const [actor, free, kept] = await Promise.all([1, 2, 3].map(() => users.given.person()));
      await suspend(kept!);
      const viewer = as && as(actor!.viewer);
      const answers = [
        await run('suspendUser', viewer, { userId: free!.publicId, reason: 'No.' }),
        await run('terminateAccount', viewer, { userId: free!.publicId, reason: 'No.' }),
        await run('liftSuspension', viewer, { userId: kept!.publicId }),
      ];
      expect(answers.map(({ refusal }) => refusal)).toEqual([code, code, code]);
      const accounts = await users.db.account.findMany({
        where: { id: { in: [free!.id, kept!.id] }, suspendedAt: { not: null } },
      });
      expect(accounts.map(({ id }) => id)).toEqual([kept!.id]);
    });
  });
});
