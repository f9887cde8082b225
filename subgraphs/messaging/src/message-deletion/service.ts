import { hourMs, type Audit, type Clock } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import { appendEvent } from '../conversation-events/index.js';
import { countUnread, isSeenBy } from '../conversations/index.js';
import { Prisma, type Db, type Transaction } from '../database.js';
import { messageIds } from '../ids.js';
import { nothingSaid } from '../message-content/index.js';
import { lockSeen } from '../messages/index.js';
import type { Telling } from '../notifications/index.js';
import { rightToDelete } from './rules.js';

export type Deletion = ReturnType<typeof createDeletion>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly telling: Pick<Telling, 'withdraw'>;
  /** How long after it was sent its sender may take a message back from everybody. */
  readonly hours: number;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

interface Deleted {
  readonly personId: string;
  readonly messageId: string;
}

export function createDeletion({ db, clock, audit, telling, hours, announce }: Dependencies) {
  /** Everybody else keeps the message. */
  const forPerson = (deleted: Deleted) =>
    change(deleted, async (tx, message) => {
      const { personId: userId, messageId } = deleted;
      const { conversationId } = message;
      await tx.hiddenMessage.create({ data: { messageId, userId, hiddenAt: clock.now() } });
      const key = { conversationId_userId: { conversationId, userId } };
      const { readUpToSequence: after } = await tx.participant.findUniqueOrThrow({ where: key });
      const unreadCount = await countUnread(tx, { conversationId, userId, after });
      await tx.participant.update({ where: key, data: { unreadCount } });
      await tell(tx, message, { actorId: userId, audience: [userId] });
    });

  /** Its place stays, empty. Repeated, it changes nothing. */
  const forEverybody = (deleted: Deleted) =>
    change(deleted, async (tx, message) => {
      if (message.deletedAt) return;
      const { personId: userId } = deleted;
      const key = { conversationId_userId: { conversationId: message.conversationId, userId } };
      const side = await tx.participant.findUniqueOrThrow({ where: key });
      const right = rightToDelete(message, side, { now: clock.now(), windowMs: hours * hourMs });
      await uncount(tx, message.id);
      await empty(tx, message.id, userId);
      await telling.withdraw(tx, {
        objectId: message.conversationId,
        type: 'MENTIONED',
        subjectId: message.id,
      });
      await tell(tx, message, { actorId: userId });
      if (right === 'LED') await record(tx, message);
    });

  /** Under the lock of the conversation. Who left, and whom a block separates, may still delete. */
  async function change(
    deleted: Deleted,
    apply: (tx: Transaction, message: Message) => Promise<void>,
  ): Promise<string> {
    const conversationId = await db.$transaction(async (tx) => {
      const message = await lockSeen(tx, deleted);
      await apply(tx, message);
      return message.conversationId;
    });
    void announce(conversationId);
    return conversationId;
  }

  /** Nobody has to read it any more: whoever sees it and has not read it yet. Before it is emptied. */
  const uncount = (tx: Transaction, messageId: string): Promise<number> =>
    tx.$executeRaw`
      UPDATE participants p SET unread_count = p.unread_count - 1 FROM messages m
      WHERE m.id = ${messageId}::uuid AND p.conversation_id = m.conversation_id
        AND p.user_id <> m.sender_id AND p.read_up_to_sequence < m.sequence AND ${isSeenBy(Prisma.sql`p.user_id`)}`;

  async function empty(tx: Transaction, id: string, deletedById: string): Promise<void> {
    await tx.messageEdit.deleteMany({ where: { messageId: id } });
    await tx.messageReaction.deleteMany({ where: { messageId: id } });
    await tx.message.update({
      where: { id },
      data: { ...nothingSaid, deletedAt: clock.now(), deletedById, version: { increment: 1 } },
    });
  }

  async function tell(
    tx: Transaction,
    { id, conversationId, sequence }: Message,
    to: { readonly actorId: string; readonly audience?: readonly string[] },
  ): Promise<void> {
    const what = { kind: 'MESSAGE_DELETED', messageId: id, details: { sequence } } as const;
    await appendEvent(tx, conversationId, { ...what, ...to, occurredAt: clock.now() });
  }

  /** That it happened, to whom; what was said is nobody's to keep. */
  const record = (tx: Transaction, { id, senderId }: Message): Promise<void> =>
    audit.record(tx, {
      action: 'message.removed',
      subject: { type: 'Message', id: messageIds.encode(id) },
      personId: senderId,
    });

  return { forPerson, forEverybody };
}
