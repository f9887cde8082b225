import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenUsers, password, withRole } from '../testing/given.js';

const search = `query ($filter: UserSearchFilter, $first: Int, $after: String, $last: Int, $before: String) {
  userSearch(filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    nodes { id displayName } pageInfo { hasNextPage endCursor startCursor }
  } }`;
const administration = `query ($id: ID!) { user(id: $id) { administration {
  email standing isSuperUser entitlements registeredAt emailVerifiedAt lastSeenAt openSessions
  suspensions { reason endedAt } } } }`;
const login = `mutation ($input: LoginInput!) { login(input: $input) { tokens { refreshToken } } }`;
const suspend = `mutation ($input: SuspendUserInput!) { suspendUser(input: $input) { userErrors { code } } }`;

describe('the search for people by super users', () => {
  let users: Awaited<ReturnType<typeof givenUsers>>;
  let chief: Person;
  beforeAll(async () => {
    users = await givenUsers();
    chief = await users.given.person({ isSuperUser: true, displayName: 'Chief' });
  });
  afterAll(() => users.stop());

  type Person = Awaited<ReturnType<typeof users.given.person>>;

  const ask = (args: object, viewer: Viewer | null = chief.viewer) =>
    users.as(viewer).execute(search, { ...args });
  const found = async (filter: object, args: object = { first: 100 }): Promise<string[]> => {
    const { data, errors } = await ask({ filter, ...args });
    expect(errors).toEqual([]);
    return data.userSearch.nodes.map(({ id }: { id: string }) => id);
  };
  const about = async ({ publicId }: Person, viewer: Viewer = chief.viewer) =>
    users.as(viewer).execute(administration, { id: publicId });

  it('finds by id, part of the address, and words of the name without their accents', async () => {
    const stefan = await users.given.person({ displayName: 'Ștefan Țăran', email: 'stefan_99@example.org' });
    const other = await users.given.person({ displayName: 'Stefania Tara', email: 'stefanx99@example.org' });
    expect(await found({ userId: stefan.publicId })).toEqual([stefan.publicId]);
    expect(await found({ email: 'FAN_99@' })).toEqual([stefan.publicId]);
    expect(await found({ name: 'taran STEFAN' })).toEqual([stefan.publicId]);
    expect(await found({ name: 'Ștefan' })).toEqual([other.publicId, stefan.publicId]);
    expect(await found({ name: '%%%' })).toEqual([]);
  });

  it('finds by country and by when people registered', async () => {
    users.clock.advance(3_600_000);
    const from = users.clock.now().toISOString();
    const person = await users.given.person();
    await users.db.profile.update({
      where: { accountId: person.id },
      data: { countryOfResidence: 'LU', countryOfOrigin: 'MD' },
    });
    users.clock.advance(3_600_000);
    const until = users.clock.now().toISOString();
    const later = await users.given.person();
    expect(await found({ countryOfResidence: 'LU' })).toEqual([person.publicId]);
    expect(await found({ countryOfOrigin: 'MD' })).toEqual([person.publicId]);
    expect(await found({ registeredFrom: from, registeredUntil: until })).toEqual([person.publicId]);
    expect(await found({ registeredFrom: until })).toEqual([later.publicId]);
  });

  it('finds by standing, and shows it: a suspension is over at its end', async () => {
    const name = 'Standing';
    const [active, unproved, suspended, past] = await Promise.all([
      users.given.person({ displayName: `${name} a` }),
      users.given.person({ displayName: `${name} b`, isVerified: false }),
      users.given.person({ displayName: `${name} c` }),
      users.given.person({ displayName: `${name} d` }),
    ]);
    const endsAt = new Date(users.clock.now().getTime() + 60_000).toISOString();
    for (const [person, end] of [
      [suspended, null],
      [past, endsAt],
    ] as const)
      await users.as(chief.viewer).execute(suspend, {
        input: { userId: person.publicId, reason: 'Spam.', endsAt: end },
      });
    users.clock.advance(60_000);
    const terminated = await users.given.person({ displayName: `${name} e` });
    await users.db.account.update({
      where: { id: terminated.id },
      data: { suspendedAt: users.clock.now(), terminatedAt: users.clock.now() },
    });
    const of = async (...standings: string[]) => (await found({ name, standings })).sort();
    const ids = (...people: Person[]) => people.map(({ publicId }) => publicId).sort();
    expect(await of('ACTIVE')).toEqual(ids(active, past));
    expect(await of('UNPROVED')).toEqual(ids(unproved));
    expect(await of('SUSPENDED')).toEqual(ids(suspended));
    expect(await of('TERMINATED')).toEqual(ids(terminated));
    expect(await of('SUSPENDED', 'TERMINATED')).toEqual(ids(suspended, terminated));
    const standing = async (person: Person) => (await about(person)).data.user.administration.standing;
    expect(await standing(past)).toBe('ACTIVE');
    expect(await standing(suspended)).toBe('SUSPENDED');
    expect(await standing(terminated)).toBe('TERMINATED');
  });

  it('knows nothing of whoever was erased', async () => {
    const person = await users.given.person({ displayName: 'Erased' });
    const data = { erasedAt: users.clock.now(), email: `erased:${person.id}`, emailVerifiedAt: null };
    await users.db.account.update({ where: { id: person.id }, data });
    expect(await found({ userId: person.publicId })).toEqual([]);
    const { data: seen, errors } = await about(person);
    expect([seen.user.administration, errors]).toEqual([null, []]);
  });

  it('pages through everybody, forth and back, nobody twice and nobody missing', async () => {
    const name = 'Paging';
    const people: string[] = [];
    for (let index = 0; index < 5; index++)
      people.unshift((await users.given.person({ displayName: `${name} ${index}` })).publicId);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask({ filter: { name }, first: 2, after });
      seen.push(...data.userSearch.nodes.map(({ id }: { id: string }) => id));
      const { hasNextPage, endCursor } = data.userSearch.pageInfo;
      after = hasNextPage ? endCursor : null;
    } while (after);
    expect(seen).toEqual(people);
    expect(await found({ name }, { last: 2 })).toEqual(people.slice(-2));
    const { data } = await ask({ filter: { name }, last: 2 });
    const before = data.userSearch.pageInfo.startCursor;
    expect(await found({ name }, { last: 2, before })).toEqual(people.slice(1, 3));
  });

  it('shows what the platform knows of an account, and records who looked', async () => {
    const person = await users.given.person();
    await users.anonymous.execute(login, { input: { email: person.email, password } });
    expect((await about(person)).data.user.administration).toEqual({
      email: person.email,
      standing: 'ACTIVE',
      isSuperUser: false,
      entitlements: [],
      registeredAt: expect.any(String),
      emailVerifiedAt: expect.any(String),
      lastSeenAt: users.clock.now().toISOString(),
      openSessions: 1,
      suspensions: [],
    });
    const [line] = (await auditLines(users.db, person.publicId)).slice(-1);
    expect(line).toMatchObject({
      action: 'administration.read',
      actor: { id: chief.id },
      personId: person.id,
    });
    await found({ email: person.email });
    const [searched] = (await auditLines(users.db, 'search')).slice(-1);
    expect(searched).toMatchObject({
      action: 'administration.searched',
      after: { filter: { conditions: ['email'], values: {} }, found: 1 },
    });
  });

  it('leaves no word of a person in the trail, where no erasure would find it', async () => {
    const asked = { email: 'erasable@', name: 'Erasable', standings: ['ACTIVE'], countryOfOrigin: 'MD' };
    await found(asked);
    const [line] = (await auditLines(users.db, 'search')).slice(-1);
    expect(line!.after).toEqual({
      filter: {
        conditions: ['countryOfOrigin', 'email', 'name', 'standings'],
        values: { standings: ['ACTIVE'] },
      },
      found: 0,
    });
  });

  it.each([
    ['email', { email: 'ab' }],
    ['name', { name: ' a b ' }],
    [
      'registeredUntil',
      { registeredFrom: '2026-02-01T00:00:00.000Z', registeredUntil: '2026-01-01T00:00:00.000Z' },
    ],
  ])('refuses what no index knows, or nothing matches: %s', async (_field, filter) => {
    expect((await ask({ filter, first: 1 })).codes).toEqual(['INVALID_INPUT']);
  });

  describe('is closed to everybody else, and so is what it shows', () => {
    it.each<[string, ((person: Person) => Viewer) | null, string]>([
      ['a visitor', null, 'UNAUTHENTICATED'],
      ['a member', ({ viewer }) => viewer, 'FORBIDDEN'],
      [
        'a consul',
        ({ viewer }) => withRole(viewer, 'CONSUL', { countryCode: 'DE', city: 'Berlin' }),
        'FORBIDDEN',
      ],
      ['an ambassador', ({ viewer }) => withRole(viewer, 'AMBASSADOR', { countryCode: 'DE' }), 'FORBIDDEN'],
    ])('%s', async (_name, as, code) => {
      const person = await users.given.person();
      const viewer = as && as(person);
      const asked = await ask({ first: 1 }, viewer);
      expect([asked.data, asked.codes]).toEqual([null, [code]]);
      const lines = (await auditLines(users.db, person.publicId)).length;
      for (const query of ['{ me { administration { email } } }', administration]) {
        const { data } = await users.as(viewer).execute(query, { id: person.publicId });
        expect((data?.me ?? data?.user)?.administration ?? null).toBeNull();
      }
      expect(await auditLines(users.db, person.publicId)).toHaveLength(lines);
    });
  });
});
