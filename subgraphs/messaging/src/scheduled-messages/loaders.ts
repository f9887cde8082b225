import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { ScheduledMessage } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface ScheduledMessageLoaders {
  /** The viewer's own; null for all others. */
  readonly scheduledMessage: Loader<string, ScheduledMessage | null>;
}

export const createScheduledMessageLoaders = (db: Db, viewer: Viewer | null): ScheduledMessageLoaders => ({
  scheduledMessage: createRowLoader(
    async (ids) =>
      viewer ? db.scheduledMessage.findMany({ where: { id: { in: [...ids] }, senderId: viewer.id } }) : [],
    (row) => row.id,
  ),
});
