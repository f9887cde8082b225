import { AppError, parseInput, type Viewer } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { noSuchConversation } from '../refusals.js';
import type { Allowance } from './allowance.js';
import type { Append } from './append.js';
import { outgoingMessage, sameMessage, unlimitedMessaging } from './rules.js';

export type Messages = ReturnType<typeof createMessages>;

interface Dependencies {
  readonly db: Db;
  readonly append: Append['append'];
  readonly allowance: Allowance;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

export interface Outgoing {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly text: string;
}

export function createMessages({ db, append, allowance, announce }: Dependencies) {
  /** Everything under the conversation's row lock: retries find the first message, sequences have neither gap nor twin. */
  async function send(sender: Viewer, { conversationId, ...input }: Outgoing): Promise<Message> {
    const { clientMessageId, text } = parseInput(outgoingMessage, input);
    const message = await db.$transaction(async (tx) => {
      const { isClosed } = await lockFor(tx, conversationId, sender.id);
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
      return append(tx, { ...key, text });
    });
    void announce(conversationId);
    return message;
  }

  /**
   * Closed to a sender who left; and where two people talk, when a block separates them or the other is there no more.
   */
  async function lockFor(tx: Transaction, conversationId: string, senderId: string) {
    const [conversation] = await tx.$queryRaw<{ isClosed: boolean }[]>`
      SELECT p.left_at IS NOT NULL OR c.kind = 'DIRECT' AND EXISTS (
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
        AND m.kind <> 'SYSTEM'
      WHERE p.conversation_id = ${conversationId}::uuid AND p.user_id <> ${sender.id}::uuid LIMIT 1`;
    return !answered;
  }

  return { send };
}
