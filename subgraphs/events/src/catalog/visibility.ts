import { isPersonOr, type Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { Prisma } from '../database.js';

/**
 * Which events a viewer may see, as a filter, so that every way to an event costs one query and none forgets it.
 * Events that were never published are their hosts', and theirs whom they asked to be one; a private one is also its
 * participants' and theirs who asked to be one, are invited, or let others in. An invitation that was accepted opens
 * nothing any more: the place does, as long as it is held.
 */
export function visibleTo(viewer: Viewer | null, now: Date): Prisma.EventWhereInput {
  if (viewer?.roles.includes('SUPER_USER')) return {};
  const published: Prisma.EventWhereInput = { publishedAt: { not: null } };
  if (!isPersonOr(viewer, 'events:read'))
    return { AND: [published, { visibility: { in: ['PUBLIC', 'UNLISTED'] } }] };
  const participates = {
    OR: [
      { registrations: { some: { userId: viewer.id, status: { in: ['CONFIRMED', 'PENDING'] } } } },
      { stewards: { some: { userId: viewer.id } } },
      { invitations: { some: { userId: viewer.id, status: 'PENDING', expiresAt: { gt: now } } } },
    ],
  } satisfies Prisma.EventWhereInput;
  return {
    OR: [
      { organizerId: viewer.id },
      { coHostIds: { has: viewer.id } },
      { coHostInvitations: { some: { userId: viewer.id } } },
      { AND: [published, { OR: [{ visibility: { in: ['PUBLIC', 'UNLISTED', 'MEMBERS'] } }, participates] }] },
    ],
  };
}

/** Which published events lists may show the viewer, by their visibility. */
const listed = (viewer: Viewer | null): Event['visibility'][] =>
  isPersonOr(viewer, 'events:read') ? ['PUBLIC', 'MEMBERS'] : ['PUBLIC'];

/** Which of an organizer's events lists may show those who do not steer them; also what was called off since. */
export const announcedTo = (viewer: Viewer | null): Prisma.EventWhereInput => ({
  publishedAt: { not: null },
  visibility: { in: listed(viewer) },
});

/** The same filters on rows of events, for statements that Prisma cannot write. */
export const listedRows = (viewer: Viewer | null): Prisma.Sql =>
  Prisma.sql`visibility = ANY(${listed(viewer)}::event_visibility[])`;
export const announcedRows = (viewer: Viewer | null): Prisma.Sql =>
  Prisma.sql`published_at IS NOT NULL AND ${listedRows(viewer)}`;
