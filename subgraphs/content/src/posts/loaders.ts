import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Media, Post, PostMedia } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { visiblePosts } from './visibility.js';

export interface PostLoaders {
  /** Posts the viewer sees. */
  readonly post: Loader<string, Post | null>;
  /** Files shown with a post, in order, by post. */
  readonly filesOfPost: Loader<string, (PostMedia & { media: Media })[]>;
}

export const createPostLoaders = (db: Db, viewer: Viewer | null): PostLoaders => ({
  post: createRowLoader(
    (ids) => db.post.findMany({ where: { AND: [{ id: { in: [...ids] } }, visiblePosts(viewer)] } }),
    (post) => post.id,
  ),
  filesOfPost: createGroupLoader(
    (ids) =>
      db.postMedia.findMany({
        where: { postId: { in: [...ids] } },
        include: { media: true },
        orderBy: { position: 'asc' },
      }),
    (file) => file.postId,
  ),
});
