import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { messageIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { emojiOf, mostEmoji, mostOfOnePerson } from './rules.js';

const change = (name: 'add' | 'remove') => {
  const type = `${name === 'add' ? 'Add' : 'Remove'}MessageReaction`;
  return `mutation ($input: ${type}Input!) { changed: ${name}MessageReaction(input: $input) {
    message { reactionCounts { emoji count viewerHasReacted } } userErrors { code path } } }`;
};
const query = `query ($id: ID!, $first: Int, $after: String, $last: Int) { conversation(id: $id) { messages(last: 20) {
  nodes { reactions(first: $first, after: $after, last: $last) {
    nodes { emoji person { id } } pageInfo { hasNextPage endCursor } } } } } }`;
const subscription = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { event {
  __typename ... on ReactionsChanged { message { reactionCounts { emoji count } } } } } }`;

describe('one emoji', () => {
  it.each(['👍', '❤️', '👩‍👩‍👧‍👦', '👋🏽', '🇷🇴', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '1️⃣', '🐈‍⬛'])('is %s', (emoji) =>
    expect(emojiOf(emoji)).toBe(emoji),
  );
  it('is kept in one form, however the keyboard wrote it', () => expect(emojiOf('❤')).toBe('❤️'));
  it.each(['', 'a', '1', '👍👍', '👍 ', ':-)', '🏽a', '\u200d', '👍'.repeat(100)])('is not %j', (emoji) =>
    expect(() => emojiOf(emoji)).toThrow('must be one emoji'),
  );
});

describe('reactions', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  async function aMessage() {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const sent = await messaging.given.message(ana, id);
    return { ana, ben, id, messageId: sent.data.sendMessage.message.id as string };
  }
  const react = async (who: Member, name: 'add' | 'remove', messageId: string, emoji: string) =>
    (await who.execute(change(name), { input: { messageId, emoji } })).data.changed;

  it('are one for each emoji and person, counted, and taken back', async () => {
    const { ana, ben, messageId } = await aMessage();
    await react(ana, 'add', messageId, '👍');
    await react(ana, 'add', messageId, '👍');
    await react(ben, 'add', messageId, '🎉');
    const { message } = await react(ben, 'add', messageId, '👍');
    expect(message.reactionCounts).toEqual([
      { emoji: '👍', count: 2, viewerHasReacted: true },
      { emoji: '🎉', count: 1, viewerHasReacted: true },
    ]);
    await react(ben, 'remove', messageId, '👍');
    const after = await react(ben, 'remove', messageId, '👍');
    expect(after.message.reactionCounts[0]).toEqual({ emoji: '👍', count: 1, viewerHasReacted: false });
  });

  it('of one person with one emoji, sent many times at once, are one', async () => {
    const { ana, messageId } = await aMessage();
    const second = messaging.anotherProcess();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 ? messaging : second)
          .as(ana.viewer)
          .execute(change('add'), { input: { messageId, emoji: '👍' } }),
      ),
    );
    expect(answers.flatMap(({ errors, data }) => [...errors, ...data.changed.userErrors])).toEqual([]);
    const where = { messageId: messageIds.decode(messageId) };
    expect(await messaging.db.messageReaction.count({ where })).toBe(1);
  });

  it('are paged through, whose they are and with what, oldest first', async () => {
    const { ana, ben, id, messageId } = await aMessage();
    for (const emoji of ['👍', '🎉', '😀']) await react(ana, 'add', messageId, emoji);
    await react(ben, 'add', messageId, '👍');
    const page = async (args: object) =>
      (await ana.execute(query, { id, ...args })).data.conversation.messages.nodes[0].reactions;
    const first = await page({ first: 3 });
    expect(first.nodes.map(({ emoji }: { emoji: string }) => emoji)).toEqual(['👍', '🎉', '😀']);
    const rest = await page({ first: 3, after: first.pageInfo.endCursor });
    expect(rest).toMatchObject({
      nodes: [{ emoji: '👍', person: { id: ben.publicId } }],
      pageInfo: { hasNextPage: false },
    });
    expect((await page({ last: 1 })).nodes).toEqual(rest.nodes);
  });

  it('of a whole page of messages are read by one statement', async () => {
    const { ana, id } = await aMessage();
    const counting = `query ($id: ID!) { conversation(id: $id) { messages(last: 20) { nodes {
      reactionCounts { count } reactions(first: 3) { nodes { emoji } } } } } }`;
    const statements = async () => {
      const before = messaging.statements();
      expect((await ana.execute(counting, { id })).errors).toEqual([]);
      return messaging.statements() - before;
    };
    const one = await statements();
    for (let count = 0; count < 4; count++) await messaging.given.message(ana, id);
    expect(await statements()).toBe(one);
  });

  it('are refused where a block closed the conversation, and to strangers', async () => {
    const { ana, ben, messageId } = await aMessage();
    const stranger = await messaging.given.member();
    expect((await react(stranger, 'add', messageId, '👍')).userErrors).toEqual([
      { code: 'NOT_FOUND', path: ['messageId'] },
    ]);
    await messaging.db.block.create({
      data: { blockerId: ana.id, blockedId: ben.id, isActive: true, version: 1 },
    });
    expect((await react(ben, 'add', messageId, '👍')).userErrors).toEqual([
      { code: 'CONVERSATION_CLOSED', path: ['messageId'] },
    ]);
  });

  it('are bounded: of one person, and of kinds', async () => {
    const { ana, ben, messageId } = await aMessage();
    const faces = Array.from({ length: mostEmoji + 1 }, (_, index) => String.fromCodePoint(0x1f600 + index));
    const key = messageIds.decode(messageId);
    for (const emoji of faces.slice(0, mostOfOnePerson)) await react(ana, 'add', messageId, emoji);
    expect((await react(ana, 'add', messageId, faces.at(-1)!)).userErrors).toMatchObject([
      { code: 'CONFLICT' },
    ]);
    for (const emoji of faces.slice(mostOfOnePerson, mostEmoji)) {
      const userId = messageIds.create();
      const row = {
        id: messageIds.create(),
        messageId: key,
        userId,
        emoji,
        reactedAt: messaging.clock.now(),
      };
      await messaging.db.messageReaction.create({ data: row });
    }
    expect((await react(ben, 'add', messageId, faces.at(-1)!)).userErrors).toMatchObject([
      { code: 'CONFLICT' },
    ]);
    expect((await react(ben, 'add', messageId, faces[0]!)).userErrors).toEqual([]);
  });

  it('are told to whoever listens, and what changes nothing is not', async () => {
    const { ana, ben, id, messageId } = await aMessage();
    const events = ana.subscribe(subscription, { id });
    const next = async () => ((await events.next()).value as TestResult).data.conversationEvents.event;
    expect(await next()).toMatchObject({ __typename: 'SubscriptionStarted' });
    await react(ben, 'remove', messageId, '👍');
    await react(ben, 'add', messageId, '👍');
    await react(ben, 'add', messageId, '👍');
    expect(await next()).toMatchObject({ message: { reactionCounts: [{ emoji: '👍', count: 1 }] } });
    await react(ben, 'remove', messageId, '👍');
    expect(await next()).toMatchObject({ message: { reactionCounts: [] } });
    await events.return!();
  });
});
