import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

/** Somebody who has nothing in common with others unless it is said. */
let places = 0;
async function somebody(profile: object = {}): Promise<Person> {
  const person = await users.given.person();
  places += 1;
  const letter = (index: number) => String.fromCharCode(65 + (index % 26));
  const countryOfOrigin = letter(places / 26) + letter(places);
  const own = { city: `Place ${places}`, countryOfOrigin, countryOfResidence: 'NZ' };
  await users.db.profile.update({ where: { accountId: person.id }, data: { ...own, ...profile } });
  return person;
}

const query = `query ($first: Int!) { suggestedPeople(first: $first) {
  user { id } reasons mutualFriendCount sharedDomains } }`;
async function suggestedTo(person: Person, first = 50) {
  const { data, codes } = await users.as(person.viewer).execute(query, { first });
  return (codes[0] ?? data.suggestedPeople) as {
    user: { id: string };
    reasons: string[];
    mutualFriendCount: number;
  }[];
}
const idsOf = async (person: Person) => (await suggestedTo(person)).map(({ user }) => user.id);

describe('suggestions', () => {
  it('say why, and come in the order of what is in common', async () => {
    const home = {
      countryOfOrigin: 'RO',
      countryOfResidence: 'SE',
      city: 'Malmö',
      domains: ['ICT', 'HEALTH'],
    };
    const ana = await somebody(home);
    const [neighbour, compatriot, twin, friend, friends] = await Promise.all([
      somebody({ countryOfResidence: 'SE', city: 'MALMÖ' }),
      somebody({ countryOfOrigin: 'RO', countryOfResidence: 'SE' }),
      somebody(home),
      somebody(),
      somebody({ domains: ['ICT'] }),
    ]);
    await actions.befriend(ana, friend);
    await actions.befriend(friend, friends);
    const suggested = await suggestedTo(ana);
    expect(Object.fromEntries(suggested.map((each) => [each.user.id, each]))).toMatchObject({
      [neighbour.publicId]: { reasons: ['SAME_CITY'], mutualFriendCount: 0 },
      [compatriot.publicId]: { reasons: ['SHARED_ORIGIN'] },
      [twin.publicId]: {
        reasons: ['SHARED_ORIGIN', 'SAME_CITY', 'SHARED_DOMAINS'],
        sharedDomains: ['HEALTH', 'ICT'],
      },
      [friends.publicId]: {
        reasons: ['MUTUAL_FRIENDS', 'SHARED_DOMAINS'],
        mutualFriendCount: 1,
        sharedDomains: ['ICT'],
      },
    });
    expect(suggested).toHaveLength(4);
    expect(suggested.slice(0, 2).map(({ user }) => user.id)).toEqual([twin.publicId, friends.publicId]);
    expect(await suggestedTo(ana, 1)).toEqual(suggested.slice(0, 1));
  });

  it.each<[string, (ana: Person, other: Person) => Promise<unknown>]>([
    ['friends', (ana, other) => actions.befriend(ana, other)],
    ['people followed', (ana, other) => actions.run(ana.viewer, 'followUser', other.publicId)],
    ['people asked', (ana, other) => actions.run(ana.viewer, 'requestFriendship', other.publicId)],
    ['people who ask', (ana, other) => actions.run(other.viewer, 'requestFriendship', ana.publicId)],
    ['people muted', (ana, other) => actions.run(ana.viewer, 'muteUser', other.publicId)],
    ['people blocked', (ana, other) => actions.run(ana.viewer, 'blockUser', other.publicId)],
    ['people who blocked', (ana, other) => actions.run(other.viewer, 'blockUser', ana.publicId)],
    [
      'people declined',
      async (ana, other) => {
        await actions.run(other.viewer, 'requestFriendship', ana.publicId);
        await actions.run(ana.viewer, 'declineFriendRequest', other.publicId);
      },
    ],
    [
      'people who do not want to be found',
      (_ana, other) =>
        users.db.profile.update({ where: { accountId: other.id }, data: { findableBy: 'CONNECTIONS' } }),
    ],
    [
      'people whose city is not for everybody',
      (_ana, other) =>
        users.db.profile.update({
          where: { accountId: other.id },
          data: { fieldAudiences: { CITY: 'NOBODY' } },
        }),
    ],
    [
      'people who have not proved their address',
      (_ana, other) => users.db.account.update({ where: { id: other.id }, data: { emailVerifiedAt: null } }),
    ],
  ])('leave out %s', async (_name, change) => {
    const home = { countryOfResidence: 'FI', city: `City ${++places}` };
    const [ana, other, third] = await Promise.all([somebody(home), somebody(home), somebody(home)]);
    expect((await idsOf(ana)).sort()).toEqual([other.publicId, third.publicId].sort());
    await change(ana, other);
    expect(await idsOf(ana)).toEqual([third.publicId]);
  });

  describe('by friends in common', () => {
    const show = (person: Person, audience: string) =>
      users.db.profile.update({
        where: { accountId: person.id },
        data: { fieldAudiences: { FRIENDS: audience } },
      });
    async function chain() {
      const [ana, between, other] = await Promise.all([somebody(), somebody(), somebody()]);
      await actions.befriend(ana, between);
      await actions.befriend(between, other);
      return { ana, between, other };
    }

    it.each(['EVERYONE', 'CONNECTIONS'])('go by friends who show theirs to %s', async (audience) => {
      const { ana, between, other } = await chain();
      for (const person of [between, other]) await show(person, audience);
      expect(await suggestedTo(ana)).toMatchObject([
        { user: { id: other.publicId }, reasons: ['MUTUAL_FRIENDS'], mutualFriendCount: 1 },
      ]);
    });

    it('do not tell whose friend somebody is of whoever shows that to nobody', async () => {
      const { ana, between } = await chain();
      await show(between, 'NOBODY');
      expect(await suggestedTo(ana)).toEqual([]);
    });

    it('do not tell of one whose friends are shown to nobody, and count only what is shown', async () => {
      const home = { countryOfResidence: 'NO', city: 'Bergen' };
      const [ana, hidden] = await Promise.all([somebody(home), somebody(home)]);
      const [between, silent] = await Promise.all([somebody(), somebody()]);
      for (const friend of [between, silent]) {
        await actions.befriend(ana, friend);
        await actions.befriend(friend, hidden);
      }
      await show(silent, 'NOBODY');
      expect(await suggestedTo(ana)).toMatchObject([{ mutualFriendCount: 1 }]);
      await show(hidden, 'NOBODY');
      expect(await suggestedTo(ana)).toMatchObject([{ mutualFriendCount: 0, reasons: ['SAME_CITY'] }]);
      await users.db.profile.update({ where: { accountId: hidden.id }, data: { city: 'Oslo' } });
      expect(await suggestedTo(ana)).toEqual([]);
    });
  });

  it('are one statement and their profiles, however many', async () => {
    const home = { countryOfResidence: 'DK', city: 'Odense' };
    const [ana] = await Promise.all(Array.from({ length: 12 }, () => somebody(home)));
    const before = users.statements();
    expect(await idsOf(ana!)).toHaveLength(11);
    expect(users.statements() - before).toBe(2);
  });

  it('are for members, 1 to 50 of them', async () => {
    const ana = await somebody();
    expect((await users.anonymous.execute(query, { first: 1 })).codes).toEqual(['UNAUTHENTICATED']);
    expect(await suggestedTo(ana, 0)).toBe('INVALID_INPUT');
    expect(await suggestedTo(ana, 51)).toBe('INVALID_INPUT');
  });
});
