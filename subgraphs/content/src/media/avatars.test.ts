import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mediaIds, userIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;
beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Media { id status } } }`;

const ofPerson = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { avatar { id } } } }`;

/** What a stranger sees of a file after its owner, or another, has chosen it to be seen by. */
async function seen(choose: (media: { id: string; publicId: string }, ownerId: string) => Promise<unknown>) {
  const ownerId = userIds.create();
  const media = await content.given.media(ownerId);
  await choose(media, ownerId);
  const r = [{ __typename: 'Media', id: media.publicId }];
  const { data } = await content.as(aViewer()).execute(query, { r });
  const person = [{ __typename: 'User', id: userIds.encode(ownerId) }];
  const { avatar } = (await content.as(aViewer()).execute(ofPerson, { r: person })).data._entities[0];
  expect(avatar).toEqual(data._entities[0] && { id: media.publicId });
  return avatar !== null;
}
const chosen = (userId: string, avatarId: string | null, version = 1) =>
  content.receive('user.profileChanged', {
    ...{ userId: userIds.encode(userId), version, displayName: 'Ana', headline: null, city: null },
    ...{ countryOfOrigin: 'RO', countryOfResidence: 'DE', languages: [], domains: [], isDiscoverable: true },
    avatarId,
  });

it('the picture a person is seen by is for everybody', async () => {
  expect(await seen((media, ownerId) => chosen(ownerId, media.publicId))).toBe(true);
});

it.each<[string, Parameters<typeof seen>[0]]>([
  ['nobody chose', async () => undefined],
  ['somebody else chose', (media) => chosen(userIds.create(), media.publicId)],
  [
    'its owner has chosen no more',
    async (media, ownerId) => {
      await chosen(ownerId, media.publicId);
      await chosen(ownerId, null, 2);
    },
  ],
  [
    'that is no picture',
    async (media, ownerId) => {
      await content.db.media.update({ where: { id: media.id }, data: { contentType: 'application/pdf' } });
      await chosen(ownerId, media.publicId);
    },
  ],
])('a file %s stays its owner’s', async (_name, choose) => {
  expect(await seen(choose)).toBe(false);
});

it('are read by two statements for many people, and not shown across a block', async () => {
  const viewer = aViewer();
  const owners = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const ownerId = userIds.create();
      await chosen(ownerId, (await content.given.media(ownerId)).publicId);
      return ownerId;
    }),
  );
  const ask = async (people: string[]) => {
    const r = people.map((id) => ({ __typename: 'User', id: userIds.encode(id) }));
    const before = content.statements();
    const { data } = await content.as(viewer).execute(ofPerson, { r });
    return {
      shown: data._entities.map(({ avatar }: any) => avatar !== null),
      cost: content.statements() - before,
    };
  };
  const [one, many] = [await ask(owners.slice(0, 1)), await ask(owners)];
  expect([one.cost, many.cost]).toEqual([2, 2]);
  const [blocker] = owners;
  await content.receive('user.blocked', {
    ...{ personId: userIds.encode(blocker!), otherId: userIds.encode(viewer.id) },
    ...{ version: 1, at: '2026-06-01T12:00:00.000Z' },
  });
  expect((await ask(owners)).shown).toEqual([false, true, true, true, true]);
});

it('of nobody is null', async () => {
  const missing = mediaIds.encode(mediaIds.create());
  expect(await seen((_media, ownerId) => chosen(ownerId, missing))).toBe(false);
});
