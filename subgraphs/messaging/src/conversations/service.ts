import { AppError, type Clock, type Outbox } from '@diaspora/kit';
import type { ConversationBox } from '../__generated__/prisma/client.js';
import { contactsOf } from '../contact-rules.js';
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
  /** Wakes whoever follows the lists of these people. Never rejects. */
  readonly announceTo: (userIds: readonly string[]) => Promise<void>;
}

const noSuchPerson = () => new AppError('NOT_FOUND', 'There is no such person.', { path: ['userId'] });

const notContactable = () =>
  new AppError('NOT_CONTACTABLE', 'This person does not take new conversations.', { path: ['userId'] });

export function createConversations({ db, clock, outbox, announceTo }: Dependencies) {
  /**
   * The pair's unique key decides between calls that run at once: one creates, the others find. A block refuses a new
   * conversation, as if the other were not there, and leaves an old one to be read. Whom people let write to them counts
   * for new conversations only: whoever was written to may answer.
   */
  async function openDirect(openerId: string, otherId: string): Promise<ConversationModel> {
    assertPair(openerId, otherId);
    const pairKey = pairKeyOf(openerId, otherId);
    const side = await db.$transaction(async (tx) => {
      if ((await tx.member.count({ where: { id: otherId, erasedAt: null } })) === 0) throw noSuchPerson();
      if ((await tx.conversation.count({ where: { pairKey } })) > 0 || !(await begin(tx, openerId, otherId)))
        await list(tx, pairKey, openerId);
      return tx.participant.findFirstOrThrow({
        where: { userId: openerId, conversation: { pairKey } },
        include: { conversation: true },
      });
    });
    void announceTo([openerId]);
    return side;
  }

  /** False when another call was first. */
  async function begin(tx: Transaction, openerId: string, otherId: string): Promise<boolean> {
    const contact = (await contactsOf(tx, openerId, [otherId])).get(otherId);
    if (!contact) throw noSuchPerson();
    if (contact === 'CLOSED') throw notContactable();
    const conversation = {
      id: conversationIds.create(),
      kind: 'DIRECT' as const,
      pairKey: pairKeyOf(openerId, otherId),
      createdAt: clock.now(),
    };
    const { count } = await tx.conversation.createMany({ data: [conversation], skipDuplicates: true });
    if (count === 0) return false;
    await welcome(tx, conversation, {
      openerId,
      otherId,
      box: contact === 'STRANGER' ? 'REQUESTS' : 'INBOX',
    });
    return true;
  }

  /** A new conversation is in its opener's list; the other side sees it with the first message, strangers as a request. */
  async function welcome(
    tx: Transaction,
    { id, kind, createdAt }: { id: string; kind: 'DIRECT'; createdAt: Date },
    { openerId, otherId, box }: { openerId: string; otherId: string; box: ConversationBox },
  ): Promise<void> {
    const side = { conversationId: id, joinedAt: createdAt };
    await tx.participant.createMany({
      data: [
        { ...side, userId: openerId, lastActivityAt: createdAt },
        { ...side, userId: otherId, box },
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

  /** An old conversation that its opener has not in the list yet: nobody has asked them for anything. */
  async function list(tx: Transaction, pairKey: string, userId: string): Promise<void> {
    await tx.participant.updateMany({
      where: { userId, lastActivityAt: null, conversation: { pairKey } },
      data: { lastActivityAt: clock.now(), box: 'INBOX' },
    });
  }

  return { openDirect };
}
