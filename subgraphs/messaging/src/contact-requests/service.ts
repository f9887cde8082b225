import { AppError, type Clock } from '@diaspora/kit';
import type { ConversationBox } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { endLiveLocations } from '../live-location/index.js';
import { lockAsMember, type Side } from '../members/index.js';
import type { ConversationModel } from '../models.js';
import type { Telling } from '../notifications/index.js';
import { noSuchConversation } from '../refusals.js';

export type ContactRequests = ReturnType<typeof createContactRequests>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Takes somebody out of a group. */
  readonly leave: (tx: Transaction, side: Side) => Promise<void>;
  readonly telling: Pick<Telling, 'withdraw'>;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
  /** Wakes whoever follows the lists of these people. Never rejects. */
  readonly announceTo: (userIds: readonly string[]) => Promise<void>;
}

export function createContactRequests(dependencies: Dependencies) {
  const { db, clock, leave, telling, announce, announceTo } = dependencies;

  /** Again is the same, and whoever has declined may think better of it. */
  const accept = (userId: string, conversationId: string): Promise<ConversationModel> =>
    deciding(userId, conversationId, async (tx, { box }) => {
      if (isOpen(box)) await place(tx, userId, conversationId, 'INBOX');
    });

  async function decline(userId: string, conversationId: string): Promise<ConversationModel> {
    const declined = await deciding(userId, conversationId, async (tx, side) => {
      const { box, conversation } = side;
      if (!isOpen(box))
        throw new AppError('CONFLICT', 'You have accepted it already.', { path: ['conversationId'] });
      if (conversation.kind === 'DIRECT') await endLiveLocations(tx, { conversationId, at: clock.now() });
      else await leave(tx, side);
      await place(tx, userId, conversationId, 'DECLINED');
    });
    if (declined.leftAt) void announce(conversationId);
    return declined;
  }

  /** Under the conversation's lock. */
  async function deciding(
    userId: string,
    conversationId: string,
    decide: (tx: Transaction, side: Side) => Promise<void>,
  ): Promise<ConversationModel> {
    const decided = await db.$transaction(async (tx) => {
      const side = await lockAsMember(tx, conversationId, userId);
      if (!side) throw noSuchConversation();
      await decide(tx, side);
      await telling.withdraw(tx, {
        recipientId: userId,
        type: 'MESSAGE_REQUESTED',
        objectId: conversationId,
      });
      return tx.participant.findUniqueOrThrow({
        where: { conversationId_userId: { conversationId, userId } },
        include: { conversation: true },
      });
    });
    void announceTo([userId]);
    return decided;
  }

  const isOpen = (box: ConversationBox): boolean => box === 'REQUESTS' || box === 'DECLINED';

  const place = async (tx: Transaction, userId: string, conversationId: string, box: ConversationBox) => {
    await tx.participant.update({
      where: { conversationId_userId: { conversationId, userId } },
      data: { box },
    });
  };

  return { accept, decline };
}
