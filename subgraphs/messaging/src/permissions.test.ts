import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer, type TestClient } from '@diaspora/kit/testing';
import { conversationIds, notificationIds } from './ids.js';
import { givenMessaging, type Messaging } from './testing/given.js';

const entity = (typename: string, fields: string) =>
  `query ($id: ID!) { _entities(representations: [{ __typename: "${typename}", id: $id }]) { ... on ${typename} { ${fields} } } }`;

/** Everything private here: how it is asked for, and where the answer would be. */
const reads: Record<string, { query: string; of: 'conversation' | 'message' | 'notification' }> = {
  'Query.conversation': {
    query: 'query ($id: ID!) { conversation(id: $id) { id messages(first: 1) { nodes { text } } } }',
    of: 'conversation',
  },
  'Conversation by reference': {
    query: entity(
      'Conversation',
      'id unreadCount participants { id } receipts(first: 1) { nodes { deliveredUpToSequence } }',
    ),
    of: 'conversation',
  },
  'Message by reference': {
    query: entity(
      'Message',
      'id text edits { text } reactions(first: 1) { nodes { emoji } } conversation { id }',
    ),
    of: 'message',
  },
  'Notification by reference': { query: entity('Notification', 'id type actor { id }'), of: 'notification' },
};
const lists: Record<string, string> = {
  conversations: '{ conversations(first: 5) { nodes { id } } }',
  notifications: '{ notifications(first: 5) { nodes { id } } }',
  unreadNotificationCount: '{ unreadNotificationCount }',
  unreadMessageCount: '{ unreadMessageCount }',
  searchMessages: '{ searchMessages(query: "hello", first: 5) { nodes { message { text } } } }',
  scheduledMessages: '{ scheduledMessages(first: 5) { nodes { text } } }',
  messagingSettings: '{ messagingSettings { sharesReadReceipts } }',
};
const writes: Record<string, { mutation: string; input: (ids: Ids) => object }> = {
  sendMessage: {
    mutation:
      'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { message { id } userErrors { code } } }',
    input: ({ conversation }) => ({
      conversationId: conversation,
      clientMessageId: 'intruder',
      text: 'Hello',
    }),
  },
  forwardMessage: {
    mutation:
      'mutation ($input: ForwardMessageInput!) { forwardMessage(input: $input) { message { id } userErrors { code } } }',
    input: ({ message, conversation }) => ({
      messageId: message,
      conversationId: conversation,
      clientMessageId: 'intruder',
    }),
  },
  editMessage: {
    mutation: 'mutation ($input: EditMessageInput!) { editMessage(input: $input) { userErrors { code } } }',
    input: ({ message }) => ({ messageId: message, expectedVersion: 1, text: 'Changed' }),
  },
  deleteMessage: {
    mutation:
      'mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) { userErrors { code } } }',
    input: ({ message }) => ({ messageId: message, scope: 'EVERYONE' }),
  },
  addMessageReaction: {
    mutation:
      'mutation ($input: AddMessageReactionInput!) { addMessageReaction(input: $input) { userErrors { code } } }',
    input: ({ message }) => ({ messageId: message, emoji: '👍' }),
  },
  removeMessageReaction: {
    mutation:
      'mutation ($input: RemoveMessageReactionInput!) { removeMessageReaction(input: $input) { userErrors { code } } }',
    input: ({ message }) => ({ messageId: message, emoji: '👍' }),
  },
  saveDraft: {
    mutation: 'mutation ($input: SaveDraftInput!) { saveDraft(input: $input) { userErrors { code } } }',
    input: ({ conversation }) => ({ conversationId: conversation, text: 'x' }),
  },
  scheduleMessage: {
    mutation:
      'mutation ($input: ScheduleMessageInput!) { scheduleMessage(input: $input) { userErrors { code } } }',
    input: ({ conversation }) => ({
      conversationId: conversation,
      clientMessageId: 'intruder',
      sendAt: new Date(Date.now() + 3_600_000),
      text: 'x',
    }),
  },
  markConversationRead: {
    mutation:
      'mutation ($input: MarkConversationReadInput!) { markConversationRead(input: $input) { conversation { id } userErrors { code } } }',
    input: ({ conversation }) => ({ conversationId: conversation, upToSequence: 1 }),
  },
  markConversationDelivered: {
    mutation:
      'mutation ($input: MarkConversationDeliveredInput!) { markConversationDelivered(input: $input) { conversation { id } userErrors { code } } }',
    input: ({ conversation }) => ({ conversationId: conversation, upToSequence: 1 }),
  },
  markNotificationsRead: {
    mutation:
      'mutation ($input: MarkNotificationsReadInput!) { markNotificationsRead(input: $input) { notifications { id } userErrors { code } } }',
    input: ({ notification }) => ({ ids: [notification] }),
  },
};

interface Ids {
  readonly conversation: string;
  readonly message: string;
  readonly notification: string;
}

