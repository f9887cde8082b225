import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, tracesOf } from '@diaspora/kit/testing';
import { notificationIds } from '../ids.js';
import { givenMessaging, type Messaging } from '../testing/given.js';

let messaging: Messaging;
beforeAll(async () => {
  messaging = await givenMessaging();
});
afterAll(() => messaging.stop());

async function aTalk() {
  const { given, db, clock } = messaging;
  const [person, friend] = [await given.member(), await given.member()];
  const conversationId = await given.conversation(person, friend);
  await given.message(person, conversationId, { text: 'My secret is Zarathustra' });
  await given.message(friend, conversationId, { text: 'I shall keep it' });
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
    const { person, friend, conversationId } = await aTalk();
    const { records } = await personalDataOf(messaging.subgraph.jobs!, messaging.privateStore).exported(
      person.id,
    );
    expect(records['messages']).toMatchObject([{ sequence: 1, text: 'My secret is Zarathustra' }]);
    expect(records['conversations']).toMatchObject([{ id: conversationId, unreadCount: 1 }]);
    expect(records['conversations']![0].participantIds.sort()).toEqual(
      [person.publicId, friend.publicId].sort(),
    );
    expect(records['notifications']).toMatchObject([{ actorId: friend.publicId }]);
    expect(JSON.stringify(records)).not.toContain('I shall keep it');
  });

  it('is erased: the other side keeps its own words and the empty places, and can write no more', async () => {
    const { person, friend, conversationId } = await aTalk();
    const { erase } = personalDataOf(messaging.subgraph.jobs!, messaging.privateStore);
    await erase(person.id);
    await erase(person.id, { isLate: true });
    const { data } = await friend.execute(history, { id: conversationId });
    expect(data.conversation.messages.nodes.map(({ text }: { text: string }) => text).sort()).toEqual([
      '',
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
    expect(await tracesOf(messaging.database.adminUrl, ['Zarathustra'])).not.toHaveProperty(
      'public.messages',
    );
    expect(
      Object.keys(await tracesOf(messaging.database.adminUrl, names)).filter((t) => t.startsWith('public')),
    ).toEqual([
      ...['public.conversation_events', 'public.conversations', 'public.members', 'public.messages'],
      'public.participants',
      'public.visibility_windows',
    ]);
  });
});
