import { inPages, type Archive } from '@diaspora/kit';
import type {
  Conversation,
  Draft,
  JoinRequest,
  Message,
  MessageEdit,
  MessageReaction,
  Notification,
  Participant,
  ScheduledMessage,
} from '../__generated__/prisma/client.js';
import type { Db } from '../database.js';
import type { MessageBody } from '../message-content/index.js';
import {
  conversationIds,
  liveLocationIds,
  joinRequestIds,
  mediaIds,
  messageIds,
  notificationIds,
  scheduledMessageIds,
  userIds,
} from '../ids.js';
import { exportNotifying } from './notifying.js';

/** Conversations the person takes part in, what the person said there, and what the person was told. */
export const createExport =
  (db: Db) =>
  async (personId: string, archive: Archive): Promise<void> => {
    await archive.records('conversations', conversationsOf(db, personId));
    await archive.records('messages', messagesOf(db, personId));
    await archive.records('message-edits', editsOf(db, personId));
    await archive.records('message-reactions', reactionsOf(db, personId));
    await archive.records('drafts', draftsOf(db, personId));
    await archive.records('scheduled-messages', scheduledOf(db, personId));
    await archive.records('messaging-settings', settingsOf(db, personId));
    await archive.records('join-requests', joinRequestsOf(db, personId));
    await archive.records('notifications', notificationsOf(db, personId));
    await exportNotifying(db, personId, archive);
    await archive.records('live-locations', liveLocationsOf(db, personId));
  };

/** What a message says, with public ids. */
const shownBy = (body: Omit<MessageBody, 'replyToId'>) => ({
  text: body.text,
  mentionedUserIds: body.mentionIds.map((key) => userIds.encode(key)),
  mediaIds: body.mediaIds.map((key) => mediaIds.encode(key)),
  contactId: body.contactId && userIds.encode(body.contactId),
  latitude: body.latitude,
  longitude: body.longitude,
  placeLabel: body.placeLabel,
});

type Side = Participant & {
  conversation: Pick<Conversation, 'createdAt' | 'pictureId' | 'pictureOwnerId'> & {
    participants: { userId: string }[];
  };
};

/** Of the many who go to an event the export does not tell. */
const withWhom = { leftAt: null, conversation: { kind: { not: 'EVENT' } } } as const;

async function* conversationsOf(db: Db, userId: string) {
  const sides = inPages<Side>((after, take) =>
    db.participant.findMany({
      where: { userId, ...(after && { conversationId: { gt: after.conversationId } }) },
      include: {
        conversation: {
          select: {
            ...{ createdAt: true, pictureId: true, pictureOwnerId: true },
            participants: { where: withWhom, select: { userId: true } },
          },
        },
      },
      orderBy: { conversationId: 'asc' },
      take,
    }),
  );
  for await (const { conversationId, userId: _self, conversation, ...side } of sides) {
    // Whoever left is not told who is there now.
    const others = side.leftAt ? [] : conversation.participants;
    yield {
      id: conversationIds.encode(conversationId),
      createdAt: conversation.createdAt,
      participantIds: others.map((each) => userIds.encode(each.userId)),
      ...(conversation.pictureId !== null &&
        conversation.pictureOwnerId === userId && { pictureId: mediaIds.encode(conversation.pictureId) }),
      ...side,
    };
  }
}

async function* messagesOf(db: Db, senderId: string) {
  const messages = inPages<Message>((after, take) =>
    db.message.findMany({
      where: { senderId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, conversationId, kind, text, system, sentAt, sequence, ...shown } of messages)
    yield {
      id: messageIds.encode(id),
      conversationId: conversationIds.encode(conversationId),
      sequence,
      kind,
      ...(system !== null && { name: (system as { name?: string }).name }),
      ...shownBy({ text, ...shown }),
      sentAt,
    };
}

async function* editsOf(db: Db, senderId: string) {
  const edits = inPages<MessageEdit>((after, take) =>
    db.messageEdit.findMany({
      where: { message: { senderId }, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { messageId, text, replacedAt } of edits)
    yield { messageId: messageIds.encode(messageId), text, replacedAt };
}

async function* reactionsOf(db: Db, userId: string) {
  const reactions = inPages<MessageReaction>((after, take) =>
    db.messageReaction.findMany({
      where: { userId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { messageId, emoji, reactedAt } of reactions)
    yield { messageId: messageIds.encode(messageId), emoji, reactedAt };
}

async function* draftsOf(db: Db, userId: string) {
  const drafts = inPages<Draft>((after, take) =>
    db.draft.findMany({
      where: { userId, ...(after && { conversationId: { gt: after.conversationId } }) },
      orderBy: { conversationId: 'asc' },
      take,
    }),
  );
  for await (const { conversationId, text, savedAt } of drafts)
    yield { conversationId: conversationIds.encode(conversationId), text, savedAt };
}

async function* scheduledOf(db: Db, senderId: string) {
  const scheduled = inPages<ScheduledMessage>((after, take) =>
    db.scheduledMessage.findMany({
      where: { senderId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, conversationId, sendAt, status, ...said } of scheduled)
    yield {
      id: scheduledMessageIds.encode(id),
      conversationId: conversationIds.encode(conversationId),
      ...shownBy(said),
      sendAt,
      status,
    };
}

async function* settingsOf(db: Db, personId: string) {
  const choices = await db.messagingSettings.findUnique({ where: { personId } });
  if (!choices) return;
  const { personId: _self, ...chosen } = choices;
  yield chosen;
}

async function* joinRequestsOf(db: Db, userId: string) {
  const requests = inPages<JoinRequest>((after, take) =>
    db.joinRequest.findMany({
      where: { userId, ...(after && { id: { gt: after.id } }) },
      orderBy: { id: 'asc' },
      take,
    }),
  );
  for await (const { id, conversationId, status, askedAt, decidedAt } of requests)
    yield {
      id: joinRequestIds.encode(id),
      conversationId: conversationIds.encode(conversationId),
      status,
      askedAt,
      decidedAt,
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

/** Those that are shared now; others are not there any more. */
async function* liveLocationsOf(db: Db, userId: string) {
  const locations = await db.liveLocation.findMany({ where: { userId } });
  for (const { id, conversationId, userId: _self, ...location } of locations)
    yield {
      id: liveLocationIds.encode(id),
      conversationId: conversationIds.encode(conversationId),
      ...location,
    };
}
