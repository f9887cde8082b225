import type { Viewer } from '@diaspora/kit';
import { auditLines, aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { givenUsers, password, withRole } from '../testing/given.js';

const answer = 'user { id isEventOwner } userErrors { code path }';
const documents = {
  grantEventOwner: `mutation ($input: GrantEventOwnerInput!) { grantEventOwner(input: $input) { ${answer} } }`,
  revokeEventOwner: `mutation ($input: RevokeEventOwnerInput!) { revokeEventOwner(input: $input) { ${answer} } }`,
};
const login = `mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken refreshToken } } }`;
const refresh = `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
  tokens { accessToken } } }`;
const seen = 'query ($id: ID!) { user(id: $id) { isEventOwner } }';

describe('event owners', () => {
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
  const grant = (person: Person, more: object = {}) =>
    run('grantEventOwner', chief.viewer, { userId: person.publicId, ...more });
  const revoke = (person: Person, more: object = {}) =>
    run('revokeEventOwner', chief.viewer, { userId: person.publicId, ...more });
  const accountOf = ({ id }: Person) => users.db.account.findUniqueOrThrow({ where: { id } });
  const told = async (person: Person) =>
    (await users.messages(person.publicId)).filter(({ type }) => type === 'user.eventOwnerChanged');
  const linesOf = async (person: Person) =>
    (await auditLines(users.db, person.publicId)).filter(({ action }) => action.startsWith('eventOwner.'));
  const signIn = async (person: Person) =>
    (await users.anonymous.execute(login, { input: { email: person.email, password } })).data.login.tokens;
  const exchange = async (refreshToken: string) =>
    (await users.anonymous.execute(refresh, { input: { refreshToken } })).data.refreshSession.tokens;
  /** Whether a token counts, as routers ask. */
  const verdict = ({ id: userId }: Person, token: string) =>
    users.revocations.check({
      sessionId: 's',
      tokenId: 't',
      userId,
      epoch: Number(decodeJwt(token)['epoch']),
    });
  const rolesIn = (token: string) => decodeJwt(token)['role'];

  it('are such from the next request on: the old token is stale, the next one says so', async () => {
    const person = await users.given.person();
    const before = await signIn(person);
    expect(rolesIn(before.accessToken)).toEqual(['REGULAR']);
    expect((await grant(person)).user).toEqual({ id: person.publicId, isEventOwner: true });
    expect(await verdict(person, before.accessToken)).toBe('stale');
    const owning = await exchange(before.refreshToken);
    expect(rolesIn(owning.accessToken)).toEqual(['EVENT_OWNER', 'REGULAR']);
    expect(await verdict(person, owning.accessToken)).not.toBe('stale');
    expect((await revoke(person)).user).toEqual({ id: person.publicId, isEventOwner: false });
    expect(await verdict(person, owning.accessToken)).toBe('stale');
    expect(rolesIn((await signIn(person)).accessToken)).toEqual(['REGULAR']);
  });

  it('are told to the others and recorded, with the reason apart', async () => {
    const person = await users.given.person();
    await grant(person, { reason: 'Runs the film festival.' });
    await revoke(person);
    const changedAt = users.clock.now().toISOString();
    expect((await told(person)).map(({ data }) => data)).toEqual([
      { userId: person.publicId, isEventOwner: true, changedAt },
      { userId: person.publicId, isEventOwner: false, changedAt },
    ]);
    expect(await linesOf(person)).toMatchObject([
      {
        action: 'eventOwner.granted',
        actor: { id: chief.id },
        personId: person.id,
        after: { isEventOwner: true },
        reason: 'Runs the film festival.',
      },
      { action: 'eventOwner.revoked', before: { isEventOwner: true }, reason: null },
    ]);
  });

  it('become it once, also when it is said again or twice at once', async () => {
    const person = await users.given.person();
    const answers = await Promise.all([grant(person), grant(person), grant(person)]);
    answers.push(await grant(person));
    expect(answers.map(({ user }) => user.isEventOwner)).toEqual([true, true, true, true]);
    const { eventOwnerSince, sessionEpoch } = await accountOf(person);
    expect([eventOwnerSince, sessionEpoch]).toEqual([users.clock.now(), 1]);
    expect([(await told(person)).length, (await linesOf(person)).length]).toEqual([1, 1]);
    const ends = await Promise.all([revoke(person), revoke(person)]);
    expect(ends.map(({ user }) => user.isEventOwner)).toEqual([false, false]);
    expect([(await accountOf(person)).sessionEpoch, (await told(person)).length]).toEqual([2, 2]);
  });

  it('are granted and revoked at once one after the other: what is kept is what was told last', async () => {
    for (let round = 0; round < 5; round++) {
      const person = await users.given.person();
      await Promise.all([grant(person), revoke(person), grant(person), revoke(person)]);
      const { eventOwnerSince, sessionEpoch } = await accountOf(person);
      const changes = (await told(person)).map(({ data }) => data['isEventOwner']);
      expect(changes.at(-1)).toBe(eventOwnerSince !== null);
      expect(changes).toHaveLength(sessionEpoch);
    }
  });

  it('are not made of whoever is kept out, but whoever is kept out can lose it', async () => {
    const [free, owner] = [await users.given.person(), await users.given.person()];
    await grant(owner);
    await users.db.account.updateMany({
      where: { id: { in: [free.id, owner.id] } },
      data: { suspendedAt: users.clock.now() },
    });
    expect((await grant(free)).userErrors).toEqual([{ code: 'CONFLICT', path: ['userId'] }]);
    expect((await accountOf(free)).eventOwnerSince).toBeNull();
    expect((await revoke(owner)).user.isEventOwner).toBe(false);
  });

  it('are nobody who has not proved an address, who was erased or is unknown', async () => {
    const unproved = await users.given.person({ isVerified: false });
    const erased = await users.given.person();
    await users.db.account.update({
      where: { id: erased.id },
      data: { erasedAt: users.clock.now(), emailVerifiedAt: null },
    });
    const unknown = { ...erased, publicId: 'usr_01h455vb4pex5vsknk084sn02q' };
    for (const person of [unproved, erased, unknown])
      for (const { userErrors } of [await grant(person), await revoke(person)])
        expect(userErrors).toEqual([{ code: 'NOT_FOUND', path: ['userId'] }]);
    expect([await linesOf(unproved), await linesOf(erased)]).toEqual([[], []]);
  });

  it('are not made by themselves', async () => {
    expect((await grant(chief)).refusal).toBe('FORBIDDEN');
    await users.db.account.update({
      where: { id: chief.id },
      data: { eventOwnerSince: users.clock.now() },
    });
    expect((await revoke(chief)).refusal).toBe('FORBIDDEN');
    expect((await accountOf(chief)).eventOwnerSince).not.toBeNull();
  });

  it('are shown to super users and to the person', async () => {
    const [person, stranger] = [await users.given.person(), await users.given.person()];
    await grant(person);
    const shown = async (viewer: Viewer) =>
      (await users.as(viewer).execute(seen, { id: person.publicId })).data.user.isEventOwner;
    const [superUser, self, other] = [chief.viewer, person.viewer, stranger.viewer];
    expect(await Promise.all([superUser, self, other].map(shown))).toEqual([true, true, null]);
  });

  describe('are decided by nobody else', () => {
    const others: [string, ((viewer: Viewer) => Viewer) | null, string][] = [
      ['a visitor', null, 'UNAUTHENTICATED'],
      ['a member', (viewer) => viewer, 'FORBIDDEN'],
      ['an ambassador', (viewer) => withRole(viewer, 'AMBASSADOR', { countryCode: 'DE' }), 'FORBIDDEN'],
      ['an event owner', (viewer) => withRole(viewer, 'EVENT_OWNER'), 'FORBIDDEN'],
      ['whoever only claims to be a super user', (viewer) => withRole(viewer, 'SUPER_USER'), 'FORBIDDEN'],
      ['a service', () => aViewer({ kind: 'service', roles: ['PARTNER'] }), 'FORBIDDEN'],
      ['a service that claims it', () => aViewer({ kind: 'service', roles: ['SUPER_USER'] }), 'FORBIDDEN'],
      ['whoever looks as a super user', () => ({ ...chief.viewer, impersonatorId: chief.id }), 'FORBIDDEN'],
    ];
    it.each(others)('%s', async (_name, as, code) => {
      const [actor, free, owner] = await Promise.all([1, 2, 3].map(() => users.given.person()));
      await grant(owner!);
      const viewer = as && as(actor!.viewer);
      const answers = [
        await run('grantEventOwner', viewer, { userId: free!.publicId }),
        await run('revokeEventOwner', viewer, { userId: owner!.publicId }),
      ];
      expect(answers.map(({ refusal }) => refusal)).toEqual([code, code]);
      expect((await accountOf(free!)).eventOwnerSince).toBeNull();
      expect((await accountOf(owner!)).eventOwnerSince).not.toBeNull();
    });
  });
});
