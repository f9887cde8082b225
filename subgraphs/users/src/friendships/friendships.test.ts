import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';
import { peopleActions } from '../testing/people.js';
import { requestsSent } from './rules.js';

let users: Awaited<ReturnType<typeof givenUsers>>;
let actions: ReturnType<typeof peopleActions>;
beforeAll(async () => {
  users = await givenUsers();
  actions = peopleActions(users);
});
afterAll(() => users.stop());

type Person = Awaited<ReturnType<typeof users.given.person>>;
const people = (count: number): Promise<Person[]> =>
  Promise.all(Array.from({ length: count }, () => users.given.person()));
const dayMs = 86_400_000;

const requests = async (viewer: Viewer, list = 'friendRequests') => {
  const query = `{ ${list}(first: 20) { nodes { user { id } note requestedAt expiresAt } } }`;
  const { data, codes } = await users.as(viewer).execute(query);
  return codes[0] ?? data[list].nodes;
};
const friendsOf = async (viewer: Viewer, person: Person) => {
  const query = `query ($id: ID!) { user(id: $id) { friendCount friends(first: 20) { nodes { id } } } }`;
  const { data } = await users.as(viewer).execute(query, { id: person.publicId });
  return data.user;
};

describe('a request for friendship', () => {
  it('waits with its note for the other, who accepts it; both are friends then', async () => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    const sent = await actions.run(ana.viewer, 'requestFriendship', ben.publicId, {
      note: 'From the choir!',
    });
    expect(sent.connection.friendship).toBe('REQUEST_SENT');
    const now = users.clock.now();
    const request = {
      note: 'From the choir!',
      requestedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + 30 * dayMs).toISOString(),
    };
    expect(await requests(ben.viewer)).toEqual([{ user: { id: ana.publicId }, ...request }]);
    expect(await requests(ana.viewer, 'sentFriendRequests')).toEqual([
      { user: { id: ben.publicId }, ...request },
    ]);
    const accepted = await actions.run(ben.viewer, 'acceptFriendRequest', ana.publicId);
    expect(accepted.connection.friendship).toBe('FRIENDS');
    expect(await requests(ben.viewer)).toEqual([]);
    expect(await friendsOf(ana.viewer, ana)).toEqual({
      friendCount: 1,
      friends: { nodes: [{ id: ben.publicId }] },
    });
    expect(await friendsOf(ben.viewer, ana)).toEqual(await friendsOf(ana.viewer, ana));
    await actions.run(ana.viewer, 'endFriendship', ben.publicId);
    expect(await friendsOf(ben.viewer, ben)).toEqual({ friendCount: 0, friends: { nodes: [] } });
  });

  it('that is declined is gone for the other and waits for whoever made it', async () => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    await actions.run(ana.viewer, 'requestFriendship', ben.publicId);
    const declined = await actions.run(ben.viewer, 'declineFriendRequest', ana.publicId);
    expect(declined.connection.friendship).toBe('NONE');
    expect(await requests(ben.viewer)).toEqual([]);
    expect(await requests(ana.viewer, 'sentFriendRequests')).toHaveLength(1);
    const again = await actions.run(ana.viewer, 'requestFriendship', ben.publicId);
    expect(again.connection.friendship).toBe('REQUEST_SENT');
    expect(await requests(ben.viewer)).toEqual([]);
  });

  it('runs out after thirty days, without a job', async () => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    await actions.run(ana.viewer, 'requestFriendship', ben.publicId);
    users.clock.advance(30 * dayMs);
    expect(await requests(ben.viewer)).toEqual([]);
    expect(await requests(ana.viewer, 'sentFriendRequests')).toEqual([]);
    expect((await actions.run(ben.viewer, 'acceptFriendRequest', ana.publicId)).refusal).toBe('NOT_FOUND');
  });

  it('can be taken back until it is accepted', async () => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    await actions.run(ana.viewer, 'requestFriendship', ben.publicId);
    await actions.run(ana.viewer, 'cancelFriendRequest', ben.publicId);
    expect(await requests(ben.viewer)).toEqual([]);
    await actions.befriend(ana, ben);
    expect((await actions.run(ana.viewer, 'cancelFriendRequest', ben.publicId)).refusal).toBe('CONFLICT');
  });

  it.each([
    ['nobody', () => userIds.encode(userIds.create()), {}, 'NOT_FOUND'],
    ['oneself', (own: string) => own, {}, 'INVALID_INPUT'],
    ['somebody with too long a note', null, { note: 'x'.repeat(301) }, 'INVALID_INPUT'],
  ])('to %s is refused', async (_name, idOf, input, code) => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    const id = idOf ? idOf(ana.publicId) : ben.publicId;
    expect((await actions.run(ana.viewer, 'requestFriendship', id, input)).refusal).toBe(code);
  });

  it('goes on page by page without repeats or gaps, in both directions', async () => {
    const [ana, ...others] = (await people(6)) as [Person, ...Person[]];
    for (const other of others) await actions.run(other.viewer, 'requestFriendship', ana.publicId);
    const page = async (args: string) =>
      (
        await users
          .as(ana.viewer)
          .execute(
            `{ friendRequests(${args}) { nodes { user { id } } pageInfo { hasNextPage startCursor endCursor } } }`,
          )
      ).data.friendRequests;
    const whole = (await page('first: 20')).nodes;
    expect(whole).toHaveLength(5);
    const first = await page('first: 3');
    const second = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
    expect([...first.nodes, ...second.nodes]).toEqual(whole);
    expect((await page(`last: 3, before: "${second.pageInfo.startCursor}"`)).nodes).toEqual(first.nodes);
  });
});