describe('who may see and do what', () => {
  let messaging: Messaging;
  let ids: Ids;
  const clients: Record<string, TestClient> = {};
  let recipient: Viewer;
  beforeAll(async () => {
    messaging = await givenMessaging();
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const conversation = await messaging.given.conversation(ana, ben);
    const sent = await messaging.given.message(ana, conversation);
    const key = notificationIds.create();
    await messaging.db.notification.create({
      data: {
        id: key,
        recipientId: ben.id,
        type: 'OFFICE_APPOINTED',
        occasion: 'o',
        createdAt: new Date(),
        subjectType: 'OFFICE',
        subjectId: key,
        actorId: ana.id,
      },
    });
    const message = sent.data.sendMessage.message.id as string;
    ids = { conversation, message, notification: notificationIds.encode(key) };
    clients['a visitor'] = messaging.anonymous;
    clients['a stranger'] = await messaging.given.member();
    for (const role of ['CONSUL', 'AMBASSADOR', 'SUPER_USER']) {
      clients[role] = messaging.as(aViewer({ roles: [role, 'REGULAR'] }));
    }
    clients['the recipient'] = ben;
    recipient = ben.viewer;
  });
  afterAll(() => messaging.stop());

  const outsiders = ['a visitor', 'a stranger', 'CONSUL', 'AMBASSADOR', 'SUPER_USER'];
  const everyRead = Object.keys(reads).flatMap((name) => outsiders.map((who) => [name, who] as const));
  const everyWrite = Object.keys(writes).flatMap((name) => outsiders.map((who) => [name, who] as const));
  const snapshot = async () => ({
    messages: await messaging.db.message.findMany(),
    reactions: await messaging.db.messageReaction.count(),
    hidden: await messaging.db.hiddenMessage.count(),
    sides: await messaging.db.participant.findMany({ orderBy: { userId: 'asc' } }),
    unread: await messaging.db.notification.count({ where: { readAt: null } }),
  });

  it.each(everyRead)('%s shows nothing to %s', async (name, who) => {
    const { query, of } = reads[name]!;
    const { data, codes } = await clients[who]!.execute(query, { id: ids[of] });
    expect(data?._entities?.[0] ?? data?.conversation ?? null).toBeNull();
    expect(codes).toEqual(who === 'a visitor' && name.startsWith('Query') ? ['UNAUTHENTICATED'] : []);
  });

  it.each(Object.keys(reads))('%s shows it to the recipient', async (name) => {
    const { query, of } = reads[name]!;
    const { data, codes } = await clients['the recipient']!.execute(query, { id: ids[of] });
    expect(codes).toEqual([]);
    expect((data._entities?.[0] ?? data.conversation).id).toBe(ids[of]);
  });

  it.each(Object.keys(lists))('%s is refused to visitors', async (name) => {
    const answer = await messaging.anonymous.execute(lists[name]!);
    expect(answer.codes).toEqual(['UNAUTHENTICATED']);
    expect(answer.data).toBeNull();
  });

  it.each(['conversations', 'notifications'])('%s of others are in nobody else’s list', async (name) => {
    for (const who of outsiders.slice(1)) {
      expect((await clients[who]!.execute(lists[name]!)).data[name].nodes).toEqual([]);
    }
  });

  it('shows nothing of it to whoever looks at the world as the recipient', async () => {
    const asRecipient = messaging.as({ ...recipient, impersonatorId: aViewer().id });
    for (const { query, of } of Object.values(reads)) {
      const { data, codes } = await asRecipient.execute(query, { id: ids[of] });
      expect(new Set(codes)).toEqual(new Set(['FORBIDDEN']));
      expect(JSON.stringify(data ?? null)).not.toMatch(/"(id|text|unreadCount)":"?\w/);
    }
    for (const query of Object.values(lists))
      expect((await asRecipient.execute(query)).codes).toEqual(['FORBIDDEN']);
  });

  it.each(everyWrite)('%s does nothing for %s', async (name, who) => {
    const { mutation, input } = writes[name]!;
    const before = await snapshot();
    const { data, codes } = await clients[who]!.execute(mutation, { input: input(ids) });
    const reason: unknown = codes[0] ?? data[name].userErrors[0].code;
    expect(reason).toBe(who === 'a visitor' ? 'UNAUTHENTICATED' : 'NOT_FOUND');
    expect(await snapshot()).toEqual(before);
  });

  it('refuses visitors to open a conversation', async () => {
    const answer = await messaging.anonymous.execute(
      `mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { conversation { id } } }`,
      { input: { userId: conversationIds.encode(conversationIds.create()) } },
    );
    expect(answer.codes).toEqual(['UNAUTHENTICATED']);
  });

  it.each(['Conversation', 'Message', 'Notification'])(
    '%s by a malformed or foreign reference is null',
    async (type) => {
      for (const id of ['', 'nonsense', `${ids.conversation}x`, 'usr_00000000000000000000000000']) {
        const answer = await clients['the recipient']!.execute(entity(type, 'id'), { id });
        expect(answer).toMatchObject({ data: { _entities: [null] }, errors: [] });
      }
    },
  );
});
