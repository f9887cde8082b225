import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventIds, userIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;
beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Media { id status } } }`;

async function sees(viewer: Viewer | null, publicId: string): Promise<boolean> {
  const r = [{ __typename: 'Media', id: publicId }];
  const { data } = await (viewer ? content.as(viewer) : content.anonymous).execute(query, { r });
  return data._entities[0] !== null;
}

/** An event that is shown with a file of somebody's. */
async function shown({ visibility = 'PUBLIC', hostId }: { visibility?: string; hostId?: string } = {}) {
  const ownerId = userIds.create();
  const media = await content.given.media(ownerId);
  const eventId = eventIds.encode(eventIds.create());
  const tell = (version: number, mediaIds: string[]) =>
    content.receive('event.changed', {
      ...{ eventId, version, visibility, mediaIds },
      hostIds: [userIds.encode(userIds.create()), userIds.encode(hostId ?? ownerId)],
    });
  await tell(2, [media.publicId]);
  return { media, ownerId, tell };
}

it.each<[string, boolean, boolean]>([
  ['PUBLIC', true, true],
  ['UNLISTED', true, true],
  ['MEMBERS', false, true],
  ['PRIVATE', false, true],
])(
  'a picture of a %s event is seen by a visitor: %s, by a member: %s',
  async (visibility, visitor, member) => {
    const { media } = await shown({ visibility });
    expect([await sees(null, media.publicId), await sees(aViewer(), media.publicId)]).toEqual([
      visitor,
      member,
    ]);
  },
);

it('a file of somebody who hosts nothing is not shown by naming it', async () => {
  const { media, ownerId } = await shown({ hostId: userIds.create() });
  expect(await sees(aViewer(), media.publicId)).toBe(false);
  expect(await sees(aViewer({ id: ownerId }), media.publicId)).toBe(true);
});

it('a picture that an event is shown with no more is its owner’s again', async () => {
  const { media, tell } = await shown();
  await tell(4, []);
  await tell(3, [media.publicId]);
  expect(await sees(null, media.publicId)).toBe(false);
});
