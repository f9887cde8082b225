import {
  createFirstPageLoaders,
  createGroupLoader,
  orderOf,
  type Clock,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { CoHostInvitation, Event } from '../__generated__/prisma/client.js';
import { announcedRows, isOwnedBy, readEvents, visibleTo } from '../catalog/index.js';
import { Prisma, type Db } from '../database.js';

/** An event, and one of its co-hosts. */
type CoHosted = Event & { readonly coHostId: string };

export interface CoHostLoaders {
  /** The latest or earliest events a person co-hosts that lists may show the viewer, by person. */
  readonly firstCoHostedEvents: (page: FirstPage) => Loader<string, CoHosted[]>;
  /** Invitations that were not answered, by event. For whoever permissions.ts lets see them. */
  readonly coHostInvitationsOfEvent: Loader<string, CoHostInvitation[]>;
}

/** An event has ten of them at most. */
export const createCoHostLoaders = (db: Db, clock: Clock, viewer: Viewer | null): CoHostLoaders => ({
  firstCoHostedEvents: createFirstPageLoaders(
    async (userIds, page) => {
      const isSelf = userIds.map((organizerId) => isOwnedBy(viewer, { organizerId }));
      const found = await db.$queryRaw<{ id: string; coHostId: string }[]>`
        SELECT event.id, host.id AS "coHostId"
        FROM unnest(${[...userIds]}::uuid[], ${isSelf}::boolean[]) AS host (id, is_self)
        CROSS JOIN LATERAL (
          SELECT id FROM events
          WHERE co_host_ids @> ARRAY[host.id] AND (host.is_self OR (${announcedRows(viewer)}))
          ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
        ) AS event`;
      return readEvents(db, visibleTo(viewer, clock.now()), found);
    },
    ({ coHostId }) => coHostId,
  ),
  coHostInvitationsOfEvent: createGroupLoader(
    (eventIds) =>
      db.coHostInvitation.findMany({
        where: { eventId: { in: [...eventIds] }, event: visibleTo(viewer, clock.now()) },
        orderBy: [{ invitedAt: 'asc' }, { userId: 'asc' }],
      }),
    (invitation) => invitation.eventId,
  ),
});