describe('requests of one person', () => {
  const asked = async (ana: Person, ben: Person) => {
    const key = [ana.publicId, ben.publicId].sort().join(':');
    return (await users.messages(key)).filter(({ type }) => type === 'user.friendRequested').length;
  };
  const ask = (ana: Person, ben: Person) => actions.run(ana.viewer, 'requestFriendship', ben.publicId);

  it('tell another five times a day at most, however often they are taken back', async () => {
    const [ana, ben, carol] = (await people(3)) as [Person, Person, Person];
    for (let count = 0; count < 5; count++) {
      expect((await ask(ana, ben)).refusal).toBeUndefined();
      await actions.run(ana.viewer, 'cancelFriendRequest', ben.publicId);
    }
    expect((await ask(ana, ben)).refusal).toBe('RATE_LIMITED');
    expect(await asked(ana, ben)).toBe(5);
    expect((await ask(ana, carol)).refusal).toBeUndefined();
    users.clock.advance(dayMs);
    expect((await ask(ana, ben)).refusal).toBeUndefined();
  });

  it('are fifty a day at most, and others are not kept from asking', async () => {
    const [ana, ben, carol, dan] = (await people(4)) as [Person, Person, Person, Person];
    const { kind } = requestsSent;
    await users.db.budget.deleteMany({ where: { kind } });
    await ask(ana, ben);
    await users.db.budget.updateMany({ where: { kind }, data: { spent: 49 } });
    expect((await ask(ana, carol)).refusal).toBeUndefined();
    expect((await ask(ana, dan)).refusal).toBe('RATE_LIMITED');
    expect(await asked(ana, dan)).toBe(0);
    expect((await ask(carol, dan)).refusal).toBeUndefined();
  });
});

describe('friends', () => {
  it('are shown to friends, and to whom the person likes', async () => {
    const [ana, ben, stranger] = (await people(3)) as [Person, Person, Person];
    await actions.befriend(ana, ben);
    expect(await friendsOf(stranger.viewer, ana)).toEqual({ friendCount: null, friends: null });
    const update = `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }`;
    const privacy = (audience: string) => ({ fields: [{ field: 'FRIENDS', audience }] });
    await users
      .as(ana.viewer)
      .execute(update, { input: { expectedVersion: 1, privacy: privacy('EVERYONE') } });
    expect(await friendsOf(stranger.viewer, ana)).toEqual({
      ...{ friendCount: 1, friends: { nodes: [{ id: ben.publicId }] } },
    });
    await users.as(ana.viewer).execute(update, { input: { expectedVersion: 2, privacy: privacy('NOBODY') } });
    expect(await friendsOf(ben.viewer, ana)).toEqual({ friendCount: null, friends: null });
    expect((await friendsOf(ana.viewer, ana)).friendCount).toBe(1);
  });
});

describe('what people are to each other', () => {
  const mutations = [
    ...['requestFriendship', 'acceptFriendRequest', 'declineFriendRequest', 'cancelFriendRequest'],
    ...['endFriendship', 'followUser', 'unfollowUser'],
  ];
  it.each<[string, () => Viewer | null, string]>([
    ['a visitor', () => null, 'UNAUTHENTICATED'],
    ['a service account', () => aViewer({ kind: 'service' }), 'FORBIDDEN'],
  ])('is not for %s to change', async (_name, makeViewer, code) => {
    const [person] = (await people(1)) as [Person];
    for (const mutation of mutations)
      expect((await actions.run(makeViewer(), mutation, person.publicId)).refusal).toBe(code);
    expect(await users.db.tie.count({ where: { otherId: person.id } })).toBe(0);
  });

  it('and whose requests wait is not for visitors and impersonators to see', async () => {
    const [person] = (await people(1)) as [Person];
    const impersonator = { ...person.viewer, impersonatorId: userIds.create() };
    for (const list of ['friendRequests', 'sentFriendRequests']) {
      expect(await requests(impersonator, list)).toBe('FORBIDDEN');
      const { codes } = await users.anonymous.execute(`{ ${list}(first: 1) { nodes { note } } }`);
      expect(codes).toEqual(['UNAUTHENTICATED']);
    }
  });

  it('ends with a block, of which nobody is told', async () => {
    const [ana, ben] = (await people(2)) as [Person, Person];
    await actions.befriend(ana, ben);
    await actions.run(ben.viewer, 'followUser', ana.publicId);
    await actions.run(ana.viewer, 'blockUser', ben.publicId);
    for (const mutation of ['requestFriendship', 'followUser'])
      expect((await actions.run(ben.viewer, mutation, ana.publicId)).refusal).toBe('NOT_FOUND');
    expect(await friendsOf(ben.viewer, ana)).toEqual({ friendCount: null, friends: null });
    expect((await friendsOf(ana.viewer, ana)).friendCount).toBe(0);
  });
});
