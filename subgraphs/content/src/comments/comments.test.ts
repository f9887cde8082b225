import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines } from '@diaspora/kit/testing';
import { commentIds, postIds, userIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

const add = `mutation ($input: AddCommentInput!) { addComment(input: $input) {
  comment { id text isDeleted createdAt author { id } post { id commentCount } } userErrors { code path } } }`;
const remove = `mutation ($input: DeleteCommentInput!) { deleteComment(input: $input) {
  comment { id text isDeleted post { commentCount } } userErrors { code } } }`;
const thread = `query ($id: ID!, $first: Int, $after: String) { post(id: $id) { commentCount
  comments(first: $first, after: $after) { nodes { id text isDeleted } pageInfo { hasNextPage endCursor } } } }`;

const said = (postId: string, text = 'Ce frumos!') => ({ idempotencyKey: crypto.randomUUID(), postId, text });
const counts = async (postId: string) => ({
  kept: (await content.db.post.findUniqueOrThrow({ where: { id: postId } })).commentCount,
  recount: await content.db.comment.count({ where: { postId, deletedAt: null } }),
});

describe('addComment', () => {
  it('adds a comment and tells others its beginning', async () => {
    const [author, reader] = [await content.given.member(), await content.given.member()];
    const post = await content.given.post({ authorId: author.id });
    const text = 'a'.repeat(139) + '👩‍👩‍👧‍👦';
    const { data } = await content.as(reader).execute(add, { input: said(post.publicId, text) });
    const { comment } = data.addComment;
    expect(comment).toMatchObject({
      text,
      isDeleted: false,
      author: { id: userIds.encode(reader.id) },
      post: { id: post.publicId, commentCount: 1 },
    });
    expect((await content.published()).at(-1)).toEqual({
      type: 'comment.added',
      key: post.publicId,
      data: {
        commentId: comment.id,
        postId: post.publicId,
        excerpt: 'a'.repeat(139),
        createdAt: comment.createdAt,
        postAuthorId: userIds.encode(author.id),
        authorId: userIds.encode(reader.id),
      },
    });
  });

  it('adds one comment for one key, however many calls arrive at the same time', async () => {
    const reader = await content.given.member();
    const post = await content.given.post();
    const input = said(post.publicId);
    const calls = Array.from({ length: 5 }, () => content.as(reader).execute(add, { input }));
    const ids = (await Promise.all(calls)).map(({ data }) => data.addComment.comment.id as string);
    expect(new Set(ids).size).toBe(1);
    expect(await counts(post.id)).toEqual({ kept: 1, recount: 1 });
  });

  it('says, when its call is repeated, that the post was removed meanwhile', async () => {
    const reader = await content.given.member();
    const post = await content.given.post();
    const input = said(post.publicId);
    await content.as(reader).execute(add, { input });
    await content.db.post.update({ where: { id: post.id }, data: { text: '', removedAt: new Date() } });
    const { data, errors } = await content.as(reader).execute(add, { input });
    expect(errors).toEqual([]);
    expect(data.addComment).toEqual({
      comment: null,
      userErrors: [{ code: 'NOT_FOUND', path: ['postId'] }],
    });
  });

  it('refuses posts that are not there, and texts that are too long or empty', async () => {
    const reader = await content.given.member();
    const removed = await content.given.post({ text: '', removedAt: new Date() });
    const attempt = async (input: object) =>
      (await content.as(reader).execute(add, { input })).data.addComment.userErrors[0] as object;
    expect(await attempt(said(postIds.encode(postIds.create())))).toEqual({
      code: 'NOT_FOUND',
      path: ['postId'],
    });
    expect(await attempt(said(removed.publicId))).toEqual({ code: 'NOT_FOUND', path: ['postId'] });
    expect(await attempt(said('nonsense'))).toMatchObject({ code: 'INVALID_INPUT' });
    const post = await content.given.post();
    expect(await attempt(said(post.publicId, 'a'.repeat(2_001)))).toEqual({
      code: 'INVALID_INPUT',
      path: ['text'],
    });
    expect(await attempt(said(post.publicId, ' \u0007'))).toEqual({ code: 'INVALID_INPUT', path: ['text'] });
    const nul = await content.as(reader).execute(add, { input: said(post.publicId, 'a\u0000') });
    expect(nul.codes).toEqual(['INVALID_INPUT']);
    expect(await counts(post.id)).toEqual({ kept: 0, recount: 0 });
  });
});

describe('deleteComment', () => {
  it('is on record when it is somebody else’s comment', async () => {
    const [author, guest] = [await content.given.member(), await content.given.member()];
    const post = await content.given.post({ authorId: author.id });
    const comment = await content.given.comment(post, { authorId: guest.id });
    const own = await content.given.comment(post, { authorId: author.id });
    for (const { publicId } of [comment, comment, own])
      await content.as(author).execute(remove, { input: { commentId: publicId } });
    expect(await auditLines(content.db, comment.publicId)).toMatchObject([
      { action: 'comment.removed', actor: { id: author.id }, personId: guest.id },
    ]);
    expect(await auditLines(content.db, own.publicId)).toEqual([]);
  });

  it('leaves an empty place, and deletes once', async () => {
    const author = await content.given.member();
    const post = await content.given.post({ authorId: author.id });
    const [first, second] = [await content.given.comment(post), await content.given.comment(post)];
    for (let time = 0; time < 2; time++) {
      const { data } = await content.as(author).execute(remove, { input: { commentId: first.publicId } });
      const comment = { id: first.publicId, text: null, isDeleted: true, post: { commentCount: 1 } };
      expect(data.deleteComment).toEqual({ comment, userErrors: [] });
    }
    const { data } = await content.anonymous.execute(thread, { id: post.publicId, first: 10 });
    expect(data.post.commentCount).toBe(1);
    expect(data.post.comments.nodes).toEqual([
      { id: first.publicId, text: null, isDeleted: true },
      { id: second.publicId, text: 'Ce frumos!', isDeleted: false },
    ]);
  });

  it('is refused to others, and says nothing of comments that are not there', async () => {
    const stranger = await content.given.member();
    const comment = await content.given.comment(await content.given.post());
    const input = { commentId: comment.publicId };
    expect((await content.as(stranger).execute(remove, { input })).codes).toEqual(['FORBIDDEN']);
    const kept = await content.db.comment.findUniqueOrThrow({ where: { id: comment.id } });
    expect(kept.text).toBe('Ce frumos!');
    const nothing = { commentId: commentIds.encode(commentIds.create()) };
    const { data } = await content.as(stranger).execute(remove, { input: nothing });
    expect(data.deleteComment.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
  });
});

describe('the number of comments', () => {
  it('would be lost to races without the lock', async () => {
    const post = await content.given.post();
    // Two people read the same number and each writes one more.
    const reads = await Promise.all(
      [1, 2].map(() => content.db.post.findUniqueOrThrow({ where: { id: post.id } })),
    );
    for (const { commentCount } of reads) {
      await content.db.comment.create({
        data: {
          id: commentIds.create(),
          postId: post.id,
          authorId: post.authorId,
          text: 'x',
          createdAt: new Date(),
        },
      });
      await content.db.post.update({ where: { id: post.id }, data: { commentCount: commentCount + 1 } });
    }
    expect(await counts(post.id)).toEqual({ kept: 1, recount: 2 });
  });

  it('equals a recount while people add and delete at the same time', async () => {
    const author = await content.given.member();
    const post = await content.given.post({ authorId: author.id });
    const existing = [];
    for (let index = 0; index < 6; index++) existing.push(await content.given.comment(post));
    const work = existing.flatMap(({ publicId }) => [
      () => content.as(author).execute(add, { input: said(post.publicId) }),
      () => content.as(author).execute(remove, { input: { commentId: publicId } }),
      // The same deletion from a second device.
      () => content.as(author).execute(remove, { input: { commentId: publicId } }),
    ]);
    const answers = await Promise.all(work.map((run) => run()));
    expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await counts(post.id)).toEqual({ kept: 6, recount: 6 });
  });
});

describe('a thread', () => {
  it('is paged oldest first without repeats or gaps', async () => {
    const post = await content.given.post();
    const ids = [];
    for (let index = 0; index < 7; index++) ids.push((await content.given.comment(post)).publicId);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await content.anonymous.execute(thread, { id: post.publicId, first: 3, after });
      const nodes: { id: string }[] = data.post.comments.nodes;
      seen.push(...nodes.map(({ id }) => id));
      const { hasNextPage, endCursor }: { hasNextPage: boolean; endCursor: string } =
        data.post.comments.pageInfo;
      after = hasNextPage ? endCursor : null;
    } while (after);
    expect(seen).toEqual(ids);
  });

  it('costs as many statements for all posts of a page as for one, from either end', async () => {
    const event = await content.given.event();
    const query = (
      posts: number,
    ) => `{ feed(filter: { eventId: "${event.publicId}" }, first: ${posts}) { nodes { id
      oldest: comments(first: 2) { nodes { id } pageInfo { hasNextPage } }
      newest: comments(last: 2) { nodes { id } pageInfo { hasPreviousPage } } } } }`;
    const expected = [];
    for (let count = 0; count < 4; count++) {
      const post = await content.given.post({ eventId: event.id });
      const ids: { id: string }[] = [];
      for (let index = 0; index < count; index++)
        ids.push({ id: (await content.given.comment(post)).publicId });
      expected.unshift({
        id: post.publicId,
        oldest: { nodes: ids.slice(0, 2), pageInfo: { hasNextPage: count > 2 } },
        newest: { nodes: ids.slice(-2), pageInfo: { hasPreviousPage: count > 2 } },
      });
    }
    const read = async (posts: number) => {
      const before = content.statements();
      const { data } = await content.anonymous.execute(query(posts));
      return { nodes: data.feed.nodes as object[], statements: content.statements() - before };
    };
    const all = await read(10);
    expect(all.nodes).toEqual(expected);
    expect(all.statements).toBe((await read(1)).statements);
  });
});
