import { createAudit, createOutbox, parsePage, type Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventIds, userIds } from '../ids.js';
import { messages } from '../messages.js';
import { givenContent, type Content } from '../testing/given.js';
import { createPostLoaders } from './loaders.js';
import { newestFirst } from './resolvers.js';
import { createPosts } from './service.js';

let content: Content;
const authors = Array.from({ length: 10 }, () => aViewer());
const events: string[] = [];

/** Each author has 0 to 9 posts on one of three events; of each author's some are removed and some for members. */
beforeAll(async () => {
  content = await givenContent();
  for (let index = 0; index < 3; index++) events.push((await content.given.event()).id);
  for (const [posts, author] of authors.entries()) {
    for (let index = 0; index < posts; index++) {
      await content.given.post({
        authorId: author.id,
        eventId: events[(posts + index) % 3]!,
        hashtags: ['hora', 'doină'],
        ...(index % 2 === 1 && { visibility: 'MEMBERS' }),
        ...(index % 3 === 2 && { text: '', removedAt: content.clock.now() }),
        // Some share a millisecond with the one before.
        ...(index % 4 === 3 && { publishedAt: new Date(content.clock.now().getTime() - 1) }),
      });
    }
  }
});
afterAll(() => content.stop());

const readers: [string, Viewer | null][] = [
  ['a visitor', null],
  ['a member', aViewer()],
  ['one of the authors', authors[9]!],
  ['a super user', aViewer({ roles: ['SUPER_USER'] })],
];
const query = `query ($parents: [_Any!]!) { _entities(representations: $parents) {
  ... on User { newest: posts(first: 3) { ...Page } oldest: posts(last: 3) { ...Page } }
  ... on Event { newest: posts(first: 3) { ...Page } oldest: posts(last: 3) { ...Page } } } }
  fragment Page on PostConnection { nodes { id text } pageInfo { hasNextPage hasPreviousPage } }`;
const people = authors.map(({ id }) => ({ __typename: 'User', id: userIds.encode(id) }));
const gatherings = () => events.map((id) => ({ __typename: 'Event', id: eventIds.encode(id) }));

describe('first pages of the posts of many parents', () => {
  it.each(readers)('are for %s what each parent alone would show', async (_name, viewer) => {
    const { db, clock } = content;
    const audit = createAudit({ source: 'content' });
    const alone = createPosts({ db, clock, outbox: createOutbox(messages), audit });
    for (const args of [{ first: 3 }, { last: 3 }, { first: 0 }, { first: 100 }]) {
      const page = parsePage(args, newestFirst);
      const { firstPostsOfAuthor, firstPostsOfEvent } = createPostLoaders(content.db, viewer);
      const authorIds = [...authors.map(({ id }) => id), userIds.create()];
      expect(await firstPostsOfAuthor(page).loadMany(authorIds)).toEqual(
        await Promise.all(authorIds.map((authorId) => alone.list(viewer, { authorId }, page))),
      );
      expect(await firstPostsOfEvent(page).loadMany(events)).toEqual(
        await Promise.all(events.map((eventId) => alone.list(viewer, { eventId }, page))),
      );
    }
  });

  it.each([
    ['people', () => people.slice(-1), () => people],
    ['events', () => gatherings().slice(-1), gatherings],
  ])('of %s cost as many statements as of one', async (_name, few, many) => {
    const cost = async (parents: unknown[]) => {
      const before = content.statements();
      const { errors } = await content.as(aViewer()).execute(query, { parents });
      expect(errors).toEqual([]);
      return content.statements() - before;
    };
    expect(await cost(many())).toBe(await cost(few()));
  });

  it('lead to the pages behind them', async () => {
    const author = authors[9]!;
    const list = `query ($parents: [_Any!]!, $after: String) { _entities(representations: $parents) {
      ... on User { posts(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } } }`;
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await content.as(author).execute(list, { parents: people.slice(-1), after });
      const { nodes, pageInfo } = data._entities[0].posts as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      seen.push(...nodes.map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(6);
  });

  it('show what a mutation of the same request has done', async () => {
    const author = await content.given.member();
    const input = (text: string) =>
      `{ idempotencyKey: "${text}", text: "${text}", language: "ro", visibility: PUBLIC }`;
    const fields = 'post { author { posts(first: 10) { nodes { text } } } }';
    const { data } = await content.as(author).execute(`mutation {
      one: createPost(input: ${input('one')}) { ${fields} } two: createPost(input: ${input('two')}) { ${fields} } }`);
    expect(data.one.post.author.posts.nodes).toHaveLength(1);
    expect(data.two.post.author.posts.nodes).toHaveLength(2);
  });
});
