import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { conversationIds, userIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { pairKeyOf } from './rules.js';

const open = `mutation ($input: OpenDirectConversationInput!) {
  openDirectConversation(input: $input) {
    conversation { id kind participants { id } lastMessageAt unreadCount readUpToSequence }
    userErrors { code path }
  }
}`;
const markRead = `mutation ($input: MarkConversationReadInput!) {
  markConversationRead(input: $input) { conversation { unreadCount readUpToSequence } userErrors { code path } }
}`;
const inbox = `query ($first: Int, $after: String, $last: Int, $before: String) {
  conversations(first: $first, after: $after, last: $last, before: $before) {
    nodes { id unreadCount messages(last: 1) { nodes { text } } }
    pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
  }
}`;

interface Listed {
  readonly id: string;
  readonly messages: unknown;
}
const idsOf = (nodes: readonly { id: string }[]) => nodes.map((node) => node.id);

describe('conversations', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  it('opens one conversation for a pair, whoever opens it and however often', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const first = await ana.execute(open, { input: { userId: ben.publicId } });
    const conversation: { id: string; participants: { id: string }[] } =
      first.data.openDirectConversation.conversation;
    expect(conversation).toMatchObject({ kind: 'DIRECT', lastMessageAt: null, unreadCount: 0 });
    expect(idsOf(conversation.participants).sort()).toEqual([ana.publicId, ben.publicId].sort());
    const again = await ana.execute(open, { input: { userId: ben.publicId } });
    const back = await ben.execute(open, { input: { userId: ana.publicId } });
    expect(again.data.openDirectConversation.conversation.id).toBe(conversation.id);
    expect(back.data.openDirectConversation.conversation.id).toBe(conversation.id);
    expect(await messaging.published(conversation.id, 'conversation.created')).toEqual([
      expect.objectContaining({ kind: 'DIRECT', participantIds: [ana.publicId, ben.publicId] }),
    ]);
  });

  it('makes one conversation of forty parallel calls from both sides over two processes', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const [opener, other] = index % 2 ? [ana, ben] : [ben, ana];
        const client = index % 4 < 2 ? messaging.as(opener.viewer) : second.as(opener.viewer);
        return client.execute(open, { input: { userId: other.publicId } });
      }),
    );
    const ids = new Set(answers.map((answer): unknown => answer.data.openDirectConversation.conversation.id));
    expect(ids.size).toBe(1);
    const conversationId = conversationIds.decode([...ids][0] as string);
    expect(await messaging.db.participant.count({ where: { conversationId } })).toBe(2);
    expect(await messaging.published([...ids][0] as string, 'conversation.created')).toHaveLength(1);
  });

  it('has both of two callers that look first find nothing: the unique key refuses the second insert', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const pairKey = pairKeyOf(ana.id, ben.id);
    const look = () => messaging.db.conversation.findUnique({ where: { pairKey } });
    expect(await Promise.all([look(), look()])).toEqual([null, null]);
    const insert = () =>
      messaging.db.conversation.create({
        data: { id: conversationIds.create(), kind: 'DIRECT', pairKey, createdAt: messaging.clock.now() },
      });
    const outcomes = await Promise.allSettled([insert(), insert()]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it.each([
    ['oneself', 'INVALID_INPUT'],
    ['nobody', 'NOT_FOUND'],
    ['malformed', 'INVALID_INPUT'],
    ['foreign', 'INVALID_INPUT'],
  ])('refuses to open a conversation with %s', async (whom, code) => {
    const ana = await messaging.given.member();
    const people: Record<string, string> = {
      oneself: ana.publicId,
      nobody: userIds.encode(userIds.create()),
      malformed: 'usr_not-an-id',
      foreign: conversationIds.encode(ana.id),
    };
    const answer = await ana.execute(open, { input: { userId: people[whom] } });
    expect(answer.data.openDirectConversation).toMatchObject({ conversation: null, userErrors: [{ code }] });
    expect(await messaging.db.participant.count({ where: { userId: ana.id } })).toBe(0);
  });

  it('shows an empty conversation to its opener only, until something is said', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const listOf = async (person: Member) => {
      const nodes: Listed[] = (await person.execute(inbox, { first: 10 })).data.conversations.nodes;
      return idsOf(nodes);
    };
    expect(await listOf(ana)).toEqual([id]);
    expect(await listOf(ben)).toEqual([]);
    await messaging.given.message(ana, id);
    expect(await listOf(ben)).toEqual([id]);
  });

  it('lists newest activity first, page by page without repeats or gaps, with the last message of each', async () => {
    const ana = await messaging.given.member({ entitlements: ['UNLIMITED_MESSAGING'] });
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      const id = await messaging.given.conversation(ana, await messaging.given.member());
      // Two share one instant: the id decides between them.
      if (count !== 3) messaging.clock.advance(1_000);
      await messaging.given.message(ana, id, { text: `Message ${count}` });
      ids.push(id);
    }
    const seen: Listed[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { data }: TestResult = await ana.execute(inbox, { first: 2, after });
      seen.push(...(data.conversations.nodes as Listed[]));
      ({ endCursor: after, hasNextPage: more } = data.conversations.pageInfo);
    }
    expect(idsOf(seen)).toEqual(ids.reverse());
    expect(seen[0]?.messages).toEqual({ nodes: [{ text: 'Message 4' }] });
    const backwards = await ana.execute(inbox, { last: 2 });
    expect(idsOf(backwards.data.conversations.nodes as Listed[])).toEqual(ids.slice(-2));
  });

  it('reads the last messages of a whole page of conversations with one statement', async () => {
    const ana = await messaging.given.member();
    const statementsFor = async () => {
      const before = messaging.statements();
      await ana.execute(inbox, { first: 50 });
      return messaging.statements() - before;
    };
    await messaging.given.conversation(ana, await messaging.given.member());
    const one = await statementsFor();
    for (let count = 0; count < 5; count++) {
      await messaging.given.conversation(ana, await messaging.given.member());
    }
    expect(await statementsFor()).toBe(one);
  });

  it('moves the read marker forward only, and counts what is left', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const conversationId = await messaging.given.conversation(ana, ben);
    for (const sender of [ana, ben, ana, ana]) await messaging.given.message(sender, conversationId);
    const mark = async (upToSequence: number): Promise<unknown> => {
      const answer = await ben.execute(markRead, { input: { conversationId, upToSequence } });
      return answer.data.markConversationRead;
    };
    expect(await mark(1)).toMatchObject({ conversation: { unreadCount: 2, readUpToSequence: 1 } });
    expect(await mark(3)).toMatchObject({ conversation: { unreadCount: 1, readUpToSequence: 3 } });
    expect(await mark(2)).toMatchObject({ conversation: { unreadCount: 1, readUpToSequence: 3 } });
    expect(await mark(5)).toEqual({
      conversation: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['upToSequence'] }],
    });
    expect(await mark(-1)).toMatchObject({ conversation: null, userErrors: [{ code: 'INVALID_INPUT' }] });
    expect(await mark(4)).toMatchObject({ conversation: { unreadCount: 0, readUpToSequence: 4 } });
  });

  it('keeps unread counts equal to a recount while people send and read at once', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const conversationId = await messaging.given.conversation(ana, ben);
    await messaging.given.message(ben, conversationId);
    await messaging.given.message(ana, conversationId);
    await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        const [sender, reader] = index % 2 ? [ana, ben] : [ben, ana];
        const sent = await messaging.given.message(sender, conversationId);
        const { sequence } = sent.data.sendMessage.message;
        const input = { conversationId, upToSequence: Math.max(0, sequence - (index % 5)) };
        await second.as(reader.viewer).execute(markRead, { input });
      }),
    );
    const key = conversationIds.decode(conversationId);
    const sides = await messaging.db.participant.findMany({ where: { conversationId: key } });
    expect(sides).toHaveLength(2);
    for (const { userId, readUpToSequence, unreadCount } of sides) {
      const recount = await messaging.db.message.count({
        where: { conversationId: key, sequence: { gt: readUpToSequence }, senderId: { not: userId } },
      });
      expect(unreadCount).toBe(recount);
    }
  });

  it('refuses pages that are too large, without size, or with a cursor of another list', async () => {
    const ana = await messaging.given.member();
    const foreign = Buffer.from('[7]').toString('base64url');
    for (const variables of [
      { first: 101 },
      {},
      { first: 1, last: 1 },
      { first: 1, after: foreign },
      { first: 1, after: '%' },
    ]) {
      expect((await ana.execute(inbox, variables)).codes).toEqual(['INVALID_INPUT']);
    }
  });
});
