import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines, type TestResult } from '@diaspora/kit/testing';
import { conversationIds, messageIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const remove = `mutation ($input: DeleteMessageInput!) { deleteMessage(input: $input) {
  deletedMessageId conversation { unreadCount } userErrors { code path } } }`;
const history = `query ($id: ID!) { conversation(id: $id) { unreadCount messages(last: 9) { nodes {
  sequence text deletedAt edits { text } reactionCounts { count } mediaGrant replyTo { text } } } } }`;
const subscription = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { event {
  __typename ... on MessageDeleted { messageId sequence message { text deletedAt } } } } }`;

describe('a deleted message', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging({ freeMessagesPerDay: 1_000 })));
  afterAll(() => messaging.stop());

  /** Ana has said "One" and "Two" to Ben. */
  async function aTalk() {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const say = async (text: string) =>
      (await messaging.given.message(ana, id, { text })).data.sendMessage.message.id as string;
    return { ana, ben, id, one: await say('One'), two: await say('Two') };
  }
  const take = async (who: Member, messageId: string, scope: 'ME' | 'EVERYONE') => {
    const { data, codes } = await who.execute(remove, { input: { messageId, scope } });
    return { ...data?.deleteMessage, codes };
  };
  const seenBy = async (who: Member, id: string) =>
    (await who.execute(history, { id })).data.conversation as {
      unreadCount: number;
      messages: { nodes: { sequence: number; text: string }[] };
    };
  const roleIn = (id: string, { id: userId }: Member, role: 'ADMIN' | 'MEMBER') =>
    messaging.db.participant.update({
      where: { conversationId_userId: { conversationId: conversationIds.decode(id), userId } },
      data: { role },
    });

  it('for everybody leaves an empty place, and nothing of what it said', async () => {
    const { ana, ben, id, two } = await aTalk();
    await ana.execute(
      `mutation ($id: ID!) { editMessage(input: { messageId: $id, text: "Secret", expectedVersion: 1 }) { userErrors { code } }
        addMessageReaction(input: { messageId: $id, emoji: "👍" }) { userErrors { code } } }`,
      { id: two },
    );
    expect(await take(ana, two, 'EVERYONE')).toMatchObject({ deletedMessageId: two, userErrors: [] });
    const { messages } = await seenBy(ben, id);
    expect(messages.nodes).toMatchObject([
      { sequence: 1, text: 'One' },
      { sequence: 2, text: '', edits: [], reactionCounts: [], mediaGrant: null, replyTo: null },
    ]);
    const where = { messageId: messageIds.decode(two) };
    expect(await messaging.db.messageEdit.count({ where })).toBe(0);
    expect(await messaging.db.messageReaction.count({ where })).toBe(0);
    const row = await messaging.db.message.findUniqueOrThrow({ where: { id: where.messageId } });
    expect(row).toMatchObject({ text: '', bodyHash: null, deletedById: ana.id });
  });

  it('for everybody waits no more to be read by whoever had not read it', async () => {
    const { ana, ben, id, one, two } = await aTalk();
    await ben.execute(
      'mutation ($id: ID!) { markConversationRead(input: { conversationId: $id, upToSequence: 1 }) { userErrors { code } } }',
      { id },
    );
    await take(ana, one, 'EVERYONE');
    expect((await seenBy(ben, id)).unreadCount).toBe(1);
    await take(ana, two, 'EVERYONE');
    await take(ana, two, 'EVERYONE');
    expect((await seenBy(ben, id)).unreadCount).toBe(0);
    expect((await seenBy(ana, id)).unreadCount).toBe(0);
  });

  it('for oneself is gone for oneself only, also from what waits to be read', async () => {
    const { ana, ben, id, one } = await aTalk();
    expect(await take(ben, one, 'ME')).toMatchObject({ conversation: { unreadCount: 1 }, userErrors: [] });
    const texts = async (who: Member) => (await seenBy(who, id)).messages.nodes.map(({ text }) => text);
    expect(await texts(ben)).toEqual(['Two']);
    expect(await texts(ana)).toEqual(['One', 'Two']);
    const entity = `query ($id: ID!) { _entities(representations: [{ __typename: "Message", id: $id }]) {
      ... on Message { text } } }`;
    expect((await ben.execute(entity, { id: one })).data._entities).toEqual([null]);
    expect((await take(ben, one, 'ME')).userErrors).toEqual([{ code: 'NOT_FOUND', path: ['messageId'] }]);
  });

  it('is taken back from everybody by its sender, for two days', async () => {
    const { ana, ben, one, two } = await aTalk();
    expect((await take(ben, one, 'EVERYONE')).codes).toEqual(['FORBIDDEN']);
    messaging.clock.advance(48 * 3_600_000);
    expect((await take(ana, one, 'EVERYONE')).userErrors).toEqual([]);
    messaging.clock.advance(1);
    expect((await take(ana, two, 'EVERYONE')).userErrors).toEqual([{ code: 'TOO_LATE', path: ['scope'] }]);
    expect((await take(ana, two, 'ME')).userErrors).toEqual([]);
  });

  it('of somebody else’s is on record when whoever leads the group takes it away, without what it said', async () => {
    const { ana, ben, id, one, two } = await aTalk();
    await roleIn(id, ben, 'ADMIN');
    messaging.clock.advance(72 * 3_600_000);
    expect((await take(ben, one, 'EVERYONE')).userErrors).toEqual([]);
    expect(await auditLines(messaging.db, one)).toMatchObject([
      { action: 'message.removed', actor: { kind: 'PERSON', id: ben.id }, personId: ana.id, before: null },
    ]);
    await roleIn(id, ben, 'MEMBER');
    expect((await take(ben, two, 'EVERYONE')).codes).toEqual(['FORBIDDEN']);
    expect(await auditLines(messaging.db, two)).toEqual([]);
  });

  it('of one’s own leaves nothing on record, and can be taken back despite a block', async () => {
    const { ana, ben, one } = await aTalk();
    await messaging.db.block.create({
      data: { blockerId: ben.id, blockedId: ana.id, isActive: true, version: 1 },
    });
    expect((await take(ana, one, 'EVERYONE')).userErrors).toEqual([]);
    expect(await auditLines(messaging.db, one)).toEqual([]);
  });

  it('is not changed, reacted to, answered or passed on any more', async () => {
    const { ana, id, one } = await aTalk();
    await take(ana, one, 'EVERYONE');
    const { data } = await ana.execute(
      `mutation ($id: ID!, $in: ID!) {
        editMessage(input: { messageId: $id, text: "x", expectedVersion: 2 }) { userErrors { code } }
        addMessageReaction(input: { messageId: $id, emoji: "👍" }) { userErrors { code } }
        sendMessage(input: { conversationId: $in, clientMessageId: "r", text: "x", replyToId: $id }) { userErrors { code } }
        forwardMessage(input: { messageId: $id, conversationId: $in, clientMessageId: "f" }) { userErrors { code } } }`,
      { id: one, in: id },
    );
    for (const answer of Object.values(data as Record<string, object>))
      expect(answer).toEqual({ userErrors: [{ code: 'NOT_FOUND' }] });
  });

  it('is found by a repeated send, and not sent again', async () => {
    const { ana, id } = await aTalk();
    const sent = await messaging.given.message(ana, id, { text: 'Three', clientMessageId: 'three' });
    const { id: messageId } = sent.data.sendMessage.message as { id: string };
    await take(ana, messageId, 'EVERYONE');
    const again = await messaging.given.message(ana, id, { text: 'Three', clientMessageId: 'three' });
    expect(again.data.sendMessage.message).toMatchObject({ id: messageId, text: '' });
  });

  it('is told to those it is deleted for', async () => {
    const { ana, ben, id, one, two } = await aTalk();
    const events = ben.subscribe(subscription, { id });
    const next = async () => ((await events.next()).value as TestResult).data.conversationEvents.event;
    expect(await next()).toMatchObject({ __typename: 'SubscriptionStarted' });
    await take(ana, one, 'ME');
    await take(ana, two, 'EVERYONE');
    expect(await next()).toMatchObject({ messageId: two, sequence: 2, message: { text: '' } });
    await take(ben, one, 'ME');
    expect(await next()).toEqual({
      __typename: 'MessageDeleted',
      messageId: one,
      sequence: 1,
      message: null,
    });
    await events.return!();
  });

  it('for oneself is not told to oneself when one comes back', async () => {
    const { ana, ben, id, one } = await aTalk();
    await take(ben, one, 'ME');
    const events = ben.subscribe(
      `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { event {
        __typename ... on MessageSent { message { text } } } } }`,
      { id, after: Buffer.from('["conversation",0]').toString('base64url') },
    );
    const next = async () => ((await events.next()).value as TestResult).data.conversationEvents.event;
    expect(await next()).toMatchObject({ message: { text: 'Two' } });
    await messaging.given.message(ana, id, { text: 'Three' });
    expect(await next()).toMatchObject({ __typename: 'MessageDeleted' });
    await events.return!();
  });
});
