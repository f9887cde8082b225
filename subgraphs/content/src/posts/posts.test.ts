import { auditLines, aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventIds, mediaIds, postIds, userIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

const create = `mutation ($input: CreatePostInput!) { createPost(input: $input) {
  post { id text language hashtags version visibility publishedAt author { id } event { id } media { id url } }
  userErrors { code path message }
} }`;
const edit = `mutation ($input: EditPostInput!) { editPost(input: $input) {
  post { id text hashtags version editedAt visibility media { id } } userErrors { code path } } }`;
const remove = `mutation ($input: DeletePostInput!) { deletePost(input: $input) { deletedPostId userErrors { code } } }`;
const read = `query ($id: ID!) { post(id: $id) { id text } }`;

interface Edited {
  post: { text: string };
  userErrors: object[];
}

const draft = (overrides: object = {}) => ({
  idempotencyKey: crypto.randomUUID(),
  text: 'Salut #Berlin',
  language: 'ro',
  ...overrides,
});

describe('createPost', () => {
  it('publishes a post with its hashtags, files and event, and tells others', async () => {
    const author = await content.given.member();
    const [first, second] = [await content.given.media(author.id), await content.given.media(author.id)];
    const event = await content.given.event();
    const input = draft({ mediaIds: [second.publicId, first.publicId], eventId: event.publicId });
    const { data, errors } = await content.as(author).execute(create, { input });
    expect(errors).toEqual([]);
    const { post } = data.createPost;
    expect(post).toMatchObject({
      text: 'Salut #Berlin',
      language: 'ro',
      hashtags: ['berlin'],
      version: 1,
      visibility: 'PUBLIC',
      author: { id: userIds.encode(author.id) },
      event: { id: event.publicId },
      media: [{ id: second.publicId }, { id: first.publicId }],
    });
    expect((await content.published()).at(-1)).toEqual({
      type: 'post.published',
      key: post.id,
      data: {
        postId: post.id,
        version: 1,
        text: 'Salut #Berlin',
        language: 'ro',
        hashtags: ['berlin'],
        authorId: userIds.encode(author.id),
        eventId: event.publicId,
        visibility: 'PUBLIC',
        publishedAt: post.publishedAt,
      },
    });
  });

  it('publishes once for one key, however many calls arrive at the same time', async () => {
    const author = await content.given.member();
    const input = draft();
    const calls = Array.from({ length: 5 }, () => content.as(author).execute(create, { input }));
    const ids = (await Promise.all(calls)).map(({ data }) => data.createPost.post.id as string);
    expect(new Set(ids).size).toBe(1);
    expect(await content.db.post.count({ where: { authorId: author.id } })).toBe(1);
    const other = await content.as(author).execute(create, { input: { ...input, text: 'altceva' } });
    expect(other.data.createPost.userErrors).toMatchObject([{ code: 'CONFLICT' }]);
  });

  it('does not bring back a deleted post when its call is repeated', async () => {
    const author = await content.given.member();
    const input = draft();
    const { data } = await content.as(author).execute(create, { input });
    await content.as(author).execute(remove, { input: { postId: data.createPost.post.id } });
    const again = await content.as(author).execute(create, { input });
    expect(again.data.createPost).toMatchObject({ post: null, userErrors: [{ code: 'CONFLICT' }] });
  });

  it('keeps right-to-left marks and emoji', async () => {
    const author = await content.given.member();
    const text = '\u200fשלום \u202bעולם\u202c 👩‍👩‍👧‍👦 #שלום';
    const { data } = await content.as(author).execute(create, { input: draft({ text, language: 'he' }) });
    expect(data.createPost.post).toMatchObject({ text, hashtags: ['שלום'] });
  });

  it.each([
    ['an empty text', { text: ' \n ' }, ['text']],
    ['a text too long', { text: 'a'.repeat(5_001) }, ['text']],
    ['a control character', { text: 'a\u0007b' }, ['text']],
    ['the same file twice', { mediaIds: ['med_1', 'med_1'] }, ['mediaIds']],
    ['too many files', { mediaIds: Array.from({ length: 11 }, (_, index) => `med_${index}`) }, ['mediaIds']],
    ['a malformed event', { eventId: 'nonsense' }, null],
    ['an id of another kind', { eventId: userIds.encode(userIds.create()) }, null],
    ['an empty key', { idempotencyKey: '' }, ['idempotencyKey']],
  ])('refuses %s', async (_name, overrides, path) => {
    const author = await content.given.member();
    const { data, errors } = await content.as(author).execute(create, { input: draft(overrides) });
    expect(errors).toEqual([]);
    expect(data.createPost).toMatchObject({ post: null, userErrors: [{ code: 'INVALID_INPUT', path }] });
    expect(await content.db.post.count({ where: { authorId: author.id } })).toBe(0);
  });

  it('attaches only ready files of the author', async () => {
    const author = await content.given.member();
    const foreign = await content.given.media(userIds.create());
    const pending = await content.given.media(author.id, 'PENDING');
    const nothing = { publicId: mediaIds.encode(mediaIds.create()) };
    for (const [file, code] of [
      [foreign, 'NOT_FOUND'],
      [nothing, 'NOT_FOUND'],
      [pending, 'MEDIA_NOT_READY'],
    ] as const) {
      const input = draft({ mediaIds: [file.publicId] });
      const { data } = await content.as(author).execute(create, { input });
      expect(data.createPost.userErrors).toMatchObject([{ code, path: ['mediaIds', '0'] }]);
    }
  });

  it('names no event that fewer people see', async () => {
    const author = await content.given.member();
    const unknown = eventIds.encode(eventIds.create());
    const hidden = await content.given.event('PRIVATE');
    const internal = await content.given.event('MEMBERS');
    const attempt = async (overrides: object) =>
      (await content.as(author).execute(create, { input: draft(overrides) })).data.createPost
        .userErrors as object[];
    expect(await attempt({ eventId: unknown })).toMatchObject([{ code: 'NOT_FOUND', path: ['eventId'] }]);
    expect(await attempt({ eventId: hidden.publicId })).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(await attempt({ eventId: internal.publicId })).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect(await attempt({ eventId: internal.publicId, visibility: 'MEMBERS' })).toEqual([]);
  });
});

describe('editPost', () => {
  it('changes what is given, keeps what is absent and tells others the new version', async () => {
    const author = await content.given.member();
    const post = await content.given.post({ authorId: author.id });
    const file = await content.given.media(author.id);
    const input = {
      postId: post.publicId,
      expectedVersion: 1,
      text: 'Acum #Cluj',
      mediaIds: [file.publicId],
    };
    const { data } = await content.as(author).execute(edit, { input });
    expect(data.editPost.post).toMatchObject({
      text: 'Acum #Cluj',
      hashtags: ['cluj'],
      version: 2,
      visibility: 'PUBLIC',
      media: [{ id: file.publicId }],
    });
    expect(data.editPost.post.editedAt).not.toBeNull();
    const told = (await content.published()).at(-1);
    expect(told).toMatchObject({
      type: 'post.published',
      key: post.publicId,
      data: { version: 2, hashtags: ['cluj'] },
    });
    const kept = { postId: post.publicId, expectedVersion: 2, visibility: 'MEMBERS' };
    const second = await content.as(author).execute(edit, { input: kept });
    expect(second.data.editPost.post).toMatchObject({
      text: 'Acum #Cluj',
      visibility: 'MEMBERS',
      media: [{ id: file.publicId }],
    });
  });

  it('replaces all files, in the new order', async () => {
    const author = await content.given.member();
    const files = [await content.given.media(author.id), await content.given.media(author.id)].map(
      (f) => f.publicId,
    );
    const created = await content.as(author).execute(create, { input: draft({ mediaIds: files }) });
    const postId = created.data.createPost.post.id;
    const media = async (expectedVersion: number, mediaIds: string[]) => {
      const { data } = await content
        .as(author)
        .execute(edit, { input: { postId, expectedVersion, mediaIds } });
      return (data.editPost.post.media as { id: string }[]).map(({ id }) => id);
    };
    expect(await media(1, [files[1]!, files[0]!])).toEqual([files[1], files[0]]);
    expect(await media(2, [])).toEqual([]);
  });

  it('lets one of several edits of one version win and answers the others with the current state', async () => {
    const author = await content.given.member();
    const post = await content.given.post({ authorId: author.id });
    const attempts = Array.from({ length: 6 }, (_, index) => {
      const input = { postId: post.publicId, expectedVersion: 1, text: `varianta ${index}` };
      return content.as(author).execute(edit, { input });
    });
    const answers = (await Promise.all(attempts)).map(({ data }) => data.editPost as Edited);
    const winners = answers.filter(({ userErrors }) => userErrors.length === 0);
    expect(winners).toHaveLength(1);
    for (const loser of answers.filter((answer) => !winners.includes(answer))) {
      expect(loser).toMatchObject({
        post: { version: 2, text: winners[0]?.post.text },
        userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
      });
    }
  });

  it('does not open a post beyond its event', async () => {
    const author = await content.given.member();
    const event = await content.given.event('MEMBERS');
    const post = await content.given.post({ authorId: author.id, eventId: event.id, visibility: 'MEMBERS' });
    const input = { postId: post.publicId, expectedVersion: 1, visibility: 'PUBLIC' };
    const { data } = await content.as(author).execute(edit, { input });
    expect(data.editPost.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });
});

describe('a post for members', () => {
  it.each([
    ['a visitor', null, false],
    ['a member', aViewer(), true],
    ['a program', aViewer({ kind: 'service', roles: ['PARTNER'], scopes: ['events:read'] }), false],
    ['a program that may', aViewer({ kind: 'service', roles: ['PARTNER'], scopes: ['content:read'] }), true],
  ])('is seen or not by %s', async (_name, viewer, isSeen) => {
    const author = await content.given.member();
    const post = await content.given.post({ authorId: author.id, visibility: 'MEMBERS' });
    const { data } = await content.as(viewer).execute(read, { id: post.publicId });
    expect(data.post?.id ?? null).toBe(isSeen ? post.publicId : null);
  });
});

describe('deletePost', () => {
  it('is on record, without what was said, when it is somebody else’s post', async () => {
    const [author, superUser] = [await content.given.member(), aViewer({ roles: ['SUPER_USER'] })];
    const [own, others] = [
      await content.given.post({ authorId: author.id }),
      await content.given.post({ authorId: author.id, text: 'Foarte rău' }),
    ];
    await content.as(author).execute(remove, { input: { postId: own.publicId } });
    await content.as(superUser).execute(remove, { input: { postId: others.publicId } });
    await content.as(superUser).execute(remove, { input: { postId: others.publicId } });
    expect(await auditLines(content.db, own.publicId)).toEqual([]);
    const lines = await auditLines(content.db, others.publicId);
    expect(lines).toMatchObject([
      { action: 'post.removed', actor: { kind: 'PERSON', id: superUser.id }, personId: author.id },
    ]);
    expect(JSON.stringify(lines)).not.toContain('Foarte');
  });

  it('removes the post and what it said, once', async () => {
    const author = await content.given.member();
    const post = await content.given.post({ authorId: author.id, text: 'secret', hashtags: ['x'] });
    const before = (await content.published()).length;
    for (let time = 0; time < 2; time++) {
      const { data } = await content.as(author).execute(remove, { input: { postId: post.publicId } });
      expect(data.deletePost).toEqual({ deletedPostId: post.publicId, userErrors: [] });
    }
    expect((await content.as(author).execute(read, { id: post.publicId })).data.post).toBeNull();
    expect(await content.db.post.findUnique({ where: { id: post.id } })).toMatchObject({
      text: '',
      hashtags: [],
    });
    expect((await content.published()).slice(before)).toMatchObject([
      { type: 'post.removed', key: post.publicId, data: { postId: post.publicId, version: 2 } },
    ]);
  });

  it('succeeds for each of two calls that meet, and tells others once', async () => {
    const author = await content.given.member();
    const posts = [];
    for (let index = 0; index < 10; index++) posts.push(await content.given.post({ authorId: author.id }));
    const before = (await content.published()).length;
    const calls = posts.flatMap(({ publicId: postId }) =>
      [1, 2].map(() => content.as(author).execute(remove, { input: { postId } })),
    );
    const answers = (await Promise.all(calls)).map(({ data }) => data.deletePost as { userErrors: object[] });
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect((await content.published()).length - before).toBe(posts.length);
  });

  it('leaves one outcome when an edit and a removal meet, and the removal is told last', async () => {
    const author = await content.given.member();
    const post = await content.given.post({ authorId: author.id });
    const input = { postId: post.publicId, expectedVersion: 1, text: 'altfel' };
    const before = (await content.published()).length;
    await Promise.all([
      content.as(author).execute(edit, { input }),
      content.as(author).execute(remove, { input: { postId: post.publicId } }),
    ]);
    const told = (await content.published()).slice(before);
    expect(told.at(-1)?.type).toBe('post.removed');
    const versions = told.map(({ data }) => Number(data['version']));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
  });
});

describe('who sees a post', () => {
  it('shows members-only posts to people who are signed in, on every way to them', async () => {
    const author = await content.given.member();
    const event = await content.given.event();
    const post = await content.given.post({ authorId: author.id, eventId: event.id, visibility: 'MEMBERS' });
    const file = await content.given.media(author.id);
    await content.db.postMedia.create({ data: { postId: post.id, mediaId: file.id, position: 0 } });
    const comment = await content.given.comment(post);
    const ways = `query ($id: ID!, $r: [_Any!]!) {
      post(id: $id) { id }
      feed(filter: { eventId: "${event.publicId}" }, first: 5) { nodes { id } }
      _entities(representations: $r) {
        ... on Post { id } ... on Comment { id text } ... on Media { id url }
        ... on User { posts(first: 5) { nodes { id } } } ... on Event { posts(first: 5) { nodes { id } } }
      } }`;
    const representations = [
      { __typename: 'Post', id: post.publicId },
      { __typename: 'Comment', id: comment.publicId },
      { __typename: 'Media', id: file.publicId },
      { __typename: 'User', id: userIds.encode(author.id) },
      { __typename: 'Event', id: event.publicId },
    ];
    const variables = { id: post.publicId, r: representations };
    const visitor = await content.anonymous.execute(ways, variables);
    expect(visitor.errors).toEqual([]);
    const none = { nodes: [] };
    expect(visitor.data).toEqual({
      post: null,
      feed: none,
      _entities: [null, null, null, { posts: none }, { posts: none }],
    });
    const { data } = await content.as(aViewer()).execute(ways, variables);
    const one = { nodes: [{ id: post.publicId }] };
    expect(data).toMatchObject({
      post: { id: post.publicId },
      feed: one,
      _entities: [
        { id: post.publicId },
        { id: comment.publicId },
        { id: file.publicId },
        { posts: one },
        { posts: one },
      ],
    });
  });

  it('answers null for references that are malformed or of another kind', async () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }`;
    const wrong = [
      '',
      'nonsense',
      'pst_',
      `pst_${'z'.repeat(26)}`,
      userIds.encode(userIds.create()).replace('usr', 'xyz'),
    ];
    const r = ['Post', 'Comment', 'Media', 'User', 'Event'].flatMap((__typename) =>
      wrong.map((id) => ({ __typename, id })),
    );
    const { data, errors } = await content.anonymous.execute(query, { r });
    expect(errors).toEqual([]);
    expect(data._entities).toEqual(r.map(() => null));
  });

  it('says that a malformed id is malformed', async () => {
    expect((await content.anonymous.execute(read, { id: 'nonsense' })).codes).toEqual(['INVALID_INPUT']);
    expect(
      (await content.anonymous.execute(read, { id: postIds.encode(postIds.create()) })).data.post,
    ).toBeNull();
  });

  it.each([
    ['neither first nor last', ''],
    ['both', '(first: 1, last: 1)'],
    ['too large a page', '(first: 101)'],
    ['a negative page', '(last: -1)'],
    ['a foreign cursor', '(first: 1, after: "bm9uc2Vuc2U")'],
  ])('refuses a page with %s', async (_name, args) => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { posts${args} { nodes { id } } } } }`;
    const r = [{ __typename: 'User', id: userIds.encode(userIds.create()) }];
    expect((await content.anonymous.execute(query, { r })).codes).toEqual(['INVALID_INPUT']);
  });
});
