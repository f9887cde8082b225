import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Participant } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { ConversationModel } from '../models.js';

export interface ConversationLoaders {
  /** Conversations the viewer takes part in; null for all others. */
  readonly conversation: Loader<string, ConversationModel | null>;
  /** Everybody who takes part in a conversation now, by its key. */
  readonly participants: Loader<string, Participant[]>;
  /** The newest message that the viewer sees of a conversation they left; null when they see none. */
  readonly lastSeen: Loader<string, LastSeen | null>;
}

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
      db.participant.findMany({
        where: { conversationId: { in: [...ids] }, leftAt: null },
        orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
      }),
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
