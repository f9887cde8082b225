import { messagesFrom, tie, type Clock, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Participant } from '../__generated__/prisma/client.js';
import { announceLater } from '../announcing.js';
import type { Transaction } from '../database.js';
import { conversationIds, userIds } from '../ids.js';
import { endLiveLocations } from '../live-location/index.js';
import { lockConversation } from '../members/index.js';
import type { MessagingMessages } from '../messages.js';
import type { Notice, Telling } from '../notifications/index.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const own = messagesFrom<MessagingMessages, Transaction>('messaging');
const sent = z.object({ conversationId: z.string(), senderId: z.string() });

interface Dependencies {
  readonly clock: Clock;
  readonly tellAll: Telling['tellAll'];
}

type Moved = Pick<Participant, 'conversationId' | 'userId'>;

/** Friends need not ask each other, and whoever blocks somebody has declined. Whoever is asked is told so once. */
export const createContactRequestHandlers = ({
  clock,
  tellAll,
}: Dependencies): MessageHandler<Transaction>[] => [
  users.on('user.connected', tie, async ({ data }, tx) => {
    const [low, high] = [userIds.decode(data.personId), userIds.decode(data.otherId)].sort();
    const moved = await tx.$queryRaw<Moved[]>`
      UPDATE participants p SET box = 'INBOX' FROM conversations c
      WHERE c.pair_key = ${`${low}:${high}`} AND p.conversation_id = c.id AND p.box IN ('REQUESTS', 'DECLINED')
        AND EXISTS (SELECT FROM friendships f
          WHERE f.low_id = ${low}::uuid AND f.high_id = ${high}::uuid AND f.is_active)
      RETURNING p.conversation_id AS "conversationId", p.user_id AS "userId"`;
    for (const { conversationId, userId } of moved)
      await announceLater(tx, { conversationId, lists: [userId] });
  }),
  users.on('user.blocked', tie, async ({ data }, tx) => {
    const [blocker, blocked] = [userIds.decode(data.personId), userIds.decode(data.otherId)];
    const pairKey = [blocker, blocked].sort().join(':');
    const conversation = await tx.conversation.findUnique({ where: { pairKey }, select: { id: true } });
    if (!conversation) return;
    const { id: conversationId } = conversation;
    await lockConversation(tx, conversationId);
    const where = { blockerId: blocker, blockedId: blocked, isActive: true };
    if ((await tx.block.count({ where })) === 0) return;
    await tx.participant.updateMany({
      where: { conversationId, userId: blocker, box: 'REQUESTS' },
      data: { box: 'DECLINED' },
    });
    await endLiveLocations(tx, { conversationId, at: clock.now() });
    await announceLater(tx, { conversationId, lists: [blocker] });
  }),
  own.on('message.sent', sent, async ({ data }, tx) => {
    const conversationId = conversationIds.decode(data.conversationId);
    const asked = await tx.participant.findMany({
      where: { conversationId, box: 'REQUESTS', leftAt: null },
      select: { userId: true },
    });
    const senderId = userIds.decode(data.senderId);
    const notices = asked.map(({ userId }) => requestNotice(conversationId, userId, senderId));
    await tellAll(tx, notices);
  }),
];

const requestNotice = (conversationId: string, recipientId: string, actorId: string): Notice => ({
  recipientId,
  type: 'MESSAGE_REQUESTED',
  occasion: conversationId,
  subjectType: 'CONVERSATION',
  subjectId: conversationId,
  actorId,
});
