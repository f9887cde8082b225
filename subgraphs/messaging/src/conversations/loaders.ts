import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Participant } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { ConversationModel } from '../models.js';

export interface ConversationLoaders {
  /** Conversations the viewer takes part in; null for all others. */
  readonly conversation: Loader<string, ConversationModel | null>;
  /** Who takes part in a conversation now, by its key: the first ten. */
  readonly participants: Loader<string, Side[]>;
  /** The newest message that the viewer sees of a conversation they left; null when they see none. */
  readonly lastSeen: Loader<string, LastSeen | null>;
}

type Side = Pick<Participant, 'conversationId' | 'userId'>;

interface LastSeen {
  readonly conversationId: string;
  readonly sequence: number;
  readonly sentAt: Date;
}

export const createConversationLoaders = (db: Db, viewer: Viewer | null): ConversationLoaders => ({
  conversation: createRowLoader(
    async (ids) =>
      viewer
        ? db.participant.findMany({
            where: { userId: viewer.id, conversationId: { in: [...ids] } },
            include: { conversation: true },
          })
        : [],
    (side) => side.conversationId,
  ),
  participants: createGroupLoader(
    (ids) =>
      db.$queryRaw<Side[]>`
        SELECT first.* FROM unnest(${[...ids]}::uuid[]) AS wanted(id) CROSS JOIN LATERAL (
          SELECT conversation_id AS "conversationId", user_id AS "userId" FROM participants
          WHERE conversation_id = wanted.id AND left_at IS NULL ORDER BY joined_at, user_id LIMIT 10) AS first`,
    (side) => side.conversationId,
  ),
  lastSeen: createRowLoader(
    async (ids) =>
      viewer
        ? db.$queryRaw<LastSeen[]>`
            SELECT DISTINCT ON (w.conversation_id) w.conversation_id AS "conversationId", m.sequence, m.sent_at AS "sentAt"
            FROM visibility_windows w JOIN messages m ON m.conversation_id = w.conversation_id AND m.sequence = w.until_sequence
            WHERE w.user_id = ${viewer.id}::uuid AND w.conversation_id = ANY(${[...ids]}::uuid[])
            ORDER BY w.conversation_id, w.after_sequence DESC`
        : [],
    (row) => row.conversationId,
  ),
});
