import type { Viewer } from '@diaspora/kit';
import type { Media } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';

/**
 * Pictures that events are shown with, of the hosts' own: whoever names somebody else's file shows nothing. Which file
 * an event has, only those know who see the event; what is for members or for participants is nobody's without signing in.
 */
export async function eventPictures(db: Db, viewer: Viewer | null, ids: readonly string[]): Promise<Media[]> {
  const events = await db.knownEvent.findMany({
    where: {
      mediaIds: { hasSome: [...ids] },
      ...(viewer?.kind !== 'person' && { visibility: { in: ['PUBLIC', 'UNLISTED'] } }),
    },
    select: { mediaIds: true, hostIds: true },
  });
  if (events.length === 0) return [];
  return db.media.findMany({
    where: {
      id: { in: [...ids] },
      status: 'READY',
      contentType: { startsWith: 'image/' },
      OR: events.map(({ mediaIds, hostIds }) => ({ id: { in: mediaIds }, ownerId: { in: hostIds } })),
    },
  });
}
