import { AppError } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import { seenAmong } from '../conversations/index.js';
import type { Transaction } from '../database.js';
import { noSuchConversation, noSuchMessage } from '../refusals.js';

interface Door {
  readonly conversationId: string;
  readonly personId: string;
}

/**
 * Locks the conversation, as everybody does first who changes anything in it. Closed to a person who left, and to all when
 * it is over; and where two people talk, when a block separates them, the other has declined or is there no more: nobody is
 * told which of these it is. Throws NOT_FOUND for whoever never took part.
 */
export async function lockFor(tx: Transaction, { conversationId, personId }: Door): Promise<boolean> {
  await tx.$queryRaw`
    SELECT FROM conversations c JOIN participants p ON p.conversation_id = c.id
    WHERE c.id = ${conversationId}::uuid AND p.user_id = ${personId}::uuid FOR UPDATE OF c`;
  // Asked when it is locked: what was changed while this waited for the lock counts.
  const [conversation] = await tx.$queryRaw<{ isClosed: boolean }[]>`
    SELECT p.left_at IS NOT NULL OR c.closed_at IS NOT NULL OR c.kind = 'DIRECT' AND EXISTS (
      SELECT FROM participants other
      LEFT JOIN blocks b ON b.is_active
        AND (b.blocker_id, b.blocked_id) IN ((p.user_id, other.user_id), (other.user_id, p.user_id))
      LEFT JOIN members gone ON gone.id = other.user_id AND gone.erased_at IS NOT NULL
      WHERE other.conversation_id = c.id AND other.user_id <> p.user_id
        AND (b.blocker_id IS NOT NULL OR gone.id IS NOT NULL OR other.box = 'DECLINED')) AS "isClosed"
    FROM conversations c JOIN participants p ON p.conversation_id = c.id
    WHERE c.id = ${conversationId}::uuid AND p.user_id = ${personId}::uuid`;
  if (!conversation) throw noSuchConversation();
  return conversation.isClosed;
}

export const conversationClosed = (path = 'conversationId') =>
  new AppError('CONVERSATION_CLOSED', 'Nothing can be written here.', { path: [path] });

/** Locks a conversation in which the person may write. */
export async function enter(tx: Transaction, door: Door): Promise<void> {
  if (await lockFor(tx, door)) throw conversationClosed();
}

interface Seen {
  readonly personId: string;
  readonly messageId: string;
}

/** Locks the conversation of a message that the person sees, and answers the message as it is under the lock. */
export async function lockSeen(
  tx: Transaction,
  { personId, messageId }: Seen,
): Promise<Message & { readonly isClosed: boolean }> {
  const place = await tx.message.findUnique({ where: { id: messageId }, select: { conversationId: true } });
  if (!place) throw noSuchMessage();
  const isClosed = await lockFor(tx, { conversationId: place.conversationId, personId }).catch(hide);
  const [seen] = await seenAmong(tx, personId, [messageId]);
  if (!seen) throw noSuchMessage();
  return { ...(await tx.message.findUniqueOrThrow({ where: { id: messageId } })), isClosed };
}

/** Of a message of others it is not told that it is there. */
function hide(error: unknown): never {
  throw error instanceof AppError ? noSuchMessage() : error;
}

/** The same for a message that something can be done to: somebody wrote it, it is there, and the conversation is open. */
export async function enterFor(tx: Transaction, seen: Seen): Promise<Message> {
  const { isClosed, ...message } = await lockSeen(tx, seen);
  if (message.kind === 'SYSTEM' || message.erasedAt !== null || message.deletedAt !== null)
    throw noSuchMessage();
  if (isClosed) throw conversationClosed('messageId');
  return message;
}
