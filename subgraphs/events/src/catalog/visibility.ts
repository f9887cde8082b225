import type { Viewer } from '@diaspora/kit';
import type { Prisma } from '../__generated__/prisma/client.js';

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

/** Which published events lists may show the viewer. */
export const listedFor = (viewer: Viewer | null): Prisma.EventWhereInput => ({
  visibility: { in: viewer ? ['PUBLIC', 'MEMBERS'] : ['PUBLIC'] },
});
