import { AppError, isPersonOr } from '@diaspora/kit';
import type { Post } from '../__generated__/prisma/client.js';
import { notBlocked, notBlockedRows, type Reader } from '../blocks/index.js';
import { Prisma, type Transaction } from '../database.js';

const shownTo = (viewer: Reader): Post['visibility'][] =>
  isPersonOr(viewer, 'content:read') ? ['PUBLIC', 'MEMBERS'] : ['PUBLIC'];

/** The posts a viewer sees, visitors included. Every way to a post goes through this filter. */
export const visiblePosts = (viewer: Reader): Prisma.PostWhereInput => ({
  ...stillVisiblePosts(viewer),
  author: notBlocked(viewer),
});

/** Of posts that the viewer saw a moment ago those that are still there. */
export const stillVisiblePosts = (viewer: Reader): Prisma.PostWhereInput => ({
  removedAt: null,
  visibility: { in: shownTo(viewer) },
});

/** The same filter on rows of posts, for statements that Prisma cannot write. */
export const visiblePostRows = (viewer: Reader): Prisma.Sql =>
  Prisma.sql`removed_at IS NULL AND visibility = ANY(${shownTo(viewer)}::post_visibility[])
    AND ${notBlockedRows(viewer, Prisma.sql`posts.author_id`)}`;

/**
 * A post the viewer sees, locked until the transaction ends. Whoever changes a post or what hangs on it takes this lock
 * first: counters stay true, and messages about one post leave in the order of what they tell.
 */
export async function lockPost(tx: Transaction, postId: string, viewer: NonNullable<Reader>): Promise<Post> {
  await lockRow(tx, postId);
  const post = await tx.post.findFirst({ where: { AND: [{ id: postId }, visiblePosts(viewer)] } });
  if (!post) throw new AppError('NOT_FOUND', 'There is no such post.', { path: ['postId'] });
  return post;
}

/** The same lock, whoever asks and whether the post is still there. */
export async function lockRow(tx: Transaction, postId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM posts WHERE id = ${postId}::uuid FOR NO KEY UPDATE`;
}
