import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { postIds, userIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

const like = `mutation ($id: ID!) { likePost(input: { postId: $id }) {
  post { reactionCount viewerHasLiked } userErrors { code } } }`;
const unlike = `mutation ($id: ID!) { unlikePost(input: { postId: $id }) {
  post { reactionCount viewerHasLiked } userErrors { code } } }`;
const counts = async (postId: string) => ({
  kept: (await content.db.post.findUniqueOrThrow({ where: { id: postId } })).reactionCount,
  recount: await content.db.reaction.count({ where: { postId } }),
});
const told = async (postId: string) =>
  (await content.published()).filter(({ type, key }) => type === 'reaction.added' && key === postId);

describe('likes', () => {
  it('count once for each person and are told once', async () => {
    const [author, reader] = [await content.given.member(), await content.given.member()];
    const post = await content.given.post({ authorId: author.id });
    for (let time = 0; time < 2; time++) {
      const { data } = await content.as(reader).execute(like, { id: post.publicId });
      expect(data.likePost).toEqual({ post: { reactionCount: 1, viewerHasLiked: true }, userErrors: [] });
    }
    const data = { postId: post.publicId, kind: 'LIKE', createdAt: content.clock.now().toISOString() };
    expect(await told(post.publicId)).toEqual([
      {
        type: 'reaction.added',
        key: post.publicId,
        data: { ...data, postAuthorId: userIds.encode(author.id), userId: userIds.encode(reader.id) },
      },
    ]);
  });

  it('can be taken back, also when there is none', async () => {
    const reader = await content.given.member();
    const post = await content.given.post();
    await content.as(reader).execute(like, { id: post.publicId });
    for (let time = 0; time < 2; time++) {
      const { data } = await content.as(reader).execute(unlike, { id: post.publicId });
      expect(data.unlikePost).toEqual({ post: { reactionCount: 0, viewerHasLiked: false }, userErrors: [] });
    }
  });

  it('are seen by who gave them, not by others', async () => {
    const [reader, other] = [await content.given.member(), await content.given.member()];
    const post = await content.given.post();
    await content.as(reader).execute(like, { id: post.publicId });
    const query = `query ($id: ID!) { post(id: $id) { reactionCount viewerHasLiked } }`;
    const seenBy = async (client = content.anonymous) =>
      (await client.execute(query, { id: post.publicId })).data.post as object;
    expect(await seenBy(content.as(reader))).toEqual({ reactionCount: 1, viewerHasLiked: true });
    expect(await seenBy(content.as(other))).toEqual({ reactionCount: 1, viewerHasLiked: false });
    expect(await seenBy()).toEqual({ reactionCount: 1, viewerHasLiked: false });
  });

  it('are refused where there is no post', async () => {
    const reader = await content.given.member();
    const { data } = await content.as(reader).execute(like, { id: postIds.encode(postIds.create()) });
    expect(data.likePost).toEqual({ post: null, userErrors: [{ code: 'NOT_FOUND' }] });
  });
});

describe('likes at the same time', () => {
  it('would be counted twice by looking first and writing then', async () => {
    const reader = await content.given.member();
    const post = await content.given.post();
    const { db } = content;
    const key = { postId: post.id, userId: reader.id };
    const looks = await Promise.all([1, 2].map(() => db.reaction.findMany({ where: key })));
    for (const found of looks) {
      if (found.length > 0) continue;
      await db.reaction.createMany({ data: [{ ...key, createdAt: new Date() }], skipDuplicates: true });
      await db.post.update({ where: { id: post.id }, data: { reactionCount: { increment: 1 } } });
    }
    expect(await counts(post.id)).toEqual({ kept: 2, recount: 1 });
  });

  it('of one person are one', async () => {
    const reader = await content.given.member();
    const post = await content.given.post();
    const calls = Array.from({ length: 12 }, () => content.as(reader).execute(like, { id: post.publicId }));
    expect((await Promise.all(calls)).flatMap(({ errors }) => errors)).toEqual([]);
    expect(await counts(post.id)).toEqual({ kept: 1, recount: 1 });
    expect(await told(post.publicId)).toHaveLength(1);
  });

  it('wait for their turn when a post is busy for seconds', async () => {
    const post = await content.given.post();
    const busy = content.db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT 1 FROM posts WHERE id = ${post.id}::uuid FOR UPDATE`;
      await tx.$executeRaw`SELECT pg_sleep(2.5)`;
    });
    // More than there are connections.
    const calls = Array.from({ length: 30 }, () =>
      content.as(aViewer()).execute(like, { id: post.publicId }),
    );
    expect((await Promise.all(calls)).flatMap(({ errors }) => errors)).toEqual([]);
    await busy;
    expect(await counts(post.id)).toEqual({ kept: 30, recount: 30 });
  });

  it('and unlikes of many people leave a count that equals a recount', async () => {
    const post = await content.given.post();
    const people = [];
    for (let index = 0; index < 8; index++) people.push(await content.given.member());
    const calls = people.flatMap((person, index) => [
      content.as(person).execute(like, { id: post.publicId }),
      content.as(person).execute(index % 2 ? unlike : like, { id: post.publicId }),
    ]);
    expect((await Promise.all(calls)).flatMap(({ errors }) => errors)).toEqual([]);
    const { kept, recount } = await counts(post.id);
    expect(kept).toBe(recount);
    expect(kept).toBeGreaterThanOrEqual(4);
  });
});
