import {
  createFirstPageLoaders,
  createGroupLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { MessageReaction } from '../__generated__/prisma/client.js';
import { firstIds, type Db } from '../database.js';
import type { ReactionCountModel } from '../models.js';

export interface ReactionLoaders {
  /** Counts of each emoji, by message. Whoever asks sees the message. */
  readonly reactionCounts: Loader<string, ReactionCountModel[]>;
  /** The first or last reactions to a message, by message. Whoever asks sees the message. */
  readonly firstReactions: (page: FirstPage) => Loader<string, MessageReaction[]>;
}

export const createReactionLoaders = (db: Db, viewer: Viewer | null): ReactionLoaders => ({
  reactionCounts: createGroupLoader(
    (messageIds) =>
      db.$queryRaw<ReactionCountModel[]>`
        SELECT message_id AS "messageId", emoji, count(*)::int AS count,
               coalesce(bool_or(user_id = ${viewer?.id ?? null}::uuid), false) AS "viewerHasReacted"
        FROM message_reactions WHERE message_id = ANY(${[...messageIds]}::uuid[])
        GROUP BY message_id, emoji ORDER BY min(id::text)`,
    (count) => count.messageId,
  ),
  firstReactions: createFirstPageLoaders(
    async (messageIds, page) => {
      const ids = await firstIds(db, { table: 'message_reactions', parent: 'messageId' }, messageIds, page);
      return db.messageReaction.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (reaction) => reaction.messageId,
  ),
});
