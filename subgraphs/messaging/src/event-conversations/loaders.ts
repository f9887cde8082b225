import { createRowLoader, type Loader, type Viewer } from '@diaspora/kit';
import type { Db } from '../database.js';
import type { ConversationModel } from '../models.js';

export interface EventConversationLoaders {
  /** By the event; null where the viewer takes no part in it. */
  readonly eventConversation: Loader<string, ConversationModel | null>;
}

export const createEventConversationLoaders = (db: Db, viewer: Viewer | null): EventConversationLoaders => ({
  eventConversation: createRowLoader(
    async (eventIds) =>
      viewer
        ? db.participant.findMany({
            where: { userId: viewer.id, leftAt: null, conversation: { eventId: { in: [...eventIds] } } },
            include: { conversation: true },
          })
        : [],
    (side) => side.conversation.eventId!,
  ),
});
