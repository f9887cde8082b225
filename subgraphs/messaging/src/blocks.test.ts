import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageHandler } from '@diaspora/kit';
import type { Transaction } from './database.js';
import { commentIds, postIds } from './ids.js';
import { givenMessaging, type Member, type Messaging } from './testing/given.js';

const open = `mutation ($input: OpenDirectConversationInput!) {
  openDirectConversation(input: $input) { conversation { id messages(first: 9) { nodes { text } } } userErrors { code } } }`;

describe('a block', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging({ freeMessagesPerDay: 3 })));
  afterAll(() => messaging.stop());

  async function deliver(type: string, data: object): Promise<void> {
    const handlers = messaging.subgraph.handlers as readonly MessageHandler<Transaction>[];
    const handler = handlers.find((each) => each.type === type)!;
    const origin = { id: 'm', source: handler.source, type, key: 'k', time: messaging.clock.now() };
    const rest = { requestId: undefined, traceparent: undefined, data: handler.schema.parse(data) };
    await messaging.db.$transaction((tx) => handler.handle({ ...origin, ...rest }, tx));
  }
  const told = (isActive: boolean, person: Member, other: Member, version = 1) =>
    deliver(isActive ? 'user.blocked' : 'user.unblocked', {
      personId: person.publicId,
      otherId: other.publicId,
      version,
    });
  const pair = async () => [await messaging.given.member(), await messaging.given.member()] as const;
  const opened = async (opener: Member, other: Member) =>
    (await opener.execute(open, { input: { userId: other.publicId } })).data.openDirectConversation;

  it.each(['by the opener', 'by the other'])(
    'refuses a new conversation, %s, as if nobody were there',
    async (by) => {
      const [ana, ben] = await pair();
      await told(true, ...(by === 'by the opener' ? ([ana, ben] as const) : ([ben, ana] as const)));
      const before = await messaging.db.conversation.count();
      expect(await opened(ana, ben)).toEqual({ conversation: null, userErrors: [{ code: 'NOT_FOUND' }] });
      expect(await messaging.db.conversation.count()).toBe(before);
      const [, third] = await pair();
      expect((await opened(ana, third)).userErrors).toEqual([]);
    },
  );

  it('leaves an old conversation to be read by both, and nothing to be sent or counted, until it ends', async () => {
    const [ana, ben] = await pair();
    const conversation = await messaging.given.conversation(ana, ben);
    const { given } = messaging;
    const sent = await given.message(ana, conversation, { text: 'Salut', clientMessageId: 'first' });
    await told(true, ben, ana);
    for (const sender of [ana, ben]) {
      const { data } = await given.message(sender, conversation);
      const userErrors = [expect.objectContaining({ code: 'CONVERSATION_CLOSED', path: ['conversationId'] })];
      expect(data.sendMessage).toEqual({ message: null, userErrors });
    }
    for (const reader of [ana, ben]) {
      const other = reader === ana ? ben : ana;
      expect(await opened(reader, other)).toEqual({
        conversation: { id: conversation, messages: { nodes: [{ text: 'Salut' }] } },
        userErrors: [],
      });
    }
    // A repeated send of what had arrived before finds it.
    const again = await given.message(ana, conversation, { text: 'Salut', clientMessageId: 'first' });
    expect(again.data).toEqual(sent.data);
    const allowance = { where: { senderId: ana.id } };
    expect((await messaging.db.messageAllowance.findFirstOrThrow(allowance)).used).toBe(1);
    expect(await messaging.published(conversation, 'message.sent')).toHaveLength(1);
    await told(false, ben, ana, 2);
    expect((await given.message(ana, conversation)).data.sendMessage.userErrors).toEqual([]);
  });

  it('keeps what one does from being told to the other', async () => {
    const [ana, ben] = await pair();
    const newId = (type: typeof postIds) => type.encode(type.create());
    const comment = () => ({
      commentId: newId(commentIds),
      postId: newId(postIds),
      postAuthorId: ana.publicId,
      authorId: ben.publicId,
    });
    const notices = () => messaging.db.notification.count({ where: { recipientId: ana.id } });
    await told(true, ana, ben);
    await deliver('comment.added', comment());
    expect(await notices()).toBe(0);
    await told(false, ana, ben, 2);
    await deliver('comment.added', comment());
    expect(await notices()).toBe(1);
  });

  it('is what the highest version says, in whatever order it is told of and however often', async () => {
    for (const order of [
      [3, 1, 2, 3],
      [2, 4, 3, 1],
      [4, 4, 1],
    ]) {
      const [ana, ben] = await pair();
      for (const version of order) await told(version % 2 === 0, ana, ben, version);
      const version = Math.max(...order);
      const where = { blockerId: ana.id, blockedId: ben.id };
      const kept = await messaging.db.block.findMany({ where });
      expect(kept).toEqual([{ ...where, version, isActive: version % 2 === 0 }]);
    }
  });
});
