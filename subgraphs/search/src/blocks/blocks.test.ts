import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { userIds } from '../ids.js';
import { givenSearch, searchQuery, type Search } from '../testing/given.js';

let search: Search;

beforeAll(async () => {
  search = await givenSearch();
});
afterAll(() => search.stop());

const told = (isActive: boolean, person: Viewer, other: Viewer, version = 1) =>
  search.receive({
    type: isActive ? 'user.blocked' : 'user.unblocked',
    data: {
      personId: userIds.encode(person.id),
      otherId: userIds.encode(other.id),
      version,
      at: '2026-06-01T12:00:00.000Z',
    },
  });

/** Somebody with a profile, a post and an event, all found by the same word. */
async function somebody(word: string, overrides: Partial<Viewer> = {}): Promise<Viewer> {
  const viewer = aViewer(overrides);
  const userId = userIds.encode(viewer.id);
  await search.given.person({ userId, displayName: `Ana ${word}` });
  await search.given.post({ authorId: userId, text: `Salut ${word}` });
  await search.given.event({ organizerId: userId, title: `Concert ${word}` });
  return viewer;
}

/** How many of each kind are found, on pages, in the count and in the facets. */
async function found(viewer: Viewer | null, query: string) {
  const client = viewer ? search.as(viewer) : search.anonymous;
  const { data, errors } = await client.execute(searchQuery, { query, first: 50, facets: ['TYPE'] });
  expect(errors).toEqual([]);
  const buckets = data.search.facets[0].buckets as { value: string; count: number }[];
  const counts = Object.fromEntries(buckets.map(({ value, count }) => [value, count]));
  const nodes = data.search.edges.map((edge: any) => edge.node.__typename as string);
  const onPages = (typename: string) => nodes.filter((name: string) => name === typename).length;
  expect([onPages('User'), onPages('Post'), onPages('Event')]).toEqual(
    ['PERSON', 'POST', 'EVENT'].map((kind) => counts[kind] ?? 0),
  );
  expect(data.search.totalCount).toBe(nodes.length);
  return nodes.length as number;
}

describe('a block', () => {
  it.each([
    ['a word', 'grzmotnawka', 'grzmotnawka'],
    ['a beginning', 'flumbertquix', 'flumbertqu'],
    ['a similar spelling', 'vondrabilskoj', 'vondrabilskox'],
  ])('keeps each of the two from being found or counted for the other, by %s', async (_name, word, query) => {
    const people = [await somebody(word), await somebody(word)] as const;
    const [blocker, blocked] = people;
    const third = aViewer();
    const moderator = aViewer({ roles: ['SUPER_USER'] });
    const counts = async () =>
      Promise.all([blocker, blocked, third, moderator].map((viewer) => found(viewer, query)));
    expect(await counts()).toEqual([6, 6, 6, 6]);
    await told(true, blocker, blocked);
    await told(true, blocker, moderator);
    expect(await counts()).toEqual([3, 3, 6, 6]);
    expect(await found(null, query)).toBe(4); // people are for members
    await told(false, blocker, blocked, 2);
    expect(await counts()).toEqual([6, 6, 6, 6]);
  });

  it('goes on while one of two blocks does', async () => {
    const [one, other] = [await somebody('mutual'), await somebody('mutual')];
    await told(true, one, other, 1);
    await told(true, other, one, 2);
    await told(false, one, other, 3);
    expect(await Promise.all([one, other].map((viewer) => found(viewer, 'mutual')))).toEqual([3, 3]);
  });

  it('ends in the same state in whatever order it is told of and however often', async () => {
    const versions = fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(versions, async (deliveries) => {
        const [person, other] = [aViewer(), aViewer()];
        for (const version of deliveries) await told(version % 2 === 0, person, other, version);
        const version = Math.max(...deliveries);
        const where = { blockerId: person.id, blockedId: other.id };
        const kept = await search.db.block.findMany({ where });
        expect(kept).toEqual([{ ...where, isActive: version % 2 === 0, version }]);
      }),
      { numRuns: 20 },
    );
  });
});
