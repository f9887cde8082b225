import {
  createFirstPageLoaders,
  createRowLoader,
  orderOf,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Comment } from '../__generated__/prisma/client.js';
import { notBlocked, notBlockedRows } from '../blocks/index.js';
import { Prisma, type Db } from '../database.js';
import { visiblePosts } from '../posts/index.js';

export interface CommentLoaders {
  /** Comments on posts the viewer sees, by people whom no block hides. */
  readonly comment: Loader<string, Comment | null>;
  /** The oldest or newest comments of a post, by post. */
  readonly firstComments: (page: FirstPage) => Loader<string, Comment[]>;
}

export const createCommentLoaders = (db: Db, viewer: Viewer | null): CommentLoaders => ({
  comment: createRowLoader(
    (ids) =>
      db.comment.findMany({
        where: { id: { in: [...ids] }, post: visiblePosts(viewer), author: notBlocked(viewer) },
      }),
    (comment) => comment.id,
  ),
  firstComments: createFirstPageLoaders(
    async (postIds, page) => {
      const found = await db.$queryRaw<{ id: string }[]>`
        SELECT comment.id FROM unnest(${[...postIds]}::uuid[]) AS post (id)
        CROSS JOIN LATERAL (
          SELECT id FROM comments
          WHERE post_id = post.id AND ${notBlockedRows(viewer, Prisma.sql`comments.author_id`)}
          ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
        ) AS comment`;
      const ids = found.map(({ id }) => id);
      return db.comment.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (comment) => comment.postId,
  ),
});
