import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Notification } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface NotificationLoaders {
  /** The viewer's own notifications; null for all others. */
  readonly notification: Loader<string, Notification | null>;
}

export const createNotificationLoaders = (db: Db, viewer: Viewer | null): NotificationLoaders => ({
  notification: createRowLoader(
    async (ids) =>
      viewer
        ? db.notification.findMany({
            where: { id: { in: [...ids] }, recipientId: viewer.id, withdrawnAt: null },
          })
        : [],
    (notification) => notification.id,
  ),
});
