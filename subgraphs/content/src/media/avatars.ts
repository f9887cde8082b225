import type { Viewer } from '@diaspora/kit';
import type { Media } from '../__generated__/prisma/client.js';
import { notBlocked } from '../blocks/index.js';
import type { Db, Prisma } from '../database.js';

/** A picture that a person is seen by, and whose it is. */
export interface Avatar {
  readonly userId: string;
  readonly media: Media;
}

/**
 * Avatars by what `where` says of the people, as the viewer may see them. Whoever names a file that is not a finished
 * picture of their own is seen by none.
 */
export async function avatarsOf(
  db: Db,
  viewer: Viewer | null,
  where: Prisma.MemberWhereInput,
): Promise<Avatar[]> {
  const members = await db.member.findMany({
    where: { AND: [where, { avatarId: { not: null } }, notBlocked(viewer)] },
    select: { userId: true, avatarId: true },
  });
  if (members.length === 0) return [];
  const pictures = await db.media.findMany({
    where: {
      status: 'READY',
      contentType: { startsWith: 'image/' },
      OR: members.map(({ userId, avatarId }) => ({ id: avatarId!, ownerId: userId })),
    },
  });
  return pictures.map((media) => ({ userId: media.ownerId, media }));
}
