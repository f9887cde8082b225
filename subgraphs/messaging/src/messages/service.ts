import { parseInput, type Viewer } from '@diaspora/kit';
import type { Message } from '../__generated__/prisma/client.js';
import { seenAmong } from '../conversations/index.js';
import type { Db, Transaction } from '../database.js';
import {
  assertReferences,
  bodyHashOf,
  forwardHashOf,
  messageBody,
  passedOn,
  sameMessage,
  type MessageBody,
} from '../message-content/index.js';
import { noSuchMessage } from '../refusals.js';
import type { Allowance } from './allowance.js';
import type { Append } from './append.js';
import { conversationClosed, lockFor } from './entering.js';
import { clientMessageKey, isUnlimited } from './rules.js';

export type Messages = ReturnType<typeof createMessages>;

interface Dependencies {
  readonly db: Db;
  readonly append: Append['append'];
  readonly allowance: Allowance;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
  /** What the sender was writing there; told to the sender's devices. */
  readonly clearDraft: (
    tx: Transaction,
    side: { conversationId: string; userId: string },
  ) => Promise<unknown>;
}

interface Place {
  readonly conversationId: string;
  readonly clientMessageId: string;
}

interface Posting extends Place {
  readonly senderId: string;
  readonly body: MessageBody;
  /** Whose files are shown: the sender's, or of whoever sent them first. */
  readonly mediaOwnerId?: string;
  readonly isForwarded?: true;
  /** By what a repeated one is known: what it says, unless it is something else. */
  readonly bodyHash?: string;
}

interface Forwarding extends Place {
  readonly messageId: string;
}

export function createMessages({ db, append, allowance, announce, clearDraft }: Dependencies) {
  function send(sender: Viewer, { conversationId, ...input }: Place): Promise<Message> {
    const { clientMessageId } = parseInput(clientMessageKey, input);
    const body = parseInput(messageBody, input);
    return commit(sender, { conversationId, clientMessageId, body, senderId: sender.id });
  }

  /** `original`: as the sender sees it; what it answered and whom it called stays behind. */
  function forward(sender: Viewer, original: Message | null, forwarding: Forwarding) {
    const { messageId, conversationId, ...input } = forwarding;
    const { clientMessageId } = parseInput(clientMessageKey, input);
    const key = { conversationId, clientMessageId, senderId: sender.id };
    const bodyHash = forwardHashOf(messageId);
    if (!original || original.kind === 'SYSTEM' || original.erasedAt || original.deletedAt)
      return forwardedBefore(key, bodyHash);
    return commit(sender, {
      ...{ ...key, bodyHash, body: passedOn(original), isForwarded: true },
      ...(original.mediaOwnerId && { mediaOwnerId: original.mediaOwnerId }),
    });
  }

  /** Repeated when its original is gone, a forward is what it was the first time. */
  async function forwardedBefore(
    key: Place & { readonly senderId: string },
    bodyHash: string,
  ): Promise<Message> {
    const earlier = await db.message.findUnique({
      where: { conversationId_senderId_clientMessageId: key, isForwarded: true },
    });
    const isSeen = earlier && (await seenAmong(db, key.senderId, [earlier.id])).length > 0;
    if (!isSeen) throw noSuchMessage();
    return sameMessage(earlier, bodyHash);
  }

  async function commit(sender: Viewer, posting: Posting): Promise<Message> {
    const message = await db.$transaction((tx) =>
      post(tx, posting, async () => {
        const { conversationId } = posting;
        await charge(tx, sender, conversationId);
        if (!posting.isForwarded) await clearDraft(tx, { conversationId, userId: sender.id });
      }),
    );
    void announce(posting.conversationId);
    return message;
  }

  /**
   * Everything under the conversation's row lock: retries find the first message, sequences have neither gap nor twin.
   * `beforeNew` runs for a message that is not a repeated one.
   */
  async function post(
    tx: Transaction,
    posting: Posting,
    beforeNew: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Message> {
    const { conversationId, clientMessageId, senderId, body, isForwarded, mediaOwnerId } = posting;
    const { bodyHash = bodyHashOf(body) } = posting;
    const isClosed = await lockFor(tx, { conversationId, personId: senderId });
    const key = { conversationId, senderId, clientMessageId };
    const earlier = await tx.message.findUnique({
      where: { conversationId_senderId_clientMessageId: key },
    });
    if (earlier) return sameMessage(earlier, bodyHash);
    if (isClosed) throw conversationClosed();
    await assertReferences(tx, key, body);
    await beforeNew();
    const owner = body.mediaIds.length > 0 && { mediaOwnerId: mediaOwnerId ?? senderId };
    return append(tx, { ...key, ...body, ...owner, ...(isForwarded && { isForwarded }), bodyHash });
  }

  /** Takes a message off the free plan: not of a plan that lifts it, not where the other side has written. */
  async function charge(tx: Transaction, sender: Viewer, conversationId: string): Promise<void> {
    if (isUnlimited(sender)) return;
    const [answered] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM participants p JOIN messages m ON m.conversation_id = p.conversation_id AND m.sender_id = p.user_id
        AND m.kind <> 'SYSTEM'
      WHERE p.conversation_id = ${conversationId}::uuid AND p.user_id <> ${sender.id}::uuid LIMIT 1`;
    if (!answered) await allowance.spend(tx, sender);
  }

  /** What a message that is to be sent later is asked for beforehand. The conversation is locked. */
  async function assertMaySay(
    tx: Transaction,
    sender: Viewer,
    { conversationId, body }: Pick<Posting, 'conversationId' | 'body'>,
  ): Promise<void> {
    await assertReferences(tx, { conversationId, senderId: sender.id }, body);
    await charge(tx, sender, conversationId);
  }

  return { send, forward, post, assertMaySay };
}
