import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Comment } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { visiblePosts } from '../posts/index.js';

export interface CommentLoaders {
  /** Comments on posts the viewer sees. */
  readonly comment: Loader<string, Comment | null>;
}

export const createCommentLoaders = (db: Db, viewer: Viewer | null): CommentLoaders => ({
  comment: createRowLoader(
    (ids) => db.comment.findMany({ where: { id: { in: [...ids] }, post: visiblePosts(viewer) } }),
    (comment) => comment.id,
  ),
});
