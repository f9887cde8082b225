import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { mostEdits } from './rules.js';

const edit = `mutation ($input: EditMessageInput!) { editMessage(input: $input) {
  message { id text version editedAt edits { text } } userErrors { code path } } }`;
const history = `query ($id: ID!) { conversation(id: $id) { messages(last: 5) { nodes {
  text version editedAt sequence edits { text replacedAt } } } } }`;
const subscription = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { event {
  __typename ... on MessageEdited { message { text version } } } } }`;

describe('a change of a message', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging({ freeMessagesPerDay: 1_000 })));
  afterAll(() => messaging.stop());

  async function aMessage(input: object = { text: 'First', clientMessageId: 'first' }) {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const sent = await messaging.given.message(ana, id, input);
    return { ana, ben, id, messageId: sent.data.sendMessage.message.id as string };
  }
  const change = async (who: Member, messageId: string, text: string, expectedVersion = 1) => {
    const { data, codes } = await who.execute(edit, { input: { messageId, text, expectedVersion } });
    return { ...data?.editMessage, codes };
  };

  it('keeps what was said before for both to read, and its place', async () => {
    const { ana, ben, id, messageId } = await aMessage();
    messaging.clock.advance(1_000);
    const { message } = await change(ana, messageId, '  Second ');
    expect(message).toMatchObject({ text: 'Second', version: 2, edits: [{ text: 'First' }] });
    await change(ana, messageId, 'Third', 2);
    const { data } = await ben.execute(history, { id });
    expect(data.conversation.messages.nodes).toMatchObject([
      { text: 'Third', version: 3, sequence: 1, edits: [{ text: 'First' }, { text: 'Second' }] },
    ]);
    expect(data.conversation.messages.nodes[0].editedAt).not.toBeNull();
  });

  it('is the same change when it is repeated', async () => {
    const { ana, messageId } = await aMessage();
    await change(ana, messageId, 'Second');
    const again = await change(ana, messageId, 'Second');
    expect(again).toMatchObject({ message: { version: 2, edits: [{ text: 'First' }] }, userErrors: [] });
  });

  it('of a version that is no more answers with what is there', async () => {
    const { ana, messageId } = await aMessage();
    await change(ana, messageId, 'Second');
    expect(await change(ana, messageId, 'Another')).toMatchObject({
      message: { text: 'Second', version: 2 },
      userErrors: [{ code: 'CONFLICT', path: ['expectedVersion'] }],
    });
  });

  it('wins once when ten come at once from two processes', async () => {
    const { ana, ben, id, messageId } = await aMessage();
    const second = messaging.anotherProcess();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 ? messaging : second)
          .as(ana.viewer)
          .execute(edit, { input: { messageId, text: `Change ${index}`, expectedVersion: 1 } }),
      ),
    );
    const won = answers.filter(({ data }) => data.editMessage.userErrors.length === 0);
    expect(won).toHaveLength(1);
    const { data } = await ben.execute(history, { id });
    expect(data.conversation.messages.nodes[0].edits).toHaveLength(1);
  });

  it('is its sender’s only, for a day', async () => {
    const { ana, ben, messageId } = await aMessage();
    expect((await change(ben, messageId, 'Hers')).codes).toEqual(['FORBIDDEN']);
    const stranger = await messaging.given.member();
    expect((await change(stranger, messageId, 'Nobody’s')).userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['messageId'] },
    ]);
    messaging.clock.advance(24 * 3_600_000);
    expect((await change(ana, messageId, 'In time')).userErrors).toEqual([]);
    messaging.clock.advance(1);
    expect((await change(ana, messageId, 'Too late', 2)).userErrors).toEqual([
      { code: 'TOO_LATE', path: ['messageId'] },
    ]);
  });

  it('is refused where a block closed the conversation', async () => {
    const { ana, ben, messageId } = await aMessage();
    await messaging.db.block.create({
      data: { blockerId: ben.id, blockedId: ana.id, isActive: true, version: 1 },
    });
    expect((await change(ana, messageId, 'Second')).userErrors).toMatchObject([
      { code: 'CONVERSATION_CLOSED' },
    ]);
  });

  it('leaves words only where something is shown without them', async () => {
    const { ana, ben, messageId } = await aMessage();
    expect((await change(ana, messageId, ' ')).userErrors).toEqual([
      { code: 'INVALID_INPUT', path: ['text'] },
    ]);
    const shown = await aMessage({ text: 'His card', contactId: ben.publicId });
    expect((await change(shown.ana, shown.messageId, '')).message).toMatchObject({ text: '' });
  });

  it('does not make a repeated send another message', async () => {
    const { ana, id, messageId } = await aMessage();
    await change(ana, messageId, 'Second');
    const again = await messaging.given.message(ana, id, { text: 'First', clientMessageId: 'first' });
    expect(again.data.sendMessage).toMatchObject({
      message: { id: messageId, text: 'Second' },
      userErrors: [],
    });
    const other = await messaging.given.message(ana, id, { text: 'Second', clientMessageId: 'first' });
    expect(other.data.sendMessage.userErrors).toMatchObject([
      { code: 'CONFLICT', path: ['clientMessageId'] },
    ]);
  });

  it('can be made so many times', async () => {
    const { ana, messageId } = await aMessage();
    for (let version = 1; version <= mostEdits; version++)
      await change(ana, messageId, `${version}`, version);
    expect((await change(ana, messageId, 'Once more', mostEdits + 1)).userErrors).toEqual([
      { code: 'CONFLICT', path: ['messageId'] },
    ]);
  });

  it('is told to whoever listens', async () => {
    const { ana, ben, id, messageId } = await aMessage();
    const events = ben.subscribe(subscription, { id });
    const next = async () => ((await events.next()).value as TestResult).data.conversationEvents.event;
    expect(await next()).toMatchObject({ __typename: 'SubscriptionStarted' });
    await change(ana, messageId, 'Second');
    expect(await next()).toEqual({ __typename: 'MessageEdited', message: { text: 'Second', version: 2 } });
    await events.return!();
  });
});
