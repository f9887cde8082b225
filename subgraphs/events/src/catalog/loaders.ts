import {
  createFirstPageLoaders,
  createRowLoader,
  orderOf,
  type FirstPage,
  type Clock,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
import { isOwnedBy } from './rules.js';
import { announcedRows, visibleTo } from './visibility.js';

export interface CatalogLoaders {
  /** Events by key; null also for those the viewer may not see. */
  readonly event: Loader<string, Event | null>;
  /** The latest or earliest events of a person that lists may show the viewer, by organizer. */
  readonly firstOrganizedEvents: (page: FirstPage) => Loader<string, Event[]>;
}

export const createCatalogLoaders = (db: Db, clock: Clock, viewer: Viewer | null): CatalogLoaders => ({
  event: createRowLoader(
    (ids) =>
      db.event.findMany({ where: { AND: [{ id: { in: [...ids] } }, visibleTo(viewer, clock.now())] } }),
    (event) => event.id,
  ),
  firstOrganizedEvents: createFirstPageLoaders(
    async (organizerIds, page) => {
      const isSteered = organizerIds.map((organizerId) => isOwnedBy(viewer, { organizerId }));
      const found = await db.$queryRaw<{ id: string }[]>`
        SELECT event.id
        FROM unnest(${[...organizerIds]}::uuid[], ${isSteered}::boolean[]) AS organizer (id, is_steered)
        CROSS JOIN LATERAL (
          SELECT id FROM events
          WHERE organizer_id = organizer.id AND (organizer.is_steered OR (${announcedRows(viewer)}))
          ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
        ) AS event`;
      const ids = found.map(({ id }) => id);
      // Once more visible: one of them may have been hidden since.
      return db.event.findMany({
        where: { AND: [{ id: { in: ids } }, visibleTo(viewer, clock.now())] },
        orderBy: page.orderBy,
      });
    },
    (event) => event.organizerId,
  ),
});
