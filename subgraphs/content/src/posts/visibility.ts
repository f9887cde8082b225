import type { Viewer } from '@diaspora/kit';
import type { Post } from '../__generated__/prisma/client.js';
import { AppError } from '@diaspora/kit';
import type { Prisma, Transaction } from '../database.js';

/** The posts a viewer sees, visitors included. Every way to a post goes through this filter. */
export const visiblePosts = (viewer: Pick<Viewer, 'id'> | null): Prisma.PostWhereInput => ({
  removedAt: null,
  ...(!viewer && { visibility: 'PUBLIC' as const }),
});

/**
 * A post the viewer sees, locked until the transaction ends. Whoever changes a post or what hangs on it takes this lock
 * first: counters stay true, and messages about one post leave in the order of what they tell.
 */
export async function lockPost(tx: Transaction, postId: string, viewer: Pick<Viewer, 'id'>): Promise<Post> {
  await tx.$executeRaw`SELECT 1 FROM posts WHERE id = ${postId}::uuid FOR NO KEY UPDATE`;
  const post = await tx.post.findFirst({ where: { AND: [{ id: postId }, visiblePosts(viewer)] } });
  if (!post) throw new AppError('NOT_FOUND', 'There is no such post.', { path: ['postId'] });
  return post;
}
