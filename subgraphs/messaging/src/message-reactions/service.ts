import type { Clock, Page } from '@diaspora/kit';
import type { MessageReaction } from '../__generated__/prisma/client.js';
import { appendEvent } from '../conversation-events/index.js';
import type { Db, Transaction } from '../database.js';
import { reactionIds } from '../ids.js';
import { enterFor } from '../messages/index.js';
import { emojiOf, mostEmoji, mostOfOnePerson, tooMany } from './rules.js';

export type Reactions = ReturnType<typeof createReactions>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  /** Wakes whoever listens to the conversation. Never rejects. */
  readonly announce: (conversationId: string) => Promise<void>;
}

interface Reaction {
  readonly userId: string;
  readonly messageId: string;
  readonly emoji: string;
}

export function createReactions({ db, clock, announce }: Dependencies) {
  const add = ({ emoji, ...rest }: Reaction) =>
    change({ ...rest, emoji: emojiOf(emoji) }, async (tx, reaction) => {
      if ((await tx.messageReaction.count({ where: reaction })) > 0) return false;
      await assertRoom(tx, reaction);
      await tx.messageReaction.create({
        data: { ...reaction, id: reactionIds.create(), reactedAt: clock.now() },
      });
      return true;
    });

  const remove = ({ emoji, ...rest }: Reaction) =>
    change({ ...rest, emoji: emojiOf(emoji) }, async (tx, reaction) => {
      const { count } = await tx.messageReaction.deleteMany({ where: reaction });
      return count > 0;
    });

  /** Under the lock of the conversation, so that bounds hold and nobody reacts to what is being deleted. */
  async function change(
    reaction: Reaction,
    apply: (tx: Transaction, reaction: Reaction) => Promise<boolean>,
  ): Promise<void> {
    const { userId, messageId } = reaction;
    const conversationId = await db.$transaction(async (tx) => {
      const message = await enterFor(tx, { personId: userId, messageId });
      if (!(await apply(tx, reaction))) return null;
      const event = {
        kind: 'REACTIONS_CHANGED',
        messageId,
        actorId: userId,
        occurredAt: clock.now(),
      } as const;
      await appendEvent(tx, message.conversationId, event);
      return message.conversationId;
    });
    if (conversationId) void announce(conversationId);
  }

  async function assertRoom(tx: Transaction, { userId, messageId, emoji }: Reaction): Promise<void> {
    if ((await tx.messageReaction.count({ where: { messageId, userId } })) >= mostOfOnePerson)
      throw tooMany();
    const kinds = await tx.messageReaction.groupBy({ by: ['emoji'], where: { messageId } });
    if (kinds.length >= mostEmoji && !kinds.some((kind) => kind.emoji === emoji)) throw tooMany();
  }

  /** Whoever asks sees the message; whoever left, no reaction that came later. */
  async function pageOf(viewerId: string, messageId: string, page: Page): Promise<MessageReaction[]> {
    const left = await db.participant.findFirst({
      where: {
        userId: viewerId,
        leftAt: { not: null },
        conversation: { messages: { some: { id: messageId } } },
      },
      select: { leftAt: true },
    });
    return db.messageReaction.findMany({
      where: { AND: [{ messageId, ...(left && { reactedAt: { lte: left.leftAt! } }) }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });
  }

  return { add, remove, pageOf };
}
