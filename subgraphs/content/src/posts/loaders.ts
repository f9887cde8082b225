import {
  columnOf,
  createFirstPageLoaders,
  createGroupLoader,
  createRowLoader,
  orderOf,
  selectionOf,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Media, Post, PostMedia } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
import { visiblePostRows, visiblePosts } from './visibility.js';

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
    (parentIds, page) => {
      const order = Prisma.raw(orderOf(page));
      return db.$queryRaw<Post[]>`
        SELECT ${columns} FROM unnest(${[...parentIds]}::uuid[]) AS parent (key)
        CROSS JOIN LATERAL (
          SELECT * FROM posts WHERE ${Prisma.raw(columnOf(parent))} = parent.key AND ${visiblePostRows(viewer)}
          ORDER BY ${order} LIMIT ${page.take}
        ) AS post
        ORDER BY ${order}`;
    },
    (post: Post) => post[parent] ?? '',
  );

const columns = Prisma.raw(selectionOf(Prisma.PostScalarFieldEnum));
