import {
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Media, Post, PostMedia } from '../__generated__/prisma/client.js';
import { firstIds, type Db } from '../database.js';
import { stillVisiblePosts, visiblePostRows, visiblePosts } from './visibility.js';

export interface PostLoaders {
  /** Posts the viewer sees. */
  readonly post: Loader<string, Post | null>;
  /** Files shown with a post, in order, by post. */
  readonly filesOfPost: Loader<string, (PostMedia & { media: Media })[]>;
  /** The newest or oldest posts the viewer sees, by author. */
  readonly firstPostsOfAuthor: (page: FirstPage) => Loader<string, Post[]>;
  /** The same by event. */
  readonly firstPostsOfEvent: (page: FirstPage) => Loader<string, Post[]>;
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
  firstPostsOfAuthor: createFirstPostLoaders(db, viewer, 'authorId'),
  firstPostsOfEvent: createFirstPostLoaders(db, viewer, 'eventId'),
});

const createFirstPostLoaders = (db: Db, viewer: Viewer | null, parent: 'authorId' | 'eventId') =>
  createFirstPageLoaders(
    async (parentIds, page) => {
      const list = { table: 'posts', parent, condition: visiblePostRows(viewer) };
      const ids = await firstIds(db, list, parentIds, page);
      // Once more visible: one of them may have been removed since.
      return db.post.findMany({
        where: { AND: [{ id: { in: ids } }, stillVisiblePosts(viewer)] },
        orderBy: page.orderBy,
      });
    },
    (post: Post) => post[parent] ?? '',
  );
