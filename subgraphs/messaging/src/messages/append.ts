import type { Clock, Outbox } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import { appendEvent } from '../conversation-events/index.js';
import type { Transaction } from '../database.js';
import { conversationIds, messageIds, userIds } from '../ids.js';
import type { MessageBody } from '../message-content/index.js';
import type { MessagingMessages } from '../messages.js';
import type { SystemLine } from './rules.js';

export type Append = ReturnType<typeof createAppend>;

interface Dependencies {
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
}

type Written = Pick<Message, 'conversationId' | 'senderId' | 'clientMessageId'> &
  Partial<MessageBody & Pick<Message, 'bodyHash' | 'isForwarded' | 'mediaOwnerId'>> & {
    readonly text: string;
  };

/** Every message is inserted here. The conversation's row is locked by its update, if it was not before. */
export function createAppend({ clock, outbox }: Dependencies) {
  /**
   * The next message of a conversation; everybody else there has one more to read. It brings the conversation back from
   * the archive, where it is not muted. Whoever writes has accepted it.
   */
  async function append(tx: Transaction, written: Written): Promise<Message> {
    const message = await insert(tx, { id: messageIds.create(), ...written });
    await tx.$executeRaw`
      UPDATE participants SET last_activity_at = ${message.sentAt},
        unread_count = unread_count + CASE WHEN user_id = ${message.senderId}::uuid THEN 0 ELSE 1 END,
        box = CASE WHEN user_id = ${message.senderId}::uuid THEN 'INBOX'
          WHEN box = 'ARCHIVED' AND coalesce(muted_until <= ${clock.now()}, true) THEN 'INBOX' ELSE box END
      WHERE conversation_id = ${message.conversationId}::uuid AND left_at IS NULL`;
    return message;
  }

  /** A line that tells what somebody did; nobody has to read it, but lists of conversations show what it tells. */
  async function appendLine(
    tx: Transaction,
    { conversationId, actorId, line }: { conversationId: string; actorId: string; line: SystemLine },
  ): Promise<Message> {
    const id = messageIds.create();
    const row = { id, conversationId, senderId: actorId, clientMessageId: id, text: '' };
    const message = await insert(tx, { ...row, kind: 'SYSTEM', system: { ...line } });
    await touchSides(tx, conversationId);
    return message;
  }

  async function insert(
    tx: Transaction,
    row: Written & { id: string; kind?: 'SYSTEM'; system?: object },
  ): Promise<Message> {
    // Times never go back along a conversation, whatever the clocks of two service processes say.
    const [next] = await tx.$queryRaw<{ sequence: number; sentAt: Date }[]>`
      UPDATE conversations SET last_sequence = last_sequence + 1,
        last_message_at = greatest(last_message_at, ${clock.now()})
      WHERE id = ${row.conversationId}::uuid RETURNING last_sequence AS sequence, last_message_at AS "sentAt"`;
    const message = await tx.message.create({ data: { ...row, ...next! } });
    await appendEvent(tx, message.conversationId, {
      kind: 'MESSAGE_SENT',
      messageId: message.id,
      actorId: message.senderId,
      occurredAt: message.sentAt,
    });
    await publish(tx, message);
    return message;
  }

  async function publish(
    tx: Transaction,
    { id, conversationId, senderId, sequence, sentAt, kind }: Message,
  ): Promise<void> {
    const key = conversationIds.encode(conversationId);
    const data = {
      messageId: messageIds.encode(id),
      conversationId: key,
      senderId: userIds.encode(senderId),
      sequence,
      sentAt: sentAt.toISOString(),
      kind,
    };
    await outbox.publish(tx, { type: 'message.sent', key, data });
  }

  return { append, appendLine };
}

/**
 * What everybody sees of a conversation in their list has changed: their sides are written anew, so that whoever follows
 * their list is told (ADR 39). Under the lock of the conversation.
 */
export const touchSides = (tx: Transaction, conversationId: string) =>
  tx.$executeRaw`
    UPDATE participants SET user_id = user_id WHERE conversation_id = ${conversationId}::uuid AND left_at IS NULL`;
