import { parsePage, type Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Event } from '../__generated__/prisma/client.js';
import { userIds } from '../ids.js';
import { dayMs, givenEvents } from '../testing/given.js';
import { createCatalogLoaders } from './loaders.js';
import { eventOrders } from './orders.js';
import { createCatalog } from './service.js';

describe('first pages of what many people organize', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  const organizers = Array.from({ length: 10 }, () => aViewer());
  const kinds: Partial<Event>[] = [
    {},
    { visibility: 'MEMBERS' },
    { visibility: 'UNLISTED' },
    { visibility: 'PRIVATE' },
    { status: 'DRAFT' },
    {
      status: 'CANCELLED',
      city: null,
      cityKey: '',
      latitude: 52.5,
      longitude: 13.4,
      tags: ['hora', 'doină'],
    },
    { status: 'CANCELLED', publishedAt: null },
  ];

  /** Each organizer has 0 to 9 events of all kinds, two at a time; the fourth has only what lists do not show. */
  beforeAll(async () => {
    events = await givenEvents();
    for (const [count, { id: organizerId }] of organizers.entries()) {
      for (let index = 0; index < count; index++) {
        const startsAt = new Date(events.clock.now().getTime() + Math.floor(index / 2) * dayMs);
        const kind = count === 3 ? kinds[4] : kinds[(count + index) % kinds.length];
        await events.given.event({ organizerId, startsAt, ...kind });
      }
    }
  });
  afterAll(() => events.stop());

  it.each<[string, Viewer | null]>([
    ['a visitor', null],
    ['a member', aViewer()],
    ['one of the organizers', organizers[9]!],
    ['a super user', aViewer({ roles: ['SUPER_USER'] })],
  ])('are for %s what each person alone would show', async (_name, viewer) => {
    const alone = createCatalog({ db: events.db, clock: events.clock });
    for (const args of [{ first: 2 }, { last: 2 }, { first: 0 }, { first: 100 }]) {
      const page = parsePage(args, eventOrders.STARTS_AT_DESC);
      const ids = [...organizers.map(({ id }) => id), userIds.create()];
      expect(
        await createCatalogLoaders(events.db, events.clock, viewer).firstOrganizedEvents(page).loadMany(ids),
      ).toEqual(await Promise.all(ids.map((id) => alone.listOrganizedBy(id, viewer, page))));
    }
  });

  it('cost as many statements as of one', async () => {
    const query = `query ($people: [_Any!]!) { _entities(representations: $people) { ... on User {
      latest: organizedEvents(first: 2) { nodes { id } } earliest: organizedEvents(last: 2) { nodes { id } } } } }`;
    const people = organizers.map(({ id }) => ({ __typename: 'User', id: userIds.encode(id) }));
    const cost = async (some: object[]) => {
      const before = events.statements.length;
      const { codes } = await events.anonymous.execute(query, { people: some });
      expect(codes).toEqual([]);
      return events.statements.length - before;
    };
    expect(await cost(people)).toBe(await cost(people.slice(-1)));
  });

  it('lead to the pages behind them', async () => {
    const query = `query ($people: [_Any!]!, $after: String) { _entities(representations: $people) { ... on User {
      organizedEvents(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } } }`;
    const organizer = organizers[9]!;
    const people = [{ __typename: 'User', id: userIds.encode(organizer.id) }];
    const seen = new Set<string>();
    let after: string | null = null;
    do {
      const { data } = await events.as(organizer).execute(query, { people, after });
      const { nodes, pageInfo } = data._entities[0].organizedEvents as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      for (const { id } of nodes) expect(seen.size).toBe(seen.add(id).size - 1);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    expect(seen.size).toBe(9);
  });
});
