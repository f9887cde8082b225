import {
  AppError,
  idempotent,
  parseInput,
  type Audit,
  type Clock,
  type Outbox,
  type Page,
  type Viewer,
} from '@diaspora/kit';
import type { Comment } from '../__generated__/prisma/client.js';
import { notBlocked } from '../blocks/index.js';
import type { Db, Transaction } from '../database.js';
import { commentIds, postIds, userIds } from '../ids.js';
import { ensureMembers } from '../members/index.js';
import type { ContentMessages } from '../messages.js';
import { lockPost, visiblePosts } from '../posts/index.js';
import { excerptOf, mayDelete, newComment } from './rules.js';

export type Comments = ReturnType<typeof createComments>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<ContentMessages>;
  readonly audit: Audit;
}

export function createComments({ db, clock, outbox, audit }: Dependencies) {
  async function add(author: Viewer, input: unknown): Promise<Comment> {
    const { idempotencyKey: key, ...request } = parseInput(newComment, input);
    const postId = postIds.decode(request.postId);
    const { commentId } = await db.$transaction((tx) =>
      idempotent(tx, { actor: author.id, operation: 'addComment', key, request }, async () => {
        const post = await lockPost(tx, postId, author);
        await ensureMembers(tx, author.id);
        const { text } = request;
        const comment = await tx.comment.create({
          data: { id: commentIds.create(), postId, authorId: author.id, text, createdAt: clock.now() },
        });
        await tx.post.update({ where: { id: postId }, data: { commentCount: { increment: 1 } } });
        const data = {
          commentId: commentIds.encode(comment.id),
          postId: request.postId,
          excerpt: excerptOf(text),
          postAuthorId: userIds.encode(post.authorId),
          authorId: userIds.encode(author.id),
          createdAt: comment.createdAt.toISOString(),
        };
        await outbox.publish(tx, { type: 'comment.added', key: request.postId, data });
        return { commentId: comment.id };
      }),
    );
    const comment = await db.comment.findFirst({ where: { id: commentId, post: visiblePosts(author) } });
    if (!comment) throw new AppError('NOT_FOUND', 'There is no such post.', { path: ['postId'] });
    return comment;
  }

  /** Erases a comment's text and leaves its place. Deleting it again changes nothing. */
  async function remove(actor: Viewer, commentId: string): Promise<Comment> {
    return db.$transaction(async (tx) => {
      const missing = new AppError('NOT_FOUND', 'There is no such comment.', { path: ['commentId'] });
      const comment = await tx.comment.findUnique({ where: { id: commentId } });
      if (!comment) throw missing;
      const post = await lockPost(tx, comment.postId, actor).catch((error: unknown) => {
        throw error instanceof AppError ? missing : error;
      });
      if (!mayDelete(actor.id, comment, post))
        throw new AppError('FORBIDDEN', 'You may not delete this comment.');
      const { count } = await tx.comment.updateMany({
        where: { id: commentId, deletedAt: null },
        data: { text: null, deletedAt: clock.now(), deletedById: actor.id },
      });
      if (count > 0) {
        await tx.post.update({ where: { id: post.id }, data: { commentCount: { decrement: 1 } } });
        if (comment.authorId !== actor.id) await recordRemoval(tx, comment);
      }
      return tx.comment.findUniqueOrThrow({ where: { id: commentId } });
    });
  }

  /** Somebody else's comment: what it said is gone from here too. */
  const recordRemoval = (tx: Transaction, { id, authorId, createdAt }: Comment) =>
    audit.record(tx, {
      action: 'comment.removed',
      subject: { type: 'Comment', id: commentIds.encode(id) },
      personId: authorId,
      before: { createdAt },
    });

  /** Comments of a post the viewer has already been let see. */
  const list = (viewer: Viewer | null, postId: string, page: Page): Promise<Comment[]> =>
    db.comment.findMany({
      where: { AND: [{ postId, author: notBlocked(viewer) }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { add, remove, list };
}
