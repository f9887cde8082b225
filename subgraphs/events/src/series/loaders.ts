import { createRowLoader, type Clock, type Loader, type Viewer } from '@diaspora/kit';
import type { EventSeries } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Db } from '../database.js';

export interface SeriesLoaders {
  /** Series by key; null also for those of which the viewer may see no event. */
  readonly eventSeries: Loader<string, EventSeries | null>;
}

export const createSeriesLoaders = (db: Db, clock: Clock, viewer: Viewer | null): SeriesLoaders => ({
  eventSeries: createRowLoader(
    (ids) =>
      db.eventSeries.findMany({
        where: { id: { in: [...ids] }, events: { some: visibleTo(viewer, clock.now()) } },
      }),
    (series) => series.id,
  ),
});
