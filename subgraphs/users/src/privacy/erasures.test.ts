import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayMs, erasePersonalData } from '@diaspora/kit';
import { tracesOf } from '@diaspora/kit/testing';
import { advanceErasures, forgetOutlived, mailAboutPrivacy } from '../jobs.js';
import { erasureIds } from '../ids.js';
import { sources } from '../sources.js';
import { givenUsers, password, withRole } from '../testing/given.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;
type Person = Awaited<ReturnType<Users['given']['person']>>;

let users: Users;
beforeAll(async () => {
  users = await givenUsers();
});
afterAll(() => users.stop());

const erasureFields = `id status endsAt startedAt finishedAt progress { done total }
  refusal { code } user { displayName isErased }`;
const requestErasure = `mutation ($input: RequestErasureInput!) {
  requestErasure(input: $input) { erasure { ${erasureFields} } userErrors { code } }
}`;
const cancelErasure = `mutation ($input: CancelErasureInput!) {
  cancelErasure(input: $input) { erasure { ${erasureFields} } userErrors { code } }
}`;
const askErasure = async ({ viewer }: Pick<Person, 'viewer'>) => {
  const { data } = await users.as(viewer).execute(requestErasure, { input: { password } });
  return data.requestErasure;
};
const advance = () => users.run(advanceErasures, {});
const mailsTo = ({ email }: Pick<Person, 'email'>) =>
  users.mails.filter(({ to }) => to === email).map(({ subject }) => subject);

/** The answers of all subgraphs. */
async function answerErasure(publicId: string) {
  const erasureId = erasureIds.decode(publicId);
  for (const source of sources)
    await users.receive(source, 'privacy.erased', { erasureId, counts: { things: 1 } });
}

