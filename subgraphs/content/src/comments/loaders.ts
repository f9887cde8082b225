import {
  createFirstPageLoaders,
  createRowLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { Comment } from '../__generated__/prisma/client.js';
import { notBlocked, notBlockedRows } from '../blocks/index.js';
import { firstRows, Prisma, type Db } from '../database.js';
import { visiblePosts } from '../posts/index.js';

export interface CommentLoaders {
  /** Comments on posts the viewer sees, by people whom no block hides. */
  readonly comment: Loader<string, Comment | null>;
  /** The oldest or newest comments of a post, by post. */
  readonly firstComments: (page: FirstPage) => Loader<string, Comment[]>;
}

const commentsOfPost = (viewer: Viewer | null) => ({
  ...{ table: 'comments', parent: 'postId' },
  condition: notBlockedRows(viewer, Prisma.sql`comments.author_id`),
});

export const createCommentLoaders = (db: Db, viewer: Viewer | null): CommentLoaders => ({
  comment: createRowLoader(
    (ids) =>
      db.comment.findMany({
        where: { id: { in: [...ids] }, post: visiblePosts(viewer), author: notBlocked(viewer) },
      }),
    (comment) => comment.id,
  ),
  firstComments: createFirstPageLoaders(
    firstRows(db, commentsOfPost(viewer), (rows) => db.comment.findMany(rows)),
    (comment) => comment.postId,
  ),
});
