import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { visibleTo } from './visibility.js';

export interface CatalogLoaders {
  /** Events by key; null also for those the viewer may not see. */
  readonly event: Loader<string, Event | null>;
}

export const createCatalogLoaders = (db: Db, viewer: Viewer | null): CatalogLoaders => ({
  event: createRowLoader(
    (ids) => db.event.findMany({ where: { AND: [{ id: { in: [...ids] } }, visibleTo(viewer)] } }),
    (event) => event.id,
  ),
});
