import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { userIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

type TieMessage = `user.${'blocked' | 'unblocked' | 'muted' | 'unmuted'}`;
const told = (type: TieMessage, person: Viewer, other: Viewer, version = 1) =>
  content.receive(type, { personId: userIds.encode(person.id), otherId: userIds.encode(other.id), version });

/** Two people between whom there is a block, somebody else, and what each of them wrote. */
async function scene() {
  const [blocker, blocked, third] = [
    await content.given.member(),
    await content.given.member(),
    await content.given.member(),
  ];
  const event = await content.given.event();
  const hashtag = `tag${userIds.encode(blocker.id)}`;
  const postOf = async (author: Viewer) => {
    const post = await content.given.post({ authorId: author.id, eventId: event.id, hashtags: [hashtag] });
    const media = await content.given.media(author.id);
    await content.db.postMedia.create({ data: { postId: post.id, mediaId: media.id, position: 0 } });
    return { ...post, mediaId: media.publicId };
  };
  const posts = {
    blocker: await postOf(blocker),
    blocked: await postOf(blocked),
    third: await postOf(third),
  };
  const comments = {
    blocker: await content.given.comment(posts.third, { authorId: blocker.id }),
    blocked: await content.given.comment(posts.third, { authorId: blocked.id }),
    third: await content.given.comment(posts.third, { authorId: third.id }),
  };
  await told('user.blocked', blocker, blocked);
  return { blocker, blocked, third, event, hashtag, posts, comments };
}
type Scene = Awaited<ReturnType<typeof scene>>;
type Name = 'blocker' | 'blocked' | 'third';
const names: readonly Name[] = ['blocker', 'blocked', 'third'];

const ways = `query ($r: [_Any!]!, $id: ID!, $tag: String!, $after: String) {
  feed(first: 10, filter: { hashtags: [$tag] }) { nodes { id } }
  rest: feed(first: 10, after: $after, filter: { hashtags: [$tag] }) { nodes { id } }
  post(id: $id) { comments(first: 10) { nodes { id } edges { cursor } } }
  _entities(representations: $r) { __typename
    ... on Post { id } ... on Comment { id } ... on Media { id }
    ... on User { posts(first: 10) { nodes { id } } }
    ... on Event { posts(first: 10) { nodes { id } } } } }`;

/** Whose writings somebody reaches, by each way there is. */
async function reachedBy(viewer: Viewer | null, { posts, comments, event, hashtag, ...people }: Scene) {
  const client = viewer ? content.as(viewer) : content.anonymous;
  const representations = [
    ...names.map((name) => ({ __typename: 'Post', id: posts[name].publicId })),
    ...names.map((name) => ({ __typename: 'Comment', id: comments[name].publicId })),
    ...names.map((name) => ({ __typename: 'Media', id: posts[name].mediaId })),
    ...names.map((name) => ({ __typename: 'User', id: userIds.encode(people[name].id) })),
    { __typename: 'Event', id: event.publicId },
  ];
  const variables = { r: representations, id: posts.third.publicId, tag: hashtag };
  const { data, errors } = await client.execute(ways, variables);
  expect(errors).toEqual([]);
  const first = Buffer.from(JSON.stringify(['9999-01-01T00:00:00.000Z', userIds.create()])).toString(
    'base64url',
  );
  const later = await client.execute(ways, { ...variables, after: first });
  const ownerOf = new Map(
    names.flatMap((name) =>
      [posts[name].publicId, comments[name].publicId, posts[name].mediaId].map((id) => [id, name] as const),
    ),
  );
  const ownersIn = (nodes: ({ id: string } | null)[]) =>
    names.filter((name) => nodes.some((node) => node && ownerOf.get(node.id) === name));
  const entities = data._entities as any[];
  return {
    feed: ownersIn(data.feed.nodes),
    'feed further down': ownersIn(later.data.rest.nodes),
    'a comment in a list': ownersIn(data.post.comments.nodes),
    'a post by reference': ownersIn(entities.slice(0, 3)),
    'a comment by reference': ownersIn(entities.slice(3, 6)),
    'a file by reference': ownersIn(entities.slice(6, 9)),
    'the posts of a person': ownersIn(entities.slice(9, 12).flatMap(({ posts: { nodes } }) => nodes)),
    'the posts of an event': ownersIn(entities[12].posts.nodes),
  };
}

describe('a block', () => {
  const table: [string, (scene: Scene) => Viewer | null, Name[]][] = [
    ['the blocker', ({ blocker }) => blocker, ['blocker', 'third']],
    ['the blocked', ({ blocked }) => blocked, ['blocked', 'third']],
    ['somebody else', ({ third }) => third, ['blocker', 'blocked', 'third']],
    ['a visitor', () => null, ['blocker', 'blocked', 'third']],
    [
      'a super user who is blocked',
      () => aViewer({ roles: ['SUPER_USER'] }),
      ['blocker', 'blocked', 'third'],
    ],
  ];
  it.each(table)('hides what each of the two writes from the other: %s', async (_name, pick, owners) => {
    const given = await scene();
    const viewer = pick(given);
    if (viewer?.roles.includes('SUPER_USER')) await told('user.blocked', given.blocker, viewer);
    for (const [way, reached] of Object.entries(await reachedBy(viewer, given))) {
      expect([way, reached]).toEqual([way, owners]);
    }
  });

  it('refuses answers and likes either way, as if the post were not there, and changes nothing', async () => {
    const { blocker, blocked, posts } = await scene();
    const add = `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } userErrors { code } } }`;
    const like = `mutation ($input: LikePostInput!) { likePost(input: $input) { post { id } userErrors { code } } }`;
    for (const [viewer, post] of [
      [blocker, posts.blocked],
      [blocked, posts.blocker],
    ] as const) {
      const input = { idempotencyKey: crypto.randomUUID(), postId: post.publicId, text: 'Salut' };
      const said = await content.as(viewer).execute(add, { input });
      expect(said.data.addComment).toEqual({ comment: null, userErrors: [{ code: 'NOT_FOUND' }] });
      const liked = await content.as(viewer).execute(like, { input: { postId: post.publicId } });
      expect(liked.data.likePost).toEqual({ post: null, userErrors: [{ code: 'NOT_FOUND' }] });
      const kept = await content.db.post.findUniqueOrThrow({ where: { id: post.id } });
      expect(kept).toMatchObject({ commentCount: 0, reactionCount: 0 });
    }
  });

  it('ends when the last of the two blocks ends', async () => {
    const given = await scene();
    const { blocker, blocked } = given;
    await told('user.blocked', blocked, blocker, 2);
    await told('user.unblocked', blocker, blocked, 3);
    expect((await reachedBy(blocker, given)).feed).toEqual(['blocker', 'third']);
    await told('user.unblocked', blocked, blocker, 4);
    expect((await reachedBy(blocker, given)).feed).toEqual(['blocker', 'blocked', 'third']);
  });

  it('does not keep its two from their own files', async () => {
    const { blocked, posts } = await scene();
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Media { id } } }`;
    const r = [{ __typename: 'Media', id: posts.blocked.mediaId }];
    expect((await content.as(blocked).execute(query, { r })).data._entities).toEqual(
      r.map(({ id }) => ({ id })),
    );
  });
});

describe('a mute', () => {
  it('keeps a person out of the feed of whoever muted, and nothing else from anybody', async () => {
    const given = await scene();
    const { third, blocker } = given;
    const before = await reachedBy(third, given);
    await told('user.muted', third, blocker);
    const feed = ['blocked', 'third'];
    expect(await reachedBy(third, given)).toEqual({ ...before, feed, 'feed further down': feed });
    expect((await reachedBy(blocker, given)).feed).toEqual(['blocker', 'third']);
    await told('user.unmuted', third, blocker, 2);
    expect(await reachedBy(third, given)).toEqual(before);
  });
});

describe('what users tell of blocks and mutes', () => {
  it('ends in the same state in whatever order it arrives and however often', async () => {
    const steps = fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }).chain((activity) => {
      const messages = activity.map((isActive, index) => ({ isActive, version: index + 1 }));
      const repeated = fc.array(fc.constantFrom(...messages), { maxLength: 4 });
      return fc.tuple(
        fc.constant(messages.at(-1)!),
        repeated.chain((again) =>
          fc.shuffledSubarray([...messages, ...again], { minLength: messages.length + again.length }),
        ),
      );
    });
    await fc.assert(
      fc.asyncProperty(steps, async ([{ isActive, version }, deliveries]) => {
        const [person, other] = [aViewer(), aViewer()];
        for (const message of deliveries) {
          await told(message.isActive ? 'user.blocked' : 'user.unblocked', person, other, message.version);
          await told(message.isActive ? 'user.muted' : 'user.unmuted', person, other, message.version);
        }
        const where = { blockerId: person.id, blockedId: other.id };
        expect(await content.db.block.findMany({ where })).toEqual([{ ...where, isActive, version }]);
        const mute = { muterId: person.id, mutedId: other.id };
        expect(await content.db.mute.findMany({ where: mute })).toEqual([{ ...mute, isActive, version }]);
      }),
      { numRuns: 20 },
    );
  });
});
