import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationIds, messageIds } from '../ids.js';
import { barrierFor, givenMessaging, type Member, type Messaging } from '../testing/given.js';

const unlimited = { entitlements: ['UNLIMITED_MESSAGING'] };
const history = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  conversation(id: $id) {
    messages(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { sequence text clientMessageId } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}`;
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

interface Page {
  readonly edges: {
    cursor: string;
    node: { sequence: number; text: string; clientMessageId: string | null };
  }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string;
    endCursor: string;
  };
}

describe('messages', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  const pair = async () => {
    const [ana, ben] = [await messaging.given.member(unlimited), await messaging.given.member(unlimited)];
    return { ana, ben, conversationId: await messaging.given.conversation(ana, ben) };
  };
  const sequencesOf = async (conversationId: string) => {
    const where = { conversationId: conversationIds.decode(conversationId) };
    const rows = await messaging.db.message.findMany({ where, orderBy: { sequence: 'asc' } });
    return rows.map((row) => row.sequence);
  };
  const pageOf = async (person: Member, id: string, args: object): Promise<Page> =>
    (await person.execute(history, { id, ...args })).data.conversation.messages as Page;

  it('sends, tells the others about it and shows it to both', async () => {
    const { ana, ben, conversationId } = await pair();
    const answer = await messaging.given.message(ana, conversationId, {
      clientMessageId: 'a',
      text: '  Bună!\n',
    });
    expect(answer.data.sendMessage).toMatchObject({
      message: { sequence: 1, text: 'Bună!', clientMessageId: 'a', sender: { id: ana.publicId } },
      userErrors: [],
    });
    const sent = await messaging.published(conversationId, 'message.sent');
    expect(sent).toEqual([expect.objectContaining({ conversationId, senderId: ana.publicId, sequence: 1 })]);
    expect(JSON.stringify(sent)).not.toContain('Bună');
    const { edges } = await pageOf(ben, conversationId, { first: 5 });
    expect(edges.map((edge) => edge.node)).toEqual([{ sequence: 1, text: 'Bună!', clientMessageId: null }]);
  });

  it('numbers a hundred parallel messages of two people over two processes 1 to 100 without a gap', async () => {
    const { ana, ben, conversationId } = await pair();
    const answers = await Promise.all(
      upTo(100).map((count) => {
        const client = (count % 4 < 2 ? messaging : second).as((count % 2 ? ana : ben).viewer);
        const input = { conversationId, clientMessageId: `m-${count}`, text: `Message ${count}` };
        return client.execute(messaging.given.sendDocument, { input });
      }),
    );
    expect(answers.flatMap((answer) => answer.errors)).toEqual([]);
    expect(await sequencesOf(conversationId)).toEqual(upTo(100));
    const published = await messaging.published(conversationId, 'message.sent');
    expect(published.map((message) => message['sequence'])).toEqual(upTo(100));
  });

  it('would number two messages alike by max + 1: both readers see the same newest one', async () => {
    const { ana, conversationId } = await pair();
    const key = conversationIds.decode(conversationId);
    const bothHaveRead = barrierFor(2);
    const naive = (clientMessageId: string) =>
      messaging.db.$transaction(async (tx) => {
        const newest = await tx.message.aggregate({
          where: { conversationId: key },
          _max: { sequence: true },
        });
        await bothHaveRead();
        const sequence = (newest._max.sequence ?? 0) + 1;
        const row = {
          id: messageIds.create(),
          conversationId: key,
          senderId: ana.id,
          text: 'x',
          sentAt: new Date(),
        };
        await tx.message.create({ data: { ...row, clientMessageId, sequence } });
      });
    const outcomes = await Promise.allSettled([naive('one'), naive('two')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await sequencesOf(conversationId)).toEqual([1]);
  });

  it('makes one message of twenty parallel retries, counted once', async () => {
    const { ana, ben, conversationId } = await pair();
    const input = { conversationId, clientMessageId: 'retry', text: 'Once' };
    const answers = await Promise.all(
      upTo(20).map((count) =>
        (count % 2 ? messaging : second).as(ana.viewer).execute(messaging.given.sendDocument, { input }),
      ),
    );
    const ids = new Set(answers.map((answer): unknown => answer.data.sendMessage.message.id));
    expect(ids.size).toBe(1);
    expect(await sequencesOf(conversationId)).toEqual([1]);
    expect(await messaging.published(conversationId, 'message.sent')).toHaveLength(1);
    const side = await messaging.db.participant.findFirst({ where: { userId: ben.id } });
    expect(side?.unreadCount).toBe(1);
    await messaging.given.message(ben, conversationId);
    expect(await sequencesOf(conversationId)).toEqual([1, 2]);
  });

  it('shows after each of several mutations of one request what it did', async () => {
    const { ana, conversationId } = await pair();
    const send = (alias: string, key: string, fields: string) =>
      `${alias}: sendMessage(input: { conversationId: $id, clientMessageId: "${key}", text: "x" }) {
        message { conversation { ${fields} } }
      }`;
    const newest = 'lastSequence messages(last: 1) { nodes { sequence } }';
    const answer = await ana.execute(
      `mutation ($id: ID!) {
        ${send('m1', 'one', newest)}
        ${send('m2', 'two', newest)}
        read: markConversationRead(input: { conversationId: $id, upToSequence: 1 }) { conversation { id } }
        ${send('m3', 'one', 'readUpToSequence')}
      }`,
      { id: conversationId },
    );
    for (const sequence of upTo(2)) {
      expect(answer.data[`m${sequence}`].message.conversation).toEqual({
        lastSequence: sequence,
        messages: { nodes: [{ sequence }] },
      });
    }
    expect(answer.data.m3.message.conversation).toEqual({ readUpToSequence: 1 });
  });

  it('refuses a key that was used for another text, in this conversation and by this sender only', async () => {
    const { ana, ben, conversationId } = await pair();
    const other = await messaging.given.conversation(ana, await messaging.given.member());
    await messaging.given.message(ana, conversationId, { clientMessageId: 'key', text: 'one' });
    const answer = await messaging.given.message(ana, conversationId, {
      clientMessageId: 'key',
      text: 'two',
    });
    expect(answer.data.sendMessage).toMatchObject({
      message: null,
      userErrors: [{ code: 'CONFLICT', path: ['clientMessageId'] }],
    });
    for (const [sender, place] of [
      [ben, conversationId],
      [ana, other],
    ] as const) {
      const fresh = await messaging.given.message(sender, place, { clientMessageId: 'key', text: 'two' });
      expect(fresh.data.sendMessage.message.text).toBe('two');
    }
  });

  it('orders by sequence and never lets time run backwards when a clock does', async () => {
    const { ana, conversationId } = await pair();
    const first = await messaging.given.message(ana, conversationId);
    messaging.clock.advance(-60_000);
    const later = await messaging.given.message(ana, conversationId);
    messaging.clock.advance(60_000);
    expect(later.data.sendMessage.message).toMatchObject({
      sequence: 2,
      sentAt: first.data.sendMessage.message.sentAt,
    });
  });

  it('pages through a history from both ends without repeats or gaps while messages arrive', async () => {
    const { ana, conversationId } = await pair();
    for (const count of upTo(7)) await messaging.given.message(ana, conversationId, { text: `${count}` });
    const newest = await pageOf(ana, conversationId, { last: 3 });
    expect(newest.edges.map((edge) => edge.node.sequence)).toEqual([5, 6, 7]);
    expect(newest.pageInfo).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
    await messaging.given.message(ana, conversationId);
    const older = await pageOf(ana, conversationId, { last: 10, before: newest.pageInfo.startCursor });
    expect(older.edges.map((edge) => edge.node.sequence)).toEqual([1, 2, 3, 4]);
    expect(older.pageInfo.hasPreviousPage).toBe(false);
    const fresh = await pageOf(ana, conversationId, { first: 10, after: newest.pageInfo.endCursor });
    expect(fresh.edges.map((edge) => edge.node.sequence)).toEqual([8]);
  });

  it.each(['[1.5]', '[-1]', '[1e300]', '["7"]', '[1,2]', '{}', 'x'])(
    'refuses the forged cursor %s',
    async (forged) => {
      const { ana, conversationId } = await pair();
      const after = Buffer.from(forged).toString('base64url');
      const answer = await ana.execute(history, { id: conversationId, first: 1, after });
      expect(answer.codes).toEqual(['INVALID_INPUT']);
    },
  );

  it.each([
    ['only white space', { text: ' \n ' }, 'text'],
    ['4,001 characters', { text: 'x'.repeat(4_001) }, 'text'],
    ['a control character', { text: 'a\u0007b' }, 'text'],
    ['half a surrogate pair', { text: 'a\ud83d' }, 'text'],
    ['an empty key', { clientMessageId: '' }, 'clientMessageId'],
    ['a key of 65 characters', { clientMessageId: 'k'.repeat(65) }, 'clientMessageId'],
    ['a key with white space', { clientMessageId: 'a b' }, 'clientMessageId'],
  ])('refuses %s', async (_name, overrides, field) => {
    const { ana, conversationId } = await pair();
    const answer = await messaging.given.message(ana, conversationId, overrides);
    expect(answer.data.sendMessage).toMatchObject({
      message: null,
      userErrors: [{ code: 'INVALID_INPUT', path: [field] }],
    });
    expect(await sequencesOf(conversationId)).toEqual([]);
  });

  it('keeps right-to-left marks, joined emoji and 4,000 characters as they are', async () => {
    const { ana, conversationId } = await pair();
    const text = `\u202bשלום\u202c 👩‍👩‍👧‍👦 ${'ă'.repeat(3_000)}`;
    const answer = await messaging.given.message(ana, conversationId, { text });
    expect(answer.data.sendMessage.message.text).toBe(text);
    const full = await messaging.given.message(ana, conversationId, { text: 'x'.repeat(4_000) });
    expect(full.data.sendMessage.message.sequence).toBe(2);
  });

  it('refuses NUL before anything is done', async () => {
    const { ana, conversationId } = await pair();
    const answer = await messaging.given.message(ana, conversationId, { text: 'a\u0000b' });
    expect(answer.codes).toEqual(['INVALID_INPUT']);
    expect(await sequencesOf(conversationId)).toEqual([]);
  });
});
