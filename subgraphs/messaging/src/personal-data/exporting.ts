import { inPages, type Archive } from '@diaspora/kit';
import type { Message, Notification, Participant } from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import { conversationIds, messageIds, notificationIds, userIds } from '../ids.js';

/** Conversations the person takes part in, what the person said there, and what the person was told. */
export const createExport =
  (db: Db) =>
  async (personId: string, archive: Archive): Promise<void> => {
    await archive.records('conversations', conversationsOf(db, personId));
    await archive.records('messages', messagesOf(db, personId));
    await archive.records('notifications', notificationsOf(db, personId));
  };

type Side = Participant & { conversation: { createdAt: Date; participants: { userId: string }[] } };

async function* conversationsOf(db: Db, userId: string) {
  const sides = inPages<Side>((after, take) =>
    db.participant.findMany({
      where: { userId, ...(after && { conversationId: { gt: after.conversationId } }) },
      include: { conversation: { select: { createdAt: true, participants: { select: { userId: true } } } } },
      orderBy: { conversationId: 'asc' },
      take,
    }),
  );
  for await (const { conversationId, userId: _self, conversation, ...side } of sides)
    yield {
      id: conversationIds.encode(conversationId),
      createdAt: conversation.createdAt,
      participantIds: conversation.participants.map((each) => userIds.encode(each.userId)),
      ...side,
    };
}

async function* messagesOf(db: Db, senderId: string) {
  const messages = inPages<Message>((after, take) =>
    db.message.findMany({
      where: { senderId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, conversationId, kind, text, system, sentAt, sequence } of messages)
    yield {
      id: messageIds.encode(id),
      conversationId: conversationIds.encode(conversationId),
      sequence,
      kind,
      text,
      ...(system !== null && { name: (system as { name?: string }).name }),
      sentAt,
    };
}

async function* notificationsOf(db: Db, recipientId: string) {
  const notifications = inPages<Notification>((after, take) =>
    db.notification.findMany({
      where: { recipientId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, type, subjectType, actorId, createdAt, readAt } of notifications)
    yield {
      id: notificationIds.encode(id),
      type,
      subjectType,
      actorId: actorId && userIds.encode(actorId),
      createdAt,
      readAt,
    };
}
