import { createGroupLoader, createRowLoader, type Loader, type Page, type Viewer } from '@diaspora/kit';
import type { Comment } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
import { visiblePosts } from '../posts/index.js';

export interface CommentLoaders {
  /** Comments on posts the viewer sees. */
  readonly comment: Loader<string, Comment | null>;
  /** The outermost comments of a post, by post: a feed that shows some with each post asks once for all of them. */
  readonly outermostComments: (page: Pick<Page, 'forward' | 'take'>) => Loader<string, Comment[]>;
}

export function createCommentLoaders(db: Db, viewer: Viewer | null): CommentLoaders {
  const byPage = new Map<string, Loader<string, Comment[]>>();
  return {
    comment: createRowLoader(
      (ids) => db.comment.findMany({ where: { id: { in: [...ids] }, post: visiblePosts(viewer) } }),
      (comment) => comment.id,
    ),
    outermostComments: (page) => {
      const key = `${page.forward} ${page.take}`;
      const loader = byPage.get(key) ?? createOutermostLoader(db, page);
      byPage.set(key, loader);
      return loader;
    },
  };
}

const createOutermostLoader = (db: Db, { forward, take }: Pick<Page, 'forward' | 'take'>) =>
  createGroupLoader(
    (postIds) => {
      const order = Prisma.raw(forward ? 'ASC' : 'DESC');
      return db.$queryRaw<Comment[]>`
        SELECT c.id, c.post_id AS "postId", c.author_id AS "authorId", c.text, c.created_at AS "createdAt",
               c.deleted_at AS "deletedAt", c.deleted_by_id AS "deletedById"
        FROM unnest(${[...postIds]}::uuid[]) AS post (id)
        CROSS JOIN LATERAL (
          SELECT * FROM comments WHERE post_id = post.id ORDER BY created_at ${order}, id ${order} LIMIT ${take}
        ) c
        ORDER BY c.created_at ${order}, c.id ${order}`;
    },
    (comment: Comment) => comment.postId,
  );
