import type { Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { Prisma } from '../database.js';

/**
 * Which events a viewer may see, as a filter, so that every way to an event costs one query and none forgets it.
 * Events that were never published are their organizer's; a private one is also its participants'.
 */
export function visibleTo(viewer: Viewer | null): Prisma.EventWhereInput {
  if (viewer?.roles.includes('SUPER_USER')) return {};
  const published: Prisma.EventWhereInput = { publishedAt: { not: null } };
  if (!viewer) return { AND: [published, { visibility: { in: ['PUBLIC', 'UNLISTED'] } }] };
  const participates = { registrations: { some: { userId: viewer.id, status: 'CONFIRMED' as const } } };
  return {
    OR: [
      { organizerId: viewer.id },
      { AND: [published, { OR: [{ visibility: { in: ['PUBLIC', 'UNLISTED', 'MEMBERS'] } }, participates] }] },
    ],
  };
}

const listed = (viewer: Viewer | null): Event['visibility'][] =>
  viewer ? ['PUBLIC', 'MEMBERS'] : ['PUBLIC'];

/** Which published events lists may show the viewer. */
export const listedFor = (viewer: Viewer | null): Prisma.EventWhereInput => ({
  visibility: { in: listed(viewer) },
});

/** Which of an organizer's events lists may show those who do not steer them; also what was called off since. */
export const announcedTo = (viewer: Viewer | null): Prisma.EventWhereInput => ({
  publishedAt: { not: null },
  ...listedFor(viewer),
});

/** The same filter on rows of events, for statements that Prisma cannot write. */
export const announcedRows = (viewer: Viewer | null): Prisma.Sql =>
  Prisma.sql`published_at IS NOT NULL AND visibility = ANY(${listed(viewer)}::event_visibility[])`;
