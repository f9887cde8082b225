import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { postIds } from '../ids.js';
import { givenContent, type Content } from '../testing/given.js';

let content: Content;

beforeAll(async () => {
  content = await givenContent();
});
afterAll(() => content.stop());

const feed = `query ($filter: FeedFilter, $first: Int, $last: Int, $after: String, $before: String) {
  feed(filter: $filter, first: $first, last: $last, after: $after, before: $before) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

interface Page {
  nodes: { id: string }[];
  edges: { cursor: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}
const idsOf = (page: Page) => page.nodes.map(({ id }) => id);
async function found(filter: object, viewer: Viewer | null = aViewer()): Promise<string[]> {
  const client = viewer ? content.as(viewer) : content.anonymous;
  const { data, errors } = await client.execute(feed, { filter, first: 100 });
  expect(errors).toEqual([]);
  return idsOf(data.feed as Page);
}
/** Nobody else's posts have this language. */
const ownLanguage = (() => {
  let count = 0;
  return () => `de-x-t${++count}`;
})();

describe('the filter of a feed', () => {
  it('chooses by origin of the author, language, hashtag and event', async () => {
    const language = ownLanguage();
    const event = await content.given.event();
    const post = await content.given.post({
      language,
      authorOrigin: 'MD',
      hashtags: ['hora'],
      eventId: event.id,
    });
    const other = await content.given.post({ language, authorOrigin: 'RO' });
    const both = [other.publicId, post.publicId];
    expect(await found({ languages: [language] })).toEqual(both);
    expect(await found({ languages: [language], countriesOfOrigin: ['MD'] })).toEqual([post.publicId]);
    expect(await found({ languages: [language], countriesOfOrigin: ['MD', 'RO'] })).toEqual(both);
    expect(await found({ languages: [language], hashtags: ['#HORA', 'sarmale'] })).toEqual([post.publicId]);
    expect(await found({ eventId: event.publicId })).toEqual([post.publicId]);
    expect(await found({ eventId: event.publicId, countriesOfOrigin: ['RO'] })).toEqual([]);
    expect(await found({ languages: [language], countriesOfOrigin: [], hashtags: null })).toEqual(both);
  });

  it('takes a language without a region for all of its regions', async () => {
    const [ast, astES, astESx, asIN] = [
      await content.given.post({ language: 'ast' }),
      await content.given.post({ language: 'ast-ES' }),
      await content.given.post({ language: 'ast-ES-x-a' }),
      await content.given.post({ language: 'as-IN' }),
    ].map(({ publicId }) => publicId);
    expect(await found({ languages: ['ast'] })).toEqual([astESx, astES, ast]);
    expect(await found({ languages: ['ast-ES'] })).toEqual([astESx, astES]);
    expect(await found({ languages: ['as'] })).toEqual([asIN]);
    expect(await found({ languages: ['as', 'ast-ES'] })).toEqual([asIN, astESx, astES]);
  });

  it('does not show removed posts', async () => {
    const language = ownLanguage();
    await content.given.post({ language, text: '', removedAt: new Date() });
    expect(await found({ languages: [language] })).toEqual([]);
  });

  it('shows visitors public posts only, before the page is cut', async () => {
    const language = ownLanguage();
    const open = await content.given.post({ language });
    for (let index = 0; index < 3; index++) await content.given.post({ language, visibility: 'MEMBERS' });
    const { data } = await content.anonymous.execute(feed, { filter: { languages: [language] }, first: 1 });
    expect(idsOf(data.feed as Page)).toEqual([open.publicId]);
    expect(data.feed.pageInfo.hasNextPage).toBe(false);
    expect(await found({ languages: [language] })).toHaveLength(4);
  });

  it.each([
    ['too many hashtags', { hashtags: Array.from({ length: 21 }, (_, index) => `t${index}`) }],
    ['a malformed event', { eventId: 'nonsense' }],
    ['an event id of another kind', { eventId: postIds.encode(postIds.create()) }],
  ])('is refused with %s', async (_name, filter) => {
    expect((await content.anonymous.execute(feed, { filter, first: 1 })).codes).toEqual(['INVALID_INPUT']);
  });
});

describe('the pages of a feed', () => {
  it('hold each post once, newest first, while posts arrive and some of them share a millisecond', async () => {
    const language = ownLanguage();
    const publishedAt = content.clock.now();
    const existing = [];
    for (let index = 0; index < 25; index++) {
      const tied =
        index % 5 < 3 ? { publishedAt: new Date(publishedAt.getTime() + Math.floor(index / 5)) } : {};
      existing.push((await content.given.post({ language, ...tied })).publicId);
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const variables = { filter: { languages: [language] }, first: 4, after };
      const { data } = await content.anonymous.execute(feed, variables);
      seen.push(...idsOf(data.feed as Page));
      await content.given.post({ language });
      const { hasNextPage, endCursor } = (data.feed as Page).pageInfo;
      after = hasNextPage ? endCursor : null;
    } while (after);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort()).toEqual([...existing].sort());
  });

  it('lead back the way they came', async () => {
    const language = ownLanguage();
    const ids = [];
    for (let index = 0; index < 5; index++) ids.unshift((await content.given.post({ language })).publicId);
    const page = async (variables: object) =>
      (await content.anonymous.execute(feed, { filter: { languages: [language] }, ...variables })).data
        .feed as Page;
    const first = await page({ first: 2 });
    const second = await page({ first: 2, after: first.pageInfo.endCursor });
    expect(idsOf(second)).toEqual(ids.slice(2, 4));
    expect(second.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: true });
    const back = await page({ last: 2, before: second.pageInfo.startCursor });
    expect(idsOf(back)).toEqual(ids.slice(0, 2));
    expect(back.edges[0]?.cursor).toBe(first.edges[0]?.cursor);
    expect(idsOf(await page({ last: 2 }))).toEqual(ids.slice(3));
  });
});
