import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, tracesOf } from '@diaspora/kit/testing';
import { notificationIds } from '../ids.js';
import { actionsOn } from '../testing/groups.js';
import { givenMessaging, type Messaging } from '../testing/given.js';

let messaging: Messaging;
beforeAll(async () => {
  messaging = await givenMessaging();
});
afterAll(() => messaging.stop());

/** A person has told a friend their secret, in every way there is. */
async function aTalk(secret: string) {
  const { given, db, clock } = messaging;
  const [person, friend] = [await given.member(), await given.member()];
  const conversationId = await given.conversation(person, friend);
  await given.message(person, conversationId, { text: `My secret is ${secret}` });
  await given.message(friend, conversationId, { text: 'I shall keep it' });
  const { data } = await person.execute(
    `mutation ($in: ID!, $at: DateTime!) {
      sendMessage(input: { conversationId: $in, clientMessageId: "e", text: "Thus spoke ${secret}",
        location: { latitude: 1, longitude: 2, label: "${secret}’s" } }) { message { id } }
      scheduleMessage(input: { conversationId: $in, clientMessageId: "s", sendAt: $at, text: "${secret} later" }) {
        userErrors { code } }
      saveDraft(input: { conversationId: $in, text: "${secret}, perhaps" }) { userErrors { code } }
      updateMessagingSettings(input: { sharesReadReceipts: false }) { userErrors { code } } }`,
    { in: conversationId, at: new Date(clock.now().getTime() + 3_600_000) },
  );
  await person.execute(
    `mutation ($id: ID!) { editMessage(input: { messageId: $id, text: "Changed", expectedVersion: 1 }) {
        userErrors { code } }
      addMessageReaction(input: { messageId: $id, emoji: "👍" }) { userErrors { code } } }`,
    { id: data.sendMessage.message.id },
  );
  const notice = (recipientId: string, actorId: string) => ({
    id: notificationIds.create(),
    recipientId,
    actorId,
    type: 'POST_REACTED' as const,
    occasion: `post:${actorId}`,
    subjectType: 'POST' as const,
    subjectId: notificationIds.create(),
    createdAt: clock.now(),
  });
  await db.notification.createMany({ data: [notice(person.id, friend.id), notice(friend.id, person.id)] });
  return { person, friend, conversationId };
}

const history = `query ($id: ID!) {
  conversation(id: $id) { messages(first: 9) { nodes { sequence text sender { id } } } }
}`;

describe('the personal data of messaging', () => {
  it('is exported: own words, own notices, with whom the person spoke; not what others said', async () => {
    const { person, friend, conversationId } = await aTalk('Zarathustra');
    const { records } = await personalDataOf(messaging.subgraph.jobs!, messaging.privateStore).exported(
      person.id,
    );
    expect(records['messages']).toMatchObject([
      { sequence: 1, text: 'My secret is Zarathustra' },
      { sequence: 3, text: 'Changed', latitude: 1, longitude: 2, placeLabel: 'Zarathustra’s' },
    ]);
    expect(records['message-edits']).toMatchObject([{ text: 'Thus spoke Zarathustra' }]);
    expect(records['message-reactions']).toMatchObject([{ emoji: '👍' }]);
    expect(records['scheduled-messages']).toMatchObject([{ text: 'Zarathustra later', status: 'PENDING' }]);
    expect(records['drafts']).toMatchObject([{ text: 'Zarathustra, perhaps' }]);
    expect(records['messaging-settings']).toMatchObject([{ sharesReadReceipts: false }]);
    expect(records['conversations']).toMatchObject([{ id: conversationId, unreadCount: 1 }]);
    expect(records['conversations']![0].participantIds.sort()).toEqual(
      [person.publicId, friend.publicId].sort(),
    );
    expect(records['notifications']).toMatchObject([{ actorId: friend.publicId }]);
    expect(JSON.stringify(records)).not.toContain('I shall keep it');
  });

  it('does not tell whoever left a group who is there', async () => {
    const [ana, ben, dan] = [
      await messaging.given.member(),
      await messaging.given.member(),
      await messaging.given.member(),
    ];
    const { leave, add } = actionsOn(await messaging.given.group(ana, [ben]));
    await messaging.given.friends(ana, dan);
    await leave(ben);
    await add(ana, [dan]);
    const personalData = personalDataOf(messaging.subgraph.jobs!, messaging.privateStore);
    const { records } = await personalData.exported(ben.id);
    expect(records['conversations']).toMatchObject([{ participantIds: [] }]);
    const { records: anas } = await personalData.exported(ana.id);
    expect(anas['conversations']![0].participantIds.sort()).toEqual([ana.publicId, dan.publicId].sort());
  });

  it('is erased: the other side keeps its own words and the empty places, and can write no more', async () => {
    const { person, friend, conversationId } = await aTalk('Melusina');
    const { erase } = personalDataOf(messaging.subgraph.jobs!, messaging.privateStore);
    await erase(person.id);
    await erase(person.id, { isLate: true });
    const { data } = await friend.execute(history, { id: conversationId });
    expect(data.conversation.messages.nodes.map(({ text }: { text: string }) => text).sort()).toEqual([
      ...['', ''],
      'I shall keep it',
    ]);
    expect(
      await messaging.db.notification.count({ where: { recipientId: { in: [person.id, friend.id] } } }),
    ).toBe(0);
    const refused = await messaging.given.message(friend, conversationId, { text: 'Are you there?' });
    expect(refused.data.sendMessage.userErrors).toMatchObject([{ code: 'CONVERSATION_CLOSED' }]);
    const late = await messaging.given.member();
    const opened = await late.execute(
      `mutation ($input: OpenDirectConversationInput!) {
        openDirectConversation(input: $input) { userErrors { code } }
      }`,
      { input: { userId: person.publicId } },
    );
    expect(opened.data.openDirectConversation.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
    const names = [person.id, person.publicId];
    const said = Object.keys(await tracesOf(messaging.database.adminUrl, ['Melusina']));
    expect(said.filter((table) => table.startsWith('public'))).toEqual([]);
    expect(
      Object.keys(await tracesOf(messaging.database.adminUrl, names)).filter((t) => t.startsWith('public')),
    ).toEqual([
      ...['public.conversation_events', 'public.conversations', 'public.members', 'public.messages'],
      'public.participants',
      'public.visibility_windows',
    ]);
  });
});
