import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventIds, userIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

const profile = (userId: string, version: number, countryOfOrigin: string) => ({
  userId: userIds.encode(userId),
  version,
  countryOfOrigin,
  languages: ['ro', 'de'],
  displayName: 'Ana',
  headline: null,
  city: null,
  domains: [],
  isDiscoverable: true,
  countryOfResidence: 'DE',
});
const changed = (userId: string, version: number, country: string) =>
  content.receive('user.profileChanged', profile(userId, version, country));
const originOf = async (userId: string) => {
  const member = await content.db.member.findUniqueOrThrow({ where: { userId } });
  const posts = await content.db.post.findMany({ where: { authorId: userId } });
  return { member: member.countryOfOrigin, posts: posts.map(({ authorOrigin }) => authorOrigin) };
};

describe('user.profileChanged', () => {
  it('is kept, handled twice or not, and carried to the posts of the person', async () => {
    const id = userIds.create();
    await content.given.post({ authorId: id, authorOrigin: null });
    const other = await content.given.post({ authorOrigin: 'FR' });
    await changed(id, 1, 'MD');
    await changed(id, 1, 'MD');
    expect(await originOf(id)).toEqual({ member: 'MD', posts: ['MD'] });
    expect(await content.db.member.findUnique({ where: { userId: id } })).toMatchObject({
      languages: ['ro', 'de'],
      version: 1,
    });
    expect((await content.db.post.findUniqueOrThrow({ where: { id: other.id } })).authorOrigin).toBe('FR');
  });

  it('changes nothing when an older version arrives late', async () => {
    const id = userIds.create();
    await content.given.post({ authorId: id });
    await changed(id, 3, 'IT');
    await changed(id, 2, 'ES');
    expect(await originOf(id)).toEqual({ member: 'IT', posts: ['IT'] });
  });

  it('and posts of the same person at the same time leave every post with the last origin', async () => {
    const viewer = await content.given.member({ countryOfOrigin: 'RO' });
    const fresh = userIds.create();
    const createPost = `mutation ($input: CreatePostInput!) { createPost(input: $input) { userErrors { code } } }`;
    const write = (id: string) =>
      content.as({ ...viewer, id }).execute(createPost, {
        input: { idempotencyKey: crypto.randomUUID(), text: 'Salut', language: 'ro' },
      });
    const work = [viewer.id, fresh].flatMap((id) => [
      ...[write(id), write(id), changed(id, 2, 'MD'), write(id)],
      ...[write(id), changed(id, 3, 'UA'), write(id), write(id)],
    ]);
    await Promise.all(work);
    for (const id of [viewer.id, fresh]) {
      expect(await originOf(id)).toEqual({ member: 'UA', posts: Array.from({ length: 6 }, () => 'UA') });
    }
  });
});

describe('event.published and event.changed', () => {
  const told = (eventId: string, version: number, visibility: string) => ({
    eventId: eventIds.encode(eventId),
    version,
    visibility,
  });
  const known = (id: string) => content.db.knownEvent.findUnique({ where: { id } });

  it('keep the visibility of the highest version, in whatever order they arrive and however often', async () => {
    const id = eventIds.create();
    await content.receive('event.published', told(id, 2, 'PUBLIC'));
    await content.receive('event.published', told(id, 2, 'PUBLIC'));
    await content.receive('event.changed', told(id, 4, 'PRIVATE'));
    await content.receive('event.changed', told(id, 3, 'MEMBERS'));
    expect(await known(id)).toMatchObject({ id, version: 4, visibility: 'PRIVATE' });
  });
});