describe('an erasure', () => {
  it('can be taken back for thirty days, in which nothing is lost', async () => {
    const person = await users.given.person({ displayName: 'Second Thoughts' });
    const asked = await Promise.all([askErasure(person), askErasure(person)]);
    expect(new Set(asked.map(({ erasure }) => erasure.id)).size).toBe(1);
    const { erasure } = asked[0]!;
    expect(erasure).toMatchObject({ status: 'QUEUED', progress: { done: 0, total: 6 } });
    users.clock.advance(28 * dayMs);
    await advance();
    await advance();
    const input = { erasureId: erasure.id };
    const stranger = await users.given.person();
    const foreign = await users.as(stranger.viewer).execute(cancelErasure, { input });
    expect(foreign.data.cancelErasure.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    const { data } = await users.as(person.viewer).execute(cancelErasure, { input });
    expect(data.cancelErasure.erasure).toMatchObject({ status: 'CANCELLED' });
    users.clock.advance(3 * dayMs);
    await advance();
    await users.runAdded(mailAboutPrivacy);
    expect(mailsTo(person)).toEqual([
      'Contul tău va fi șters',
      'Contul tău urmează să fie șters',
      'Contul tău rămâne',
    ]);
    const profile = await users.as(person.viewer).execute('{ me { displayName isErased } erasure { id } }');
    expect(profile.data).toEqual({ me: { displayName: 'Second Thoughts', isErased: false }, erasure: null });
    expect((await users.messages(person.publicId)).map(({ type }) => type)).not.toContain(
      'user.erasureRequested',
    );
  });

  it('leaves a deleted person without a name, an address or a word of theirs', async () => {
    const person = await users.given.person({ displayName: 'Ilinca Zamfir', email: 'ilinca@zamfir.example' });
    const friend = await users.given.person();
    const [mine, theirs] = [
      { personId: person.id, otherId: friend.id },
      { personId: friend.id, otherId: person.id },
    ];
    await users.db.tie.createMany({
      data: [{ ...mine, followingSince: users.clock.now() }, theirs],
    });
    await users.db.connectionCount.create({ data: { accountId: friend.id, followers: 1 } });
    const login = `mutation ($input: LoginInput!) { login(input: $input) { tokens { refreshToken } userErrors { code } } }`;
    const credentials = { input: { email: person.email, password } };
    const origin = { address: '203.0.113.77', userAgent: 'Ilinca’s Telephone/1.0' };
    const before = await users.as(null, origin).execute(login, credentials);
    expect(before.data.login.userErrors).toEqual([]);
    await users.keepAudit();
    const since = { eventOwnerSince: users.clock.now() };
    await users.db.account.update({ where: { id: person.id }, data: since });
    const { erasure } = await askErasure(person);
    users.clock.advance(31 * dayMs);
    await advance();
    const account = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
    expect(account).toMatchObject({
      erasedAt: users.clock.now(),
      emailVerifiedAt: null,
      eventOwnerSince: null,
    });
    expect(account.sessionEpoch).toBeGreaterThan(0);
    expect(await users.db.session.count({ where: { accountId: person.id, revokedAt: null } })).toBe(0);
    expect((await users.anonymous.execute(login, credentials)).data.login.userErrors).toEqual([
      { code: 'INVALID_CREDENTIALS' },
    ]);
    const asked = (await users.messages(person.publicId)).find(
      ({ type }) => type === 'user.erasureRequested',
    )!;
    await users.receive('users', 'user.erasureRequested', asked.data);
    await users.runAdded(erasePersonalData);
    await users.keepAudit();
    await answerErasure(erasure.id);
    await answerErasure(erasure.id);
    await users.runAdded(mailAboutPrivacy);
    expect(mailsTo(person).at(-1)).toBe('Contul tău a fost șters');

    const root = await users.given.person({ isSuperUser: true });
    const report = await users
      .as(root.viewer)
      .execute(`{ erasureStatus(id: "${erasure.id}") { ${erasureFields} } }`);
    expect(report.data.erasureStatus).toMatchObject({
      status: 'SUCCEEDED',
      progress: { done: 6, total: 6 },
      user: { displayName: 'Deleted person', isErased: true },
    });
    expect(await users.db.connectionCount.findUnique({ where: { accountId: friend.id } })).toMatchObject({
      followers: 0,
    });
    expect(await users.db.tie.count()).toBe(0);
    await users.db.$executeRaw`UPDATE kit.outbox SET sequence = position WHERE sequence IS NULL`;
    await users.run(erasePersonalData, {
      erasureId: erasureIds.decode(erasure.id),
      personId: person.id,
      isLate: true,
    });
    const traces = await tracesOf(users.database.adminUrl, [
      'Ilinca',
      'Zamfir',
      'zamfir.example',
      '203.0.113.77',
    ]);
    expect(traces).toEqual({});
  });

  it('frees the address, and nobody can register what stands in its place', async () => {
    const person = await users.given.person({ email: 'again@example.org' });
    await askErasure(person);
    users.clock.advance(31 * dayMs);
    await advance();
    await users.run(erasePersonalData, { erasureId: randomUUID(), personId: person.id });
    const { email } = await users.db.account.findUniqueOrThrow({ where: { id: person.id } });
    const register = `mutation ($input: RegisterInput!) { register(input: $input) { userErrors { code } } }`;
    const input = (address: string) => ({
      email: address,
      ...{ password: 'another good password', displayName: 'Newcomer', languages: ['ro'] },
      ...{ countryOfOrigin: 'RO', countryOfResidence: 'DE' },
    });
    const free = await users.anonymous.execute(register, { input: input('again@example.org') });
    expect(free.data.register.userErrors).toEqual([]);
    const taken = await users.anonymous.execute(register, { input: input(email) });
    expect([taken.errors.length > 0, taken.data?.register ?? null]).toEqual([true, null]);
    users.clock.advance(30 * dayMs);
    await users.run(forgetOutlived, {});
    expect(await users.db.account.count({ where: { id: person.id } })).toBe(1);
  });

  it('is refused to the last super user, when asked for and when it begins; both of two do not go at once', async () => {
    const alone = await givenUsers();
    try {
      const askOf = (viewer: Person['viewer']) =>
        alone.as(viewer).execute(requestErasure, { input: { password } });
      const root = await alone.given.person({ isSuperUser: true });
      const refused = await askOf(root.viewer);
      expect(refused.data.requestErasure.userErrors).toEqual([{ code: 'LAST_SUPER_USER' }]);
      const second = await alone.given.person({ isSuperUser: true });
      await Promise.all([askOf(root.viewer), askOf(second.viewer)]);
      alone.clock.advance(31 * dayMs);
      await Promise.all([alone.run(advanceErasures, {}), alone.run(advanceErasures, {})]);
      const left = await alone.db.account.findMany({
        where: { isSuperUser: true, emailVerifiedAt: { not: null } },
      });
      expect(left).toHaveLength(1);
      const waiting = await alone.db.erasure.findMany({ where: { begunAt: null } });
      expect(waiting).toMatchObject([{ personId: left[0]!.id, refusalCode: 'LAST_SUPER_USER' }]);
      await alone.runAdded(mailAboutPrivacy);
      const told = () =>
        alone.mails.filter(({ subject }) => subject === 'Contul tău nu a putut fi șters încă');
      expect(told()).toHaveLength(1);
      const third = await alone.given.person({ isSuperUser: true });
      alone.clock.advance(dayMs + 1);
      await alone.run(advanceErasures, {});
      expect(await alone.db.erasure.count({ where: { begunAt: null } })).toBe(0);
      expect(third.id).toBeTruthy();
    } finally {
      await alone.stop();
    }
  });

  it('is refused to the last owner of an organization', async () => {
    const person = await users.given.person();
    await users.given.organization(person);
    expect((await askErasure(person)).userErrors).toEqual([{ code: 'CONFLICT' }]);
  });

  it('asks again those who do not answer for a day, and is listed to super users only', async () => {
    const person = await users.given.person();
    const { erasure } = await askErasure(person);
    users.clock.advance(31 * dayMs);
    await advance();
    users.clock.advance(2 * dayMs);
    await advance();
    const asked = (await users.messages(person.publicId)).filter(
      ({ type }) => type === 'user.erasureRequested',
    );
    expect(asked).toHaveLength(2);
    const list = '{ erasures(first: 50) { nodes { id status } } }';
    const root = await users.given.person({ isSuperUser: true });
    const { data } = await users.as(root.viewer).execute(list);
    expect(data.erasures.nodes).toContainEqual({ id: erasure.id, status: 'RUNNING' });
    const stranger = await users.given.person();
    expect((await users.as(withRole(stranger.viewer, 'AMBASSADOR')).execute(list)).codes).toEqual([
      'FORBIDDEN',
    ]);
    const foreign = await users.as(stranger.viewer).execute(`{ erasureStatus(id: "${erasure.id}") { id } }`);
    expect(foreign.data.erasureStatus).toBeNull();
  });
});
