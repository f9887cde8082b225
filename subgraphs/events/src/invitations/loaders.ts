import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { EventInvitation } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

export interface InvitationLoaders {
  /** The newest invitation of the viewer, by event. */
  readonly viewerInvitation: Loader<string, EventInvitation | null>;
}

export const createInvitationLoaders = (db: Db, viewer: Viewer | null): InvitationLoaders => ({
  viewerInvitation: createRowLoader(
    async (eventIds) =>
      viewer
        ? db.eventInvitation.findMany({
            where: { userId: viewer.id, eventId: { in: [...eventIds] } },
            // The last row of a key is the one that is kept.
            orderBy: { id: 'asc' },
          })
        : [],
    ({ eventId }) => eventId,
  ),
});
