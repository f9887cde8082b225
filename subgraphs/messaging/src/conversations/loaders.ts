import { createGroupLoader, createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Participant } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { ConversationModel } from '../models.js';

export interface ConversationLoaders {
  /** Conversations the viewer takes part in; null for all others. */
  readonly conversation: Loader<string, ConversationModel | null>;
  /** Everybody in a conversation, by its key. */
  readonly participants: Loader<string, Participant[]>;
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
        where: { conversationId: { in: [...ids] } },
        orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
      }),
    (side) => side.conversationId,
  ),
});
