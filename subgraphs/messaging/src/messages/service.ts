import { AppError, parseInput, type Clock, type Outbox, type Viewer } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import { appendEvent } from '../conversation-events/index.js';
import type { Db, Transaction } from '../database.js';
import { conversationIds, messageIds, userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import { noSuchConversation } from '../refusals.js';
import type { Allowance } from './allowance.js';
import { outgoingMessage, sameMessage, sentAtAfter, unlimitedMessaging } from './rules.js';

export type Messages = ReturnType<typeof createMessages>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
  readonly allowance: Allowance;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

export interface Outgoing {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly text: string;
}

export function createMessages({ db, clock, outbox, allowance, announce }: Dependencies) {
  /** Everything under the conversation's row lock: retries find the first message, sequences have neither gap nor twin. */
  async function send(sender: Viewer, { conversationId, ...input }: Outgoing): Promise<Message> {
    const { clientMessageId, text } = parseInput(outgoingMessage, input);
    const message = await db.$transaction(async (tx) => {
      const { lastMessageAt, isClosed } = await lockFor(tx, conversationId, sender.id);
      const key = { conversationId, senderId: sender.id, clientMessageId };
      const earlier = await tx.message.findUnique({
        where: { conversationId_senderId_clientMessageId: key },
      });
      if (earlier) return sameMessage(earlier, text);
      if (isClosed)
        throw new AppError('CONVERSATION_CLOSED', 'Nothing can be written here.', {
          path: ['conversationId'],
        });
      if (await counts(tx, conversationId, sender)) await allowance.spend(tx, sender.id);
      return append(tx, { ...key, text, sentAt: sentAtAfter(lastMessageAt, clock.now()) });
    });
    void announce(conversationId);
    return message;
  }

  /** Closed: a block separates the sender from the other side, or nobody is there any more. */
  async function lockFor(tx: Transaction, conversationId: string, senderId: string) {
    const [conversation] = await tx.$queryRaw<{ lastMessageAt: Date | null; isClosed: boolean }[]>`
      SELECT c.last_message_at AS "lastMessageAt", EXISTS (
        SELECT FROM participants other
        LEFT JOIN blocks b ON b.is_active
          AND (b.blocker_id, b.blocked_id) IN ((p.user_id, other.user_id), (other.user_id, p.user_id))
        LEFT JOIN members gone ON gone.id = other.user_id AND gone.erased_at IS NOT NULL
        WHERE other.conversation_id = c.id AND other.user_id <> p.user_id
          AND (b.blocker_id IS NOT NULL OR gone.id IS NOT NULL)) AS "isClosed"
      FROM conversations c JOIN participants p ON p.conversation_id = c.id
      WHERE c.id = ${conversationId}::uuid AND p.user_id = ${senderId}::uuid FOR UPDATE OF c`;
    if (!conversation) throw noSuchConversation();
    return conversation;
  }

  /** Whether a message counts against the free plan: not with a plan that lifts it, not where the other side has written. */
  async function counts(tx: Transaction, conversationId: string, sender: Viewer): Promise<boolean> {
    if (sender.entitlements.includes(unlimitedMessaging)) return false;
    const [answered] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM participants p JOIN messages m ON m.conversation_id = p.conversation_id AND m.sender_id = p.user_id
      WHERE p.conversation_id = ${conversationId}::uuid AND p.user_id <> ${sender.id}::uuid LIMIT 1`;
    return !answered;
  }

  async function append(
    tx: Transaction,
    message: Omit<Message, 'id' | 'sequence' | 'erasedAt'>,
  ): Promise<Message> {
    const { conversationId, senderId, sentAt } = message;
    const { lastSequence } = await tx.conversation.update({
      where: { id: conversationId },
      data: { lastSequence: { increment: 1 }, lastMessageAt: sentAt },
    });
    const created = await tx.message.create({
      data: { ...message, id: messageIds.create(), sequence: lastSequence },
    });
    await tx.$executeRaw`
      UPDATE participants SET last_activity_at = ${sentAt},
        unread_count = unread_count + CASE WHEN user_id = ${senderId}::uuid THEN 0 ELSE 1 END
      WHERE conversation_id = ${conversationId}::uuid`;
    await appendEvent(tx, conversationId, {
      kind: 'MESSAGE_SENT',
      messageId: created.id,
      actorId: senderId,
      occurredAt: sentAt,
    });
    await publish(tx, created);
    return created;
  }

  async function publish(
    tx: Transaction,
    { id, conversationId, senderId, sequence, sentAt }: Message,
  ): Promise<void> {
    const key = conversationIds.encode(conversationId);
    const data = {
      messageId: messageIds.encode(id),
      conversationId: key,
      senderId: userIds.encode(senderId),
      sequence,
      sentAt: sentAt.toISOString(),
    };
    await outbox.publish(tx, { type: 'message.sent', key, data });
  }

  return { send };
}
