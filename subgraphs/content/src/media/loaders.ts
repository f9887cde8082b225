import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Media } from '../__generated__/prisma/client.js';
import type { Db, Prisma } from '../database.js';
import { eventPictures } from './event-pictures.js';
import { avatarsOf, type Avatar } from './avatars.js';

export interface MediaLoaders {
  /** Files the viewer uploaded or sees with a post, avatars and pictures of events. */
  readonly media: Loader<string, Media | null>;
  /** By person. */
  readonly avatar: Loader<string, Avatar | null>;
}

/** `visiblePosts` says which posts the viewer sees. */
export const createMediaLoaders = (
  db: Db,
  viewer: Viewer | null,
  visiblePosts: Prisma.PostWhereInput,
): MediaLoaders => ({
  media: createRowLoader(
    async (ids) => {
      const [media, avatars, pictures] = await Promise.all([
        db.media.findMany({
          where: {
            id: { in: [...ids] },
            OR: [{ posts: { some: { post: visiblePosts } } }, ...(viewer ? [{ ownerId: viewer.id }] : [])],
          },
        }),
        avatarsOf(db, viewer, { avatarId: { in: [...ids] } }),
        eventPictures(db, viewer, ids),
      ]);
      return [...avatars.map((avatar) => avatar.media), ...pictures, ...media];
    },
    (media) => media.id,
  ),
  avatar: createRowLoader(
    (userIds) => avatarsOf(db, viewer, { userId: { in: [...userIds] } }),
    ({ userId }) => userId,
  ),
});
