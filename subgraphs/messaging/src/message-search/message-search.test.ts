import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const search = `query ($query: String!, $in: ID, $first: Int, $after: String, $last: Int, $before: String) {
  searchMessages(query: $query, conversationId: $in, first: $first, after: $after, last: $last, before: $before) {
    nodes { message { text } highlights { start length } }
    pageInfo { hasNextPage endCursor startCursor } } }`;

interface Found {
  readonly nodes: { message: { text: string }; highlights: { start: number; length: number }[] }[];
  readonly pageInfo: { hasNextPage: boolean; endCursor: string; startCursor: string };
}

describe('the search in messages', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging({ freeMessagesPerDay: 1_000 })));
  afterAll(() => messaging.stop());

  async function aTalk(...texts: string[]) {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const ids: string[] = [];
    for (const text of texts) {
      messaging.clock.advance(1);
      ids.push((await messaging.given.message(ana, id, { text })).data.sendMessage.message.id as string);
    }
    return { ana, ben, id, ids };
  }
  const find = async (who: Member, query: string, args: object = {}): Promise<Found> => {
    const page = 'last' in args ? {} : { first: 10 };
    const { data, errors } = await who.execute(search, { query, ...page, ...args });
    expect(errors).toEqual([]);
    return data.searchMessages as Found;
  };
  const texts = async (who: Member, query: string, args: object = {}) =>
    (await find(who, query, args)).nodes.map(({ message }) => message.text);

  it('finds all of the words, or what begins with them, without accents and case, newest first', async () => {
    const { ben } = await aTalk('Salut București', 'Bucuresti este frumos', 'Frumos', 'în Münster');
    expect(await texts(ben, 'bucurești')).toEqual(['Bucuresti este frumos', 'Salut București']);
    expect(await texts(ben, 'FRUM buc')).toEqual(['Bucuresti este frumos']);
    expect(await texts(ben, 'munst')).toEqual(['în Münster']);
    expect(await texts(ben, 'in')).toEqual(['în Münster']);
    expect(await texts(ben, 'rumos')).toEqual([]);
  });

  it('finds words by how they begin, however long they are', async () => {
    const long = [400, 2_011, 2_012, 2_046].map((bytes) => 'okapi'.padEnd(bytes, 'x'));
    const { ben } = await aTalk(...long, `ящерица${'ж'.repeat(1_016)}`);
    expect(await texts(ben, 'okapi')).toEqual([...long].reverse());
    expect(await texts(ben, long[0]!.slice(0, 200))).toHaveLength(long.length);
    expect(await texts(ben, 'ящер')).toHaveLength(1);
  });

  it('tells where the words are in the text', async () => {
    const { ben } = await aTalk('👩‍👩‍👧 Întâlnire la Întâlnirea mare');
    const [hit] = (await find(ben, 'intalnire mare')).nodes;
    const words = hit!.highlights.map(({ start, length }) => hit!.message.text.slice(start, start + length));
    expect(words).toEqual(['Întâlnire', 'Întâlnirea', 'mare']);
  });

  it('is not led astray by conversations in which nothing was said', async () => {
    const { ben } = await aTalk('giraffe');
    const empty = Array.from({ length: 1_000 }, () => conversationIds.create());
    const { db, clock } = messaging;
    await db.conversation.createMany({
      data: empty.map((id) => ({ id, kind: 'DIRECT', pairKey: id, createdAt: clock.now() })),
    });
    await db.participant.createMany({
      data: empty.map((conversationId) => ({ conversationId, userId: ben.id, joinedAt: clock.now() })),
    });
    expect(await texts(ben, 'giraffe')).toEqual(['giraffe']);
  });

  it('is over all conversations of the viewer, or one of them, and never those of others', async () => {
    const { ana, ben, id } = await aTalk('zebra one');
    const third = await messaging.given.member();
    const elsewhere = await messaging.given.conversation(ana, third);
    await messaging.given.message(ana, elsewhere, { text: 'zebra two' });
    expect(await texts(ana, 'zebra')).toEqual(['zebra two', 'zebra one']);
    expect(await texts(ana, 'zebra', { in: id })).toEqual(['zebra one']);
    expect(await texts(ben, 'zebra')).toEqual(['zebra one']);
    expect(await texts(ben, 'zebra', { in: elsewhere })).toEqual([]);
    expect(await texts(await messaging.given.member(), 'zebra')).toEqual([]);
  });

  it('agrees with the history: windows, what was deleted, and what was said before a change', async () => {
    const { ana, ben, id, ids } = await aTalk('quagga 1', 'quagga 2', 'quagga 3', 'quagga 4');
    const key = { conversationId: conversationIds.decode(id), userId: ben.id };
    await messaging.db.visibilityWindow.deleteMany({ where: key });
    await messaging.db.visibilityWindow.createMany({
      data: [{ ...key, afterSequence: 1, untilSequence: 3 }],
    });
    expect(await texts(ben, 'quagga')).toEqual(['quagga 3', 'quagga 2']);
    await ben.execute(
      'mutation ($id: ID!) { deleteMessage(input: { messageId: $id, scope: ME }) { userErrors { code } } }',
      { id: ids[1] },
    );
    await ana.execute(
      `mutation ($id: ID!, $other: ID!) { deleteMessage(input: { messageId: $id, scope: EVERYONE }) { userErrors { code } }
        editMessage(input: { messageId: $other, text: "okapi", expectedVersion: 1 }) { userErrors { code } } }`,
      { id: ids[2], other: ids[3] },
    );
    expect(await texts(ben, 'quagga')).toEqual([]);
    expect(await texts(ana, 'quagga')).toEqual(['quagga 2', 'quagga 1']);
    expect(await texts(ana, 'okapi')).toEqual(['okapi']);
  });

  it('goes page by page from both ends without repeats or gaps, also where times are the same', async () => {
    const { ana, id } = await aTalk();
    for (let count = 1; count <= 7; count++)
      await messaging.given.message(ana, id, { text: `tapir ${count}` });
    const seen: string[] = [];
    for (let after: string | undefined, more = true; more;) {
      const page: Found = await find(ana, 'tapir', { first: 3, after });
      seen.push(...page.nodes.map(({ message }) => message.text));
      ({ hasNextPage: more, endCursor: after } = page.pageInfo);
    }
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map((count) => `tapir ${count}`));
    const end = await find(ana, 'tapir', { last: 2 });
    expect(end.nodes.map(({ message }) => message.text)).toEqual(['tapir 2', 'tapir 1']);
    const before = await texts(ana, 'tapir', { last: 2, before: end.pageInfo.startCursor });
    expect(before).toEqual(['tapir 4', 'tapir 3']);
  });

  it.each(['', '?!', '\u0000', 'x'.repeat(201)])('refuses %j', async (query) => {
    const { ana } = await aTalk();
    expect((await ana.execute(search, { query, first: 1 })).codes).toEqual(['INVALID_INPUT']);
  });

  it.each(["o'neill", 'a & b', '!c', "b' | 'a", 'e:*', '(((d', 'a\\b'])(
    'takes %j as words',
    async (query) => {
      const { ana } = await aTalk("O'Neill said: a & b | !c (d) <-> e:*");
      expect(await texts(ana, query)).toHaveLength(1);
    },
  );
});
