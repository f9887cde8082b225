import {
  createFirstPageLoaders,
  createGroupLoader,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { MessageReaction } from '../__generated__/prisma/client.js';
import { toldUntil } from '../conversations/index.js';
import { firstIds, Prisma, type Db } from '../database.js';
import type { ReactionCountModel } from '../models.js';

export interface ReactionLoaders {
  /** Counts of each emoji, by message, as far as the viewer was there. Whoever asks sees the message. */
  readonly reactionCounts: Loader<string, ReactionCountModel[]>;
  /** The first or last reactions to a message, by message. Whoever asks sees the message. */
  readonly firstReactions: (page: FirstPage) => Loader<string, MessageReaction[]>;
}

export const createReactionLoaders = (db: Db, viewer: Viewer | null): ReactionLoaders => ({
  reactionCounts: createGroupLoader(
    async (messageIds) =>
      viewer
        ? db.$queryRaw<ReactionCountModel[]>`
            SELECT r.message_id AS "messageId", r.emoji, count(*)::int AS count,
                   bool_or(r.user_id = ${viewer.id}::uuid) AS "viewerHasReacted"
            FROM messages m CROSS JOIN LATERAL (SELECT ${toldUntil(viewer.id)} AS until) AS told
            JOIN message_reactions r ON r.message_id = m.id AND r.reacted_at <= told.until
            WHERE m.id = ANY(${[...messageIds]}::uuid[])
            GROUP BY r.message_id, r.emoji ORDER BY min(r.id::text)`
        : [],
    (count) => count.messageId,
  ),
  firstReactions: createFirstPageLoaders(
    async (messageIds, page) => {
      if (!viewer) return [];
      const until = Prisma.sql`(SELECT ${toldUntil(viewer.id)} FROM messages m WHERE m.id = message_id)`;
      const condition = Prisma.sql`reacted_at <= ${until}`;
      const list = { table: 'message_reactions', parent: 'messageId', condition };
      const ids = await firstIds(db, list, messageIds, page);
      return db.messageReaction.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (reaction) => reaction.messageId,
  ),
});
