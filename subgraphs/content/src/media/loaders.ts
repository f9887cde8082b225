import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Media } from '../__generated__/prisma/client.js';
import type { Db, Prisma } from '../database.js';

export interface MediaLoaders {
  /** Files the viewer uploaded or sees with a post. */
  readonly media: Loader<string, Media | null>;
}

/** `visiblePosts` says which posts the viewer sees. */
export const createMediaLoaders = (
  db: Db,
  viewer: Viewer | null,
  visiblePosts: Prisma.PostWhereInput,
): MediaLoaders => ({
  media: createRowLoader(
    (ids) =>
      db.media.findMany({
        where: {
          id: { in: [...ids] },
          OR: [{ posts: { some: { post: visiblePosts } } }, ...(viewer ? [{ ownerId: viewer.id }] : [])],
        },
      }),
    (media) => media.id,
  ),
});
