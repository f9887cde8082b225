import { AppError, type Clock, type Outbox, type Page } from '@diaspora/kit';
import { isBlocked } from '../blocks.js';
import { acceptsContact } from '../contact-rules.js';
import type { Db, Transaction } from '../database.js';
import { conversationIds, userIds } from '../ids.js';
import type { MessagingMessages } from '../messages.js';
import type { ConversationModel } from '../models.js';
import { assertPair, pairKeyOf } from './rules.js';

export type Conversations = ReturnType<typeof createConversations>;

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly outbox: Outbox<MessagingMessages>;
}

const noSuchPerson = () => new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });

export function createConversations({ db, clock, outbox }: Dependencies) {
  /**
   * The pair's unique key decides between calls that run at once: one creates, the others find. A block refuses a new
   * conversation, as if the other were not there, and leaves an old one to be read. Whom people let write to them counts
   * for new conversations only: whoever was written to may answer.
   */
  async function openDirect(openerId: string, otherId: string): Promise<ConversationModel> {
    assertPair(openerId, otherId);
    const pairKey = pairKeyOf(openerId, otherId);
    return db.$transaction(async (tx) => {
      const other = await tx.member.findFirst({ where: { id: otherId, erasedAt: null } });
      if (!other) throw noSuchPerson();
      const conversation = {
        id: conversationIds.create(),
        kind: 'DIRECT' as const,
        pairKey,
        createdAt: clock.now(),
      };
      if ((await tx.conversation.count({ where: { pairKey } })) === 0)
        await assertMayBegin(tx, openerId, otherId);
      const { count } = await tx.conversation.createMany({ data: [conversation], skipDuplicates: true });
      if (count === 1) await welcome(tx, conversation, openerId, otherId);
      else await list(tx, pairKey, openerId);
      return tx.participant.findFirstOrThrow({
        where: { userId: openerId, conversation: { pairKey } },
        include: { conversation: true },
      });
    });
  }

  async function assertMayBegin(tx: Transaction, openerId: string, otherId: string): Promise<void> {
    if (await isBlocked(tx, openerId, otherId)) throw noSuchPerson();
    if (await acceptsContact(tx, otherId, openerId)) return;
    throw new AppError('NOT_CONTACTABLE', 'This person does not take new conversations.', {
      path: ['userId'],
    });
  }

  /** A new conversation is in its opener's list; the other side sees it with the first message. */
  async function welcome(
    tx: Transaction,
    { id, kind, createdAt }: { id: string; kind: 'DIRECT'; createdAt: Date },
    openerId: string,
    otherId: string,
  ): Promise<void> {
    const side = { conversationId: id, joinedAt: createdAt };
    await tx.participant.createMany({
      data: [
        { ...side, userId: openerId, lastActivityAt: createdAt },
        { ...side, userId: otherId },
      ],
    });
    await tx.visibilityWindow.createMany({
      data: [openerId, otherId].map((userId) => ({ conversationId: id, userId })),
    });
    const conversationId = conversationIds.encode(id);
    const participantIds = [openerId, otherId].map((id) => userIds.encode(id));
    const data = { conversationId, kind, participantIds, createdAt: createdAt.toISOString() };
    await outbox.publish(tx, { type: 'conversation.created', key: conversationId, data });
  }

  /** An old conversation that its opener has not in the list yet. */
  async function list(tx: Transaction, pairKey: string, userId: string): Promise<void> {
    await tx.participant.updateMany({
      where: { userId, lastActivityAt: null, conversation: { pairKey } },
      data: { lastActivityAt: clock.now() },
    });
  }

  const listOf = (userId: string, page: Page): Promise<ConversationModel[]> =>
    db.participant.findMany({
      where: { AND: [{ userId, lastActivityAt: { not: null } }, page.where] },
      orderBy: page.orderBy,
      take: page.take,
      include: { conversation: true },
    });

  return { openDirect, listOf };
}
