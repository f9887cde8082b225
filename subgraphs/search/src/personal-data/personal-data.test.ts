import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, tracesOf } from '@diaspora/kit/testing';
import { userIds } from '../ids.js';
import { givenSearch, type Search } from '../testing/given.js';

let search: Search;
beforeAll(async () => {
  search = await givenSearch();
});
afterAll(() => search.stop());

describe('the personal data of search', () => {
  it('is exported, and erased before those who own it have told', async () => {
    const profile = await search.given.person({ displayName: 'Ilinca Zamfir', headline: 'Luthier' });
    const post = await search.given.post({ authorId: profile.userId, text: 'Violins of maple' });
    await search.given.post({ text: 'Violins of somebody else' });
    const personId = userIds.decode(profile.userId);
    const data = personalDataOf(search.subgraph.jobs!, search.privateStore);
    const { records } = await data.exported(personId);
    expect(records['documents']).toMatchObject([
      { kind: 'PERSON', id: profile.userId, title: 'Ilinca Zamfir' },
      { kind: 'POST', id: post.postId, body: 'Violins of maple' },
    ]);
    await data.erase(personId);
    await data.erase(personId, { isLate: true });
    expect(await tracesOf(search.database.adminUrl, ['Zamfir', 'Luthier', 'maple'])).toEqual({});
    expect(await tracesOf(search.database.adminUrl, ['somebody else'])).toEqual({ 'public.documents': 1 });
    await search.receive({
      type: 'post.removed',
      data: { postId: post.postId, version: 2, removedAt: '2026-06-02T12:00:00.000Z' },
    });
  });
});
