import {
  createFirstPageLoaders,
  createRowLoader,
  orderOf,
  selectionOf,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Comment } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
import { visiblePosts } from '../posts/index.js';

export interface CommentLoaders {
  /** Comments on posts the viewer sees. */
  readonly comment: Loader<string, Comment | null>;
  /** The oldest or newest comments of a post, by post. */
  readonly firstComments: (page: FirstPage) => Loader<string, Comment[]>;
}

export const createCommentLoaders = (db: Db, viewer: Viewer | null): CommentLoaders => ({
  comment: createRowLoader(
    (ids) => db.comment.findMany({ where: { id: { in: [...ids] }, post: visiblePosts(viewer) } }),
    (comment) => comment.id,
  ),
  firstComments: createFirstPageLoaders(
    (postIds, page) => {
      const order = Prisma.raw(orderOf(page));
      return db.$queryRaw<Comment[]>`
        SELECT ${columns} FROM unnest(${[...postIds]}::uuid[]) AS post (key)
        CROSS JOIN LATERAL (
          SELECT * FROM comments WHERE post_id = post.key ORDER BY ${order} LIMIT ${page.take}
        ) AS comment
        ORDER BY ${order}`;
    },
    (comment) => comment.postId,
  ),
});

const columns = Prisma.raw(selectionOf(Prisma.CommentScalarFieldEnum));
