import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const save = `mutation ($input: SaveDraftInput!) { saveDraft(input: $input) {
  conversation { draft { text savedAt replyTo { text } } } userErrors { code path } } }`;
const read = 'query ($id: ID!) { conversation(id: $id) { draft { text } } }';
const subscription = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { event {
  __typename ... on DraftChanged { draft { text } } } } }`;

describe('a draft', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  async function aTalk() {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const sent = await messaging.given.message(ben, id, { text: 'Where?' });
    return { ana, ben, id, messageId: sent.data.sendMessage.message.id as string };
  }
  const keep = async (who: Member, conversationId: string, text: string, replyToId?: string) =>
    (await who.execute(save, { input: { conversationId, text, replyToId } })).data.saveDraft;
  const draftOf = async (who: Member, id: string) =>
    (await who.execute(read, { id })).data.conversation.draft;

  it('is one for each person and conversation: what was kept last', async () => {
    const { ana, ben, id, messageId } = await aTalk();
    await keep(ana, id, 'I th');
    expect(await keep(ana, id, 'I think', messageId)).toMatchObject({
      conversation: { draft: { text: 'I think', replyTo: { text: 'Where?' } } },
      userErrors: [],
    });
    expect(await draftOf(ana, id)).toEqual({ text: 'I think' });
    expect(await draftOf(ben, id)).toBeNull();
  });

  it('is gone when nothing is left of it, and when the message is sent', async () => {
    const { ana, id } = await aTalk();
    await keep(ana, id, 'I think');
    expect((await keep(ana, id, ' ')).conversation.draft).toBeNull();
    await keep(ana, id, 'I think so');
    await messaging.given.message(ana, id, { text: ' ' });
    expect(await draftOf(ana, id)).toEqual({ text: 'I think so' });
    await messaging.given.message(ana, id, { text: 'I think so' });
    expect(await draftOf(ana, id)).toBeNull();
  });

  it('is refused to strangers, where a block closed the conversation, and as an answer to what is not there', async () => {
    const { ana, ben, id } = await aTalk();
    const stranger = await messaging.given.member();
    expect((await keep(stranger, id, 'x')).userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['conversationId'] },
    ]);
    const elsewhere = await messaging.given.conversation(ana, stranger);
    const { data } = await messaging.given.message(stranger, elsewhere);
    expect((await keep(ana, id, 'x', data.sendMessage.message.id as string)).userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['replyToId'] },
    ]);
    await messaging.db.block.create({
      data: { blockerId: ben.id, blockedId: ana.id, isActive: true, version: 1 },
    });
    expect((await keep(ana, id, 'x')).userErrors).toMatchObject([{ code: 'CONVERSATION_CLOSED' }]);
  });

  it('is told to the other devices of its writer only, and not again when it says the same', async () => {
    const { ana, ben, id } = await aTalk();
    const own = ana.subscribe(subscription, { id });
    const others = ben.subscribe(subscription, { id });
    const next = async (events: typeof own) =>
      ((await events.next()).value as TestResult).data.conversationEvents.event;
    for (const events of [own, others])
      expect(await next(events)).toMatchObject({ __typename: 'SubscriptionStarted' });
    await keep(ana, id, 'I think');
    expect(await next(own)).toMatchObject({ draft: { text: 'I think' } });
    await keep(ana, id, 'I think');
    await messaging.given.message(ana, id, { text: 'I think so' });
    expect(await next(own)).toEqual({ __typename: 'DraftChanged', draft: null });
    expect(await next(others)).toEqual({ __typename: 'MessageSent' });
    for (const events of [own, others]) await events.return!();
  });
});
