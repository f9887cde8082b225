import type { Clock, Page, SortKey, Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db, Prisma } from '../database.js';
import { userIds } from '../ids.js';
import { cityKeyOf, longestEventMs, maySteer, searchWords, statusOf, type EventFilter } from './rules.js';
import { announcedTo, listedFor } from './visibility.js';

export type Catalog = ReturnType<typeof createCatalog>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
}

const byId: SortKey = { field: 'id', direction: 'asc', type: 'uuid' };

/** The orders a list of events can have; each ends with the id, which makes it total. */
export const eventOrders = {
  STARTS_AT_ASC: [{ field: 'startsAt', direction: 'asc', type: 'date' }, byId],
  STARTS_AT_DESC: [
    { field: 'startsAt', direction: 'desc', type: 'date' },
    { ...byId, direction: 'desc' },
  ],
  CREATED_AT_DESC: [
    { field: 'createdAt', direction: 'desc', type: 'date' },
    { ...byId, direction: 'desc' },
  ],
} satisfies Record<string, SortKey[]>;

export function createCatalog({ db, clock }: Dependencies) {
  /** Published and not over. The bound on the start keeps the index scan away from years of past events. */
  const current = (): Prisma.EventWhereInput => {
    const now = clock.now();
    return {
      status: 'PUBLISHED',
      endsAt: { gt: now },
      startsAt: { gt: new Date(now.getTime() - longestEventMs) },
    };
  };

  const find = (where: Prisma.EventWhereInput[], page: Page): Promise<Event[]> =>
    db.event.findMany({ where: { AND: [...where, page.where] }, orderBy: page.orderBy, take: page.take });

  const discover = (viewer: Viewer | null, filter: EventFilter, page: Page): Promise<Event[]> =>
    find([current(), listedFor(viewer), ...conditionsOf(filter)], page);

  const listOrganizedBy = (organizerId: string, viewer: Viewer | null, page: Page): Promise<Event[]> =>
    find([{ organizerId }, maySteer(viewer, { organizerId }) ? {} : announcedTo(viewer)], page);

  function conditionsOf(filter: EventFilter): Prisma.EventWhereInput[] {
    const { text, domains, types, countryCode, city, language, startsAfter, startsBefore, organizerId } =
      filter;
    const conditions: (Prisma.EventWhereInput | false | null | undefined | '')[] = [
      domains && { domain: { in: domains } },
      types && { type: { in: types } },
      countryCode && { countryCode },
      city && { cityKey: cityKeyOf(city) },
      language && { OR: [{ language }, { language: { startsWith: `${language}-` } }] },
      startsAfter && { startsAt: { gte: startsAfter } },
      startsBefore && { startsAt: { lt: startsBefore } },
      organizerId && { organizerId: userIds.decode(organizerId) },
      filter.hasFreePlaces === true && {
        OR: [{ capacity: null }, { registeredCount: { lt: db.event.fields.capacity } }],
      },
      filter.hasFreePlaces === false && { registeredCount: { gte: db.event.fields.capacity } },
      ...(text ? searchWords(text).map((word) => ({ searchText: { contains: word } })) : []),
    ];
    return conditions.filter((condition) => typeof condition === 'object' && condition !== null);
  }

  return { discover, listOrganizedBy, statusOf: (event: Event) => statusOf(event, clock.now()) };
}
