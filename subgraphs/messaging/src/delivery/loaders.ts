import { createGroupLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Db } from '../database.js';
import { logged, type LoggedDelivery } from './log.js';

export interface DeliveryLoaders {
  /** How a notification of the viewer's came by other ways than the inbox, by its key; digests are not of one alone. */
  readonly deliveries: Loader<string, LoggedDelivery[]>;
}

export const createDeliveryLoaders = (db: Db, viewer: Viewer | null): DeliveryLoaders => ({
  deliveries: createGroupLoader(
    async (ids) =>
      viewer
        ? db.delivery.findMany({
            where: { notificationId: { in: [...ids] }, recipientId: viewer.id },
            include: logged,
            orderBy: { id: 'asc' },
          })
        : [],
    ({ notificationId }) => notificationId!,
  ),
});
