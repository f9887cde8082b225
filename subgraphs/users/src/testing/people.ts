import type { Viewer } from '@diaspora/kit';
import type { givenUsers } from './given.js';

type Users = Awaited<ReturnType<typeof givenUsers>>;

/** What people do about each other, through the schema. */
export function peopleActions(users: Users) {
  /** What is answered, or the codes of what refused it. */
  async function run(viewer: Viewer | null, mutation: string, userId: string, input: object = {}) {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
    const client = viewer ? users.as(viewer) : users.anonymous;
    const { data, codes } = await client.execute(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) {
        user { id viewerConnection { friendship isFollowing isFollowedBy } } userErrors { code path } } }`,
      { input: { userId, ...input } },
    );
    const payload = data?.[mutation];
    return {
      connection: payload?.user?.viewerConnection,
      refusal: (codes[0] ?? payload?.userErrors[0]?.code) as string | undefined,
    };
  }

  async function befriend(
    one: { viewer: Viewer; publicId: string },
    other: { viewer: Viewer; publicId: string },
  ) {
    await run(one.viewer, 'requestFriendship', other.publicId);
    await run(other.viewer, 'acceptFriendRequest', one.publicId);
  }

  return { run, befriend };
}
