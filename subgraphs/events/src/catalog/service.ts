import type { Clock, ConnectionArgs, Page, Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { discover, type DiscoveryOrder } from './discovery.js';
import { isOwnedBy, statusOf, type EventFilter } from './rules.js';
import { announcedTo } from './visibility.js';

export type Catalog = ReturnType<typeof createCatalog>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
}

export function createCatalog({ db, clock }: Dependencies) {
  const listOrganizedBy = (organizerId: string, viewer: Viewer | null, page: Page): Promise<Event[]> =>
    db.event.findMany({
      where: {
        AND: [{ organizerId }, isOwnedBy(viewer, { organizerId }) ? {} : announcedTo(viewer), page.where],
      },
      orderBy: page.orderBy,
      take: page.take,
    });

  return {
    discover: (
      viewer: Viewer | null,
      wanted: { filter: EventFilter; orderBy: DiscoveryOrder; args: ConnectionArgs },
    ) => discover(db, viewer, { ...wanted, now: clock.now() }),
    listOrganizedBy,
    statusOf: (event: Event) => statusOf(event, clock.now()),
  };
}
