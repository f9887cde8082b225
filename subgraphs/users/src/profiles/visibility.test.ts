import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { idType } from '@diaspora/kit';
import { givenUsers } from '../testing/given.js';
import { peopleActions } from '../testing/people.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof peopleActions>;
beforeAll(async () => {
  users = await givenUsers();
  actions = peopleActions(users);
});
afterAll(() => users.stop());

type Person = Awaited<ReturnType<typeof users.given.person>>;

const update = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) {
  user { version privacy { contactableBy invitableBy findableBy fields { field audience } } } userErrors { code path } } }`;
const change = async (person: Person, input: object) => {
  const { version } = await users.db.profile.findUniqueOrThrow({ where: { accountId: person.id } });
  const { data } = await users
    .as(person.viewer)
    .execute(update, { input: { expectedVersion: version, ...input } });
  return data.updateProfile;
};

const avatarId = idType('med').encode(idType('med').create());
const everything = {
  avatarId,
  headline: 'Architect',
  bio: 'Long words.',
  languages: ['ro'],
  domains: ['ICT'],
  sectors: ['Bridges', 'bridges', 'Roads'],
  links: ['https://example.org/ana'],
  location: { latitude: 52.520008, longitude: 13.404954 },
  birthday: '1990-05-17',
  abroadSince: '2012-09-01',
};
const shown = {
  headline: 'Architect',
  bio: 'Long words.',
  city: 'Berlin',
  languages: ['ro'],
  domains: ['ICT'],
  sectors: ['Bridges', 'Roads'],
  links: ['https://example.org/ana'],
  location: { latitude: 52.52, longitude: 13.4 },
  birthday: '1990-05-17',
  abroadSince: '2012-09-01',
};
const hidden = {
  ...{
    headline: null,
    bio: null,
    city: null,
    languages: [],
    domains: [],
    sectors: [],
    links: [],
  },
  ...{ location: null, birthday: null, abroadSince: null },
};
const fields = `headline bio city languages domains sectors links
  location { latitude longitude } birthday abroadSince`;
const entity = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${fields} } } }`;

/** What a viewer sees of a person, by name and by reference. */
async function seenBy(viewer: Viewer, person: Person) {
  const client = users.as(viewer);
  const byName = await client.execute(`query ($id: ID!) { user(id: $id) { ${fields} } }`, {
    id: person.publicId,
  });
  const byReference = await client.execute(entity, { r: [{ __typename: 'User', id: person.publicId }] });
  expect(byReference.data._entities[0]).toEqual(byName.data.user);
  return byName.data.user;
}
const forAll = (audience: string) => ({
  fields: [
    ...['HEADLINE', 'BIO', 'CITY', 'LANGUAGES', 'DOMAINS', 'SECTORS', 'LINKS'],
    ...['LOCATION', 'BIRTHDAY', 'ABROAD_SINCE'],
  ].map((field) => ({ field, audience })),
});

