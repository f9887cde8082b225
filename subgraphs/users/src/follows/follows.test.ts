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

const query = `query ($id: ID!) { user(id: $id) { followerCount followingCount
  followers(first: 9) { nodes { id } } following(first: 9) { nodes { id } } } }`;

describe('following', () => {
  it('is counted and listed on both sides, once however often it is done, and ends', async () => {
    const [ana, ben, cleo] = await Promise.all([1, 2, 3].map(() => users.given.person()));
    const followed = await actions.run(ana!.viewer, 'followUser', ben!.publicId);
    expect(followed.connection).toMatchObject({ isFollowing: true, isFollowedBy: false });
    await actions.run(ana!.viewer, 'followUser', ben!.publicId);
    users.clock.advance(1_000);
    await actions.run(cleo!.viewer, 'followUser', ben!.publicId);
    const of = async (id: string) => (await users.as(cleo!.viewer).execute(query, { id })).data.user;
    expect(await of(ben!.publicId)).toEqual({
      ...{ followerCount: 2, followingCount: 0, following: { nodes: [] } },
      followers: { nodes: [{ id: cleo!.publicId }, { id: ana!.publicId }] },
    });
    await actions.run(ana!.viewer, 'unfollowUser', ben!.publicId);
    expect((await of(ana!.publicId)).followingCount).toBe(0);
    const key = [ana!.publicId, ben!.publicId].sort().join(':');
    const types = (await users.messages(key)).map(({ type }) => type);
    expect(types).toEqual(['user.followed', 'user.unfollowed']);
  });

  it('is shown to whom the person likes, not to visitors', async () => {
    const [ana, ben] = await Promise.all([1, 2].map(() => users.given.person()));
    await actions.run(ana!.viewer, 'followUser', ben!.publicId);
    const audiences = { fields: [{ field: 'FOLLOWS', audience: 'NOBODY' }] };
    await users
      .as(ben!.viewer)
      .execute(
        `mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }`,
        {
          input: { expectedVersion: 1, privacy: audiences },
        },
      );
    const { data } = await users.as(ana!.viewer).execute(query, { id: ben!.publicId });
    expect(data.user).toEqual({
      followerCount: null,
      followingCount: null,
      followers: null,
      following: null,
    });
    const r = [{ __typename: 'User', id: ana!.publicId }];
    const { codes } = await users.anonymous.execute(
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { followerCount } } }`,
      { r },
    );
    expect(codes).toEqual(['UNAUTHENTICATED']);
  });

  it('costs two statements for many people', async () => {
    const many = await Promise.all(Array.from({ length: 10 }, () => users.given.person()));
    const ana = await users.given.person();
    for (const person of many) await actions.run(person.viewer, 'followUser', ana.publicId);
    const r = many.map(({ publicId: id }) => ({ __typename: 'User', id }));
    const ask = async (representations: object[]) => {
      const before = users.statements();
      await users
        .as(ana.viewer)
        .execute(
          `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { following(first: 3) { nodes { id } } } } }`,
          { r: representations },
        );
      return users.statements() - before;
    };
    expect(await ask(r)).toBe(await ask(r.slice(0, 1)));
  });
});
