import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userIds } from '../ids.js';
import { givenSearch, searchQuery, type Search } from '../testing/given.js';

let search: Search;
beforeAll(async () => {
  search = await givenSearch();
});
afterAll(() => search.stop());

const found = async (viewer: Viewer | null, query: string) => {
  const client = viewer ? search.as(viewer) : search.anonymous;
  const { data } = await client.execute(searchQuery, { query, first: 5 });
  return data.search.edges.length as number;
};
const friends = (areFriends: boolean, one: Viewer, other: Viewer, version: number) =>
  search.receive({
    type: areFriends ? 'user.connected' : 'user.disconnected',
    data: {
      ...{ personId: userIds.encode(one.id), otherId: userIds.encode(other.id) },
      ...{ version, at: '2026-06-01T12:00:00.000Z' },
    },
  });

describe('a person whom friends may find', () => {
  it('is found by friends and by themselves, in whatever order it was told', async () => {
    const [ana, friend, stranger] = [aViewer(), aViewer(), aViewer()];
    await friends(true, friend, ana, 3);
    await friends(false, ana, friend, 2);
    await search.given.person({
      ...{ userId: userIds.encode(ana.id), displayName: 'Xenia Quill' },
      ...{ isDiscoverable: false, findableBy: 'CONNECTIONS' },
    });
    const counts = async () =>
      Promise.all([ana, friend, stranger, null].map((viewer) => found(viewer, 'Quill')));
    expect(await counts()).toEqual([1, 1, 0, 0]);
    await friends(false, friend, ana, 4);
    expect(await counts()).toEqual([1, 0, 0, 0]);
  });

  it('is found by everybody or nobody when they choose so', async () => {
    const [ana, stranger] = [aViewer(), aViewer()];
    const person = { userId: userIds.encode(ana.id), displayName: 'Yana Reed' };
    await search.given.person({ ...person, isDiscoverable: false, findableBy: 'CONNECTIONS' });
    await search.given.person({ ...person, version: 2, isDiscoverable: true, findableBy: 'EVERYONE' });
    expect(await found(stranger, 'Reed')).toBe(1);
    await search.given.person({ ...person, version: 3, isDiscoverable: false, findableBy: 'NOBODY' });
    expect(await Promise.all([ana, stranger].map((viewer) => found(viewer, 'Reed')))).toEqual([0, 0]);
  });
});