describe('a field of a profile', () => {
  it('is private by default where it should be, and rounded', async () => {
    const [ana, other] = await Promise.all([users.given.person(), users.given.person()]);
    expect((await change(ana, everything)).userErrors).toEqual([]);
    expect(await seenBy(ana.viewer, ana)).toEqual(shown);
    expect(await seenBy(other.viewer, ana)).toEqual({
      ...shown,
      ...{ location: null, birthday: null, abroadSince: null },
    });
  });

  it.each([
    ['EVERYONE', { self: true, friend: true, stranger: true, blocked: false, moderator: true }],
    ['CONNECTIONS', { self: true, friend: true, stranger: false, blocked: false, moderator: false }],
    ['NOBODY', { self: true, friend: false, stranger: false, blocked: false, moderator: false }],
  ])('for %s is seen by them, whichever way leads to it', async (audience, sees) => {
    const [ana, friend, stranger, blocked] = await Promise.all([1, 2, 3, 4].map(() => users.given.person()));
    const moderator = await users.given.person({ isSuperUser: true });
    await change(ana!, { ...everything, privacy: forAll(audience) });
    await actions.befriend(ana!, friend!);
    await actions.run(ana!.viewer, 'blockUser', blocked!.publicId);
    await actions.run(ana!.viewer, 'blockUser', moderator.publicId);
    const seen = {
      self: await seenBy(ana!.viewer, ana!),
      friend: await seenBy(friend!.viewer, ana!),
      stranger: await seenBy(stranger!.viewer, ana!),
      blocked: await seenBy(blocked!.viewer, ana!),
      moderator: await seenBy(moderator.viewer, ana!),
    };
    for (const [name, what] of Object.entries(seen))
      expect([name, what]).toEqual([name, sees[name as keyof typeof sees] ? shown : hidden]);
  });

  it('costs one statement more for many people, whatever is shown', async () => {
    const many = await Promise.all(Array.from({ length: 10 }, () => users.given.person()));
    const ask = async (people: Person[]) => {
      const r = people.map(({ publicId: id }) => ({ __typename: 'User', id }));
      const before = users.statements();
      await users.as(many[0]!.viewer).execute(entity, { r });
      return users.statements() - before;
    };
    expect([await ask(many), await ask(many.slice(1, 2))]).toEqual([2, 2]);
  });

  it('that is not for everybody is not told to the other subgraphs', async () => {
    const ana = await users.given.person();
    await change(ana, { ...everything, privacy: { ...forAll('CONNECTIONS'), findableBy: 'CONNECTIONS' } });
    const [told] = (await users.messages(ana.publicId)).slice(-1);
    expect(told!.data).toEqual({
      ...{ userId: ana.publicId, version: 2, displayName: expect.any(String), countryOfOrigin: 'RO' },
      ...{ countryOfResidence: 'DE', headline: null, city: null, languages: [], domains: [], avatarId },
      ...{
        isDiscoverable: false,
        contactableBy: 'EVERYONE',
        invitableBy: 'EVERYONE',
        findableBy: 'CONNECTIONS',
      },
    });
  });
});

describe('who may do what', () => {
  it('is the person’s own to see and say; what is not named stays', async () => {
    const [ana, other] = await Promise.all([users.given.person(), users.given.person()]);
    await change(ana, {
      privacy: { contactableBy: 'NOBODY', fields: [{ field: 'CITY', audience: 'CONNECTIONS' }] },
    });
    const { user } = await change(ana, {
      privacy: { invitableBy: 'CONNECTIONS', fields: [{ field: 'BIO', audience: 'NOBODY' }] },
    });
    expect(user.privacy).toMatchObject({
      ...{ contactableBy: 'NOBODY', invitableBy: 'CONNECTIONS', findableBy: 'EVERYONE' },
      fields: expect.arrayContaining([
        { field: 'CITY', audience: 'CONNECTIONS' },
        { field: 'BIO', audience: 'NOBODY' },
        { field: 'BIRTHDAY', audience: 'NOBODY' },
        { field: 'HEADLINE', audience: 'EVERYONE' },
      ]),
    });
    const query = `query ($id: ID!) { user(id: $id) { privacy { findableBy } } }`;
    const { data } = await users.as(other.viewer).execute(query, { id: ana.publicId });
    expect(data.user.privacy).toBeNull();
  });
});

describe('a change of a profile', () => {
  it.each([
    ['a link that is not safe', { links: ['http://example.org'] }, ['links', '0']],
    ['a point off the earth', { location: { latitude: 91, longitude: 0 } }, ['location', 'latitude']],
    ['a birthday to come', { birthday: '2999-01-01' }, ['birthday']],
    ['a birthday of long ago', { birthday: '1850-01-01' }, ['birthday']],
    ['eleven sectors', { sectors: Array.from({ length: 11 }, (_, index) => `S${index}`) }, ['sectors']],
    [
      'a field without an audience',
      { privacy: { fields: null, contactableBy: null } },
      ['privacy', 'contactableBy'],
    ],
  ])('with %s is refused and changes nothing', async (_name, input, path) => {
    const ana = await users.given.person();
    expect(await change(ana, input)).toEqual({ user: null, userErrors: [{ code: 'INVALID_INPUT', path }] });
    expect((await users.db.profile.findUniqueOrThrow({ where: { accountId: ana.id } })).version).toBe(1);
  });

  it('clears by null', async () => {
    const ana = await users.given.person();
    await change(ana, everything);
    await change(ana, { avatarId: null, location: null, birthday: null, abroadSince: null });
    expect(await seenBy(ana.viewer, ana)).toMatchObject({
      ...{ location: null, birthday: null, abroadSince: null },
    });
  });
});
