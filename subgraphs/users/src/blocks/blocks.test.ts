import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { givenUsers } from '../testing/given.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;

let users: Users;
beforeAll(async () => void (users = await givenUsers()));
afterAll(() => users.stop());

const run = (viewer: Viewer | null, mutation: string, userId: string) => {
  const input = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
  const client = viewer ? users.as(viewer) : users.anonymous;
  return client.execute(
    `mutation ($input: ${input}!) { ${mutation}(input: $input) {
      user { id viewerConnection { hasBlocked isMuted } } userErrors { code path } } }`,
    { input: { userId } },
  );
};
const lists = `{ blockedUsers(first: 9) { nodes { id } edges { since node { displayName } } } mutedUsers(first: 9) { nodes { id } } }`;
const mutations = ['blockUser', 'unblockUser', 'muteUser', 'unmuteUser'];

describe('blocks and mutes', () => {
  const viewers: [string, () => Promise<Viewer | null>, string[]][] = [
    ['a visitor', async () => null, ['UNAUTHENTICATED']],
    [
      'a service account',
      async () => aViewer({ kind: 'service', roles: ['serviciu_clienti'] }),
      ['FORBIDDEN'],
    ],
    [
      'somebody who impersonates the person',
      async () => ({ ...(await users.given.person()).viewer, impersonatorId: userIds.create() }),
      ['FORBIDDEN'],
    ],
    ['a member', async () => (await users.given.person()).viewer, []],
    ['a super user', async () => (await users.given.person({ isSuperUser: true })).viewer, []],
  ];
  it.each(viewers)('are for %s to make, see and end', async (_name, makeViewer, codes) => {
    const [viewer, other] = [await makeViewer(), await users.given.person()];
    for (const mutation of mutations) {
      const { data, codes: answered } = await run(viewer, mutation, other.publicId);
      expect(answered).toEqual(codes);
      expect(data?.[mutation].userErrors ?? 'refused').toEqual(codes.length > 0 ? 'refused' : []);
    }
    const listed = await (viewer ? users.as(viewer) : users.anonymous).execute(lists);
    expect([...new Set(listed.codes)]).toEqual(codes);
    const ties = await users.db.tie.count({ where: { otherId: other.id } });
    expect(ties).toBe(codes.length > 0 ? 0 : 1);
  });

  it('are in one’s own lists, newest first, and in nobody else’s', async () => {
    const [ana, ben, cleo] = await Promise.all([1, 2, 3].map(() => users.given.person()));
    await run(ana!.viewer, 'blockUser', ben!.publicId);
    users.clock.advance(1_000);
    const { data } = await run(ana!.viewer, 'blockUser', cleo!.publicId);
    expect(data.blockUser).toEqual({
      user: { id: cleo!.publicId, viewerConnection: { hasBlocked: true, isMuted: false } },
      userErrors: [],
    });
    await run(ana!.viewer, 'muteUser', ben!.publicId);
    const listed = await users.as(ana!.viewer).execute(lists);
    const ids = [cleo!.publicId, ben!.publicId];
    expect(listed.data.blockedUsers.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(listed.data.mutedUsers.nodes).toEqual([{ id: ben!.publicId }]);
    expect(listed.data.blockedUsers.edges[0].since).toBe(users.clock.now().toISOString());
    for (const other of [ben!, cleo!])
      expect((await users.as(other.viewer).execute(lists)).data.blockedUsers.nodes).toEqual([]);
    await run(ana!.viewer, 'unblockUser', cleo!.publicId);
    const after = await users.as(ana!.viewer).execute(lists);
    expect(after.data.blockedUsers.nodes).toEqual([{ id: ben!.publicId }]);
  });

  it('go on page by page without repeats or gaps, in both directions', async () => {
    const [ana, ...others] = await Promise.all(Array.from({ length: 8 }, () => users.given.person()));
    for (const other of others) await run(ana!.viewer, 'blockUser', other.publicId);
    const page = async (args: string) =>
      (
        await users
          .as(ana!.viewer)
          .execute(
            `{ blockedUsers(${args}) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
          )
      ).data.blockedUsers;
    const whole = (await page('first: 20')).nodes;
    const first = await page('first: 3');
    const second = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
    const third = await page(`first: 3, after: "${second.pageInfo.endCursor}"`);
    expect([first, second, third].flatMap(({ nodes }) => nodes)).toEqual(whole);
    expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    const back = await page(`last: 3, before: "${third.pageInfo.startCursor}"`);
    expect(back.nodes).toEqual(second.nodes);
  });

  it.each([
    ['oneself', (own: string) => own, 'INVALID_INPUT', ['userId']],
    ['nobody', () => userIds.encode(userIds.create()), 'NOT_FOUND', ['userId']],
    ['something that is no person', () => 'evt_01h455vb4pex5vsknk084sn02q', 'INVALID_INPUT', null],
  ])('are refused of %s', async (_name, idOf, code, path) => {
    const person = await users.given.person();
    for (const mutation of mutations) {
      const { data } = await run(person.viewer, mutation, idOf(person.publicId));
      expect(data[mutation]).toEqual({ user: null, userErrors: [{ code, path }] });
    }
  });
});
