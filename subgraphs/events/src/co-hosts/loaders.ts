import { createGroupLoader, type Clock, type Loader, type Viewer } from '@diaspora/kit';
import type { CoHostInvitation } from '../__generated__/prisma/client.js';
import { visibleTo } from '../catalog/index.js';
import type { Db } from '../database.js';

export interface CoHostLoaders {
  /** Invitations that were not answered, by event. For whoever permissions.ts lets see them. */
  readonly coHostInvitationsOfEvent: Loader<string, CoHostInvitation[]>;
}

/** An event has ten of them at most. */
export const createCoHostLoaders = (db: Db, clock: Clock, viewer: Viewer | null): CoHostLoaders => ({
  coHostInvitationsOfEvent: createGroupLoader(
    (eventIds) =>
      db.coHostInvitation.findMany({
        where: { eventId: { in: [...eventIds] }, event: visibleTo(viewer, clock.now()) },
        orderBy: [{ invitedAt: 'asc' }, { userId: 'asc' }],
      }),
    (invitation) => invitation.eventId,
  ),
});
