import type { Clock, Outbox } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { postIds } from '../ids.js';
import type { ContentMessages } from '../messages.js';

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<ContentMessages>;
}

/** What was written is gone; where others answered, the empty place stays, as after a removal. */
export const createErasure =
  ({ clock, outbox }: Dependencies) =>
  async (tx: Transaction, personId: string) => {
    const now = clock.now();
    await lockPosts(tx, personId);
    const posts = await removePosts();
    const comments = await removeComments();
    const reactions = await removeReactions();
    const media = await removeMedia();
    await tx.member.updateMany({
      where: { userId: personId },
      data: { countryOfOrigin: null, languages: [] },
    });
    await tx.block.deleteMany({ where: { OR: [{ blockerId: personId }, { blockedId: personId }] } });
    await tx.mute.deleteMany({ where: { OR: [{ muterId: personId }, { mutedId: personId }] } });
    return { posts, comments, reactions, media };

    async function removePosts(): Promise<number> {
      const removed = await tx.$queryRaw<{ id: string; version: number }[]>`
        UPDATE posts SET text = '', hashtags = '{}', removed_at = ${now}, version = version + 1
        WHERE author_id = ${personId}::uuid AND removed_at IS NULL RETURNING id, version`;
      for (const { id, version } of removed) {
        const data = { postId: postIds.encode(id), version, removedAt: now.toISOString() };
        await outbox.publish(tx, { type: 'post.removed', key: data.postId, data });
      }
      await tx.post.updateMany({ where: { authorId: personId }, data: { authorOrigin: null } });
      await tx.postMedia.deleteMany({ where: { post: { authorId: personId } } });
      return removed.length;
    }

    async function removeComments(): Promise<number> {
      return tx.$executeRaw`
      WITH removed AS (
        UPDATE comments SET text = NULL, deleted_at = ${now}
        WHERE author_id = ${personId}::uuid AND deleted_at IS NULL RETURNING post_id),
      counted AS (
        UPDATE posts SET comment_count = comment_count - mine.count
        FROM (SELECT post_id, count(*) AS count FROM removed GROUP BY post_id) AS mine WHERE posts.id = mine.post_id)
      SELECT 1 FROM removed`;
    }

    async function removeReactions(): Promise<number> {
      return tx.$executeRaw`
      WITH removed AS (DELETE FROM reactions WHERE user_id = ${personId}::uuid RETURNING post_id),
      counted AS (
        UPDATE posts SET reaction_count = reaction_count - 1
        FROM removed WHERE posts.id = removed.post_id)
      SELECT 1 FROM removed`;
    }

    /** What may still be in quarantine keeps its row until the reaper has been there; a second pass finds it. */
    async function removeMedia(): Promise<number> {
      const own = { ownerId: personId };
      const { count } = await tx.media.deleteMany({
        where: { ...own, clearedAt: { not: null }, posts: { none: {} } },
      });
      await tx.media.updateMany({ where: { ...own, fileName: { not: null } }, data: { fileName: null } });
      return count;
    }
  };

/** All that will change, in one order: whoever writes to one of these posts waits, or is waited for. */
async function lockPosts(tx: Transaction, personId: string): Promise<void> {
  await tx.$executeRaw`
    SELECT 1 FROM posts WHERE author_id = ${personId}::uuid
      OR id IN (SELECT post_id FROM comments WHERE author_id = ${personId}::uuid AND deleted_at IS NULL)
      OR id IN (SELECT post_id FROM reactions WHERE user_id = ${personId}::uuid)
    ORDER BY id FOR NO KEY UPDATE`;
}
