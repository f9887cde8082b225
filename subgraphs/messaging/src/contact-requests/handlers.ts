import { messagesFrom, tie, type MessageHandler } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from '../database.js';
import { conversationIds, userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import type { Notice } from '../notifications/index.js';

const users = messagesFrom<UsersMessages, Transaction>('users');

const own = messagesFrom<MessagingMessages, Transaction>('messaging');
const sent = z.object({ conversationId: z.string(), senderId: z.string() });

/** Friends need not ask each other, and whoever blocks somebody has declined. Whoever is asked is told so once. */
export const createContactRequestHandlers = (
  tell: (tx: Transaction, notice: Notice) => Promise<void>,
): MessageHandler<Transaction>[] => [
  users.on('user.connected', tie, async ({ data }, tx) => {
    const [low, high] = [userIds.decode(data.personId), userIds.decode(data.otherId)].sort();
    await tx.$executeRaw`
      UPDATE participants p SET box = 'INBOX' FROM conversations c
      WHERE c.pair_key = ${`${low}:${high}`} AND p.conversation_id = c.id AND p.box IN ('REQUESTS', 'DECLINED')
        AND EXISTS (SELECT FROM friendships f
          WHERE f.low_id = ${low}::uuid AND f.high_id = ${high}::uuid AND f.is_active)`;
  }),
  users.on('user.blocked', tie, async ({ data }, tx) => {
    const [blocker, blocked] = [userIds.decode(data.personId), userIds.decode(data.otherId)];
    await tx.$executeRaw`
      UPDATE participants p SET box = 'DECLINED' FROM conversations c
      WHERE c.pair_key = ${[blocker, blocked].sort().join(':')} AND p.conversation_id = c.id
        AND p.user_id = ${blocker}::uuid AND p.box = 'REQUESTS'
        AND EXISTS (SELECT FROM blocks b
          WHERE b.blocker_id = ${blocker}::uuid AND b.blocked_id = ${blocked}::uuid AND b.is_active)`;
  }),
  own.on('message.sent', sent, async ({ data }, tx) => {
    const conversationId = conversationIds.decode(data.conversationId);
    const asked = await tx.participant.findMany({
      where: { conversationId, box: 'REQUESTS', leftAt: null },
      select: { userId: true },
    });
    for (const { userId } of asked)
      await tell(tx, requestNotice(conversationId, userId, userIds.decode(data.senderId)));
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
