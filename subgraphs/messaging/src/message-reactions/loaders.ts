import {
  createFirstPageLoaders,
  createGroupLoader,
  orderOf,
  type FirstPage,
  type Loader,
  type Viewer,
} from '@diaspora/kit';
import type { MessageReaction } from '../__generated__/prisma/client.js';
import { Prisma, type Db } from '../database.js';
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
      const found = await db.$queryRaw<{ id: string }[]>`
        SELECT reaction.id FROM unnest(${[...messageIds]}::uuid[]) AS message (id)
        CROSS JOIN LATERAL (
          SELECT id FROM message_reactions WHERE message_id = message.id
          ORDER BY ${Prisma.raw(orderOf(page))} LIMIT ${page.take}
        ) AS reaction`;
      const ids = found.map(({ id }) => id);
      return db.messageReaction.findMany({ where: { id: { in: ids } }, orderBy: page.orderBy });
    },
    (reaction) => reaction.messageId,
  ),
});
