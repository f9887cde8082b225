import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';

const update = `mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { displayName headline version } userErrors { code path } }
}`;

describe('profiles', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  beforeAll(async () => {
    users = await givenUsers();
  });
  afterAll(() => users.stop());

  it('shows the address to its owner only', async () => {
    const [person, other] = await Promise.all([users.given.person(), users.given.person()]);
    const query = `query ($id: ID!) { user(id: $id) { email displayName } }`;
    const own = await users.as(person.viewer).execute(query, { id: person.publicId });
    const foreign = await users.as(other.viewer).execute(query, { id: person.publicId });
    expect(own.data.user.email).toBe(person.email);
    expect(foreign.data.user.email).toBeNull();
  });

  it('answers null for me to a visitor, and refuses visitors other people', async () => {
    const person = await users.given.person();
    expect((await users.anonymous.execute('{ me { id } }')).data.me).toBeNull();
    const answer = await users.anonymous.execute(`{ user(id: "${person.publicId}") { id } }`);
    expect(answer.codes).toEqual(['UNAUTHENTICATED']);
  });

  it('changes given fields, clears nulls, keeps absent ones and tells the others', async () => {
    const person = await users.given.person({ displayName: 'Before' });
    const client = users.as(person.viewer);
    await client.execute(update, { input: { expectedVersion: 1, headline: 'Architect' } });
    const answer = await client.execute(update, {
      input: { expectedVersion: 2, displayName: 'After', headline: null },
    });
    expect(answer.data.updateProfile).toEqual({
      user: { displayName: 'After', headline: null, version: 3 },
      userErrors: [],
    });
    const rows = await users.db.$queryRaw<{ envelope: any }[]>`
      SELECT envelope FROM kit.outbox WHERE key = ${person.publicId} ORDER BY position`;
    expect(rows.map((row) => row.envelope.data.version)).toEqual([2, 3]);
  });

  it('answers a stale change with the current state and one of ten parallel changes wins', async () => {
    const person = await users.given.person();
    const client = users.as(person.viewer);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        client.execute(update, { input: { expectedVersion: 1, displayName: `Name ${index}` } }),
      ),
    );
    const winners = answers.filter((answer) => answer.data.updateProfile.userErrors.length === 0);
    expect(winners).toHaveLength(1);
    const loser = answers.find((answer) => answer.data.updateProfile.userErrors.length > 0)!;
    expect(loser.data.updateProfile.userErrors).toEqual([{ code: 'CONFLICT', path: ['expectedVersion'] }]);
    expect(loser.data.updateProfile.user.version).toBe(2);
  });

  it.each([
    ['a name of two lines', { displayName: 'Ana\nAdmin' }, 'displayName'],
    ['a name nobody can see', { displayName: '\u200f\u200b' }, 'displayName'],
    ['a headline of two lines', { headline: 'a\nb' }, 'headline'],
    ['no name', { displayName: null }, 'displayName'],
  ])('refuses %s and changes nothing', async (_name, change, field) => {
    const person = await users.given.person({ displayName: 'Before' });
    const input = { expectedVersion: 1, city: 'Elsewhere', ...change };
    const answer = await users.as(person.viewer).execute(update, { input });
    expect(answer.data.updateProfile.userErrors).toEqual([{ code: 'INVALID_INPUT', path: [field] }]);
    const profile = await users.db.profile.findUniqueOrThrow({ where: { accountId: person.id } });
    expect(profile).toMatchObject({ version: 1, displayName: 'Before', city: 'Berlin' });
  });

  it('keeps each language and domain once, in the order given', async () => {
    const person = await users.given.person();
    const input = {
      expectedVersion: 1,
      languages: ['ro', 'RO', 'de', 'ro'],
      domains: ['ICT', 'HEALTH', 'ICT'],
    };
    await users.as(person.viewer).execute(update, { input });
    const profile = await users.db.profile.findUniqueOrThrow({ where: { accountId: person.id } });
    expect(profile).toMatchObject({ languages: ['ro', 'de'], domains: ['ICT', 'HEALTH'] });
  });

  it.each([
    ['malformed', 'usr_nonsense'],
    ['foreign', 'evt_01h455vb4pex5vsknk084sn02q'],
    ['empty', ''],
  ])('refuses a %s id', async (_name, id) => {
    const person = await users.given.person();
    expect((await users.as(person.viewer).execute(`{ user(id: "${id}") { id } }`)).codes).toEqual([
      'INVALID_INPUT',
    ]);
  });

  it('answers null for a person who is not there or has not proved the address', async () => {
    const [person, unproved] = await Promise.all([
      users.given.person(),
      users.given.person({ isVerified: false }),
    ]);
    const query = `query ($id: ID!) { user(id: $id) { id } }`;
    for (const id of [userIds.encode(userIds.create()), unproved.publicId]) {
      expect((await users.as(person.viewer).execute(query, { id })).data.user).toBeNull();
    }
  });
});
