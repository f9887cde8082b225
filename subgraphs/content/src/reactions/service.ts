import type { Clock, Outbox, Viewer } from '@diaspora/kit';
import type { Post } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { postIds, userIds } from '../ids.js';
import type { ContentMessages } from '../messages.js';
import { lockPost } from '../posts/index.js';

export type Reactions = ReturnType<typeof createReactions>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<ContentMessages>;
}

export function createReactions({ db, clock, outbox }: Dependencies) {
  /** One like for each person and post, however often and from wherever it is asked for. */
  const like = (viewer: Viewer, postId: string): Promise<Post> =>
    db.$transaction(async (tx) => {
      const post = await lockPost(tx, postId, viewer);
      const createdAt = clock.now();
      const { count } = await tx.reaction.createMany({
        data: [{ postId, userId: viewer.id, createdAt }],
        skipDuplicates: true,
      });
      if (count === 0) return post;
      const data = {
        postId: postIds.encode(postId),
        kind: 'LIKE' as const,
        createdAt: createdAt.toISOString(),
        postAuthorId: userIds.encode(post.authorId),
        userId: userIds.encode(viewer.id),
      };
      await outbox.publish(tx, { type: 'reaction.added', key: data.postId, data });
      return tx.post.update({ where: { id: postId }, data: { reactionCount: { increment: 1 } } });
    });

  const unlike = (viewer: Viewer, postId: string): Promise<Post> =>
    db.$transaction(async (tx) => {
      const post = await lockPost(tx, postId, viewer);
      const { count } = await tx.reaction.deleteMany({ where: { postId, userId: viewer.id } });
      if (count === 0) return post;
      return tx.post.update({ where: { id: postId }, data: { reactionCount: { decrement: 1 } } });
    });

  return { like, unlike };
}
