import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { conversationIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const mark = (name: 'Delivered' | 'Read') => `mutation ($input: MarkConversation${name}Input!) {
  marked: markConversation${name}(input: $input) {
    conversation { deliveredUpToSequence readUpToSequence unreadCount }
    userErrors { code path }
  }
}`;
const receipts = `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { conversation(id: $id) {
  receipts(first: $first, after: $after, last: $last, before: $before) {
    nodes { person { id } deliveredUpToSequence readUpToSequence }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
} }`;
const choose = `mutation ($input: UpdateMessagingSettingsInput!) {
  updateMessagingSettings(input: $input) { settings { sharesReadReceipts } userErrors { code } }
}`;
const subscription = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { event {
  __typename ... on ReceiptMoved { receipt { person { id } deliveredUpToSequence readUpToSequence } }
} } }`;

describe('receipts', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  /** Ana has said something to Ben so many times. */
  async function aTalk(count = 3) {
    const entitlements = ['UNLIMITED_MESSAGING'];
    const [ana, ben] = [
      await messaging.given.member({ entitlements }),
      await messaging.given.member({ entitlements }),
    ];
    const id = await messaging.given.conversation(ana, ben);
    for (let each = 0; each < count; each++) await messaging.given.message(ana, id);
    return { ana, ben, id };
  }
  const move = async (who: Member, name: 'Delivered' | 'Read', id: string, upToSequence: number) =>
    (await who.execute(mark(name), { input: { conversationId: id, upToSequence } })).data.marked;
  const told = async (who: Member, id: string, args: object = { first: 10 }) =>
    (await who.execute(receipts, { id, ...args })).data.conversation.receipts;
  const shares = (who: Member, sharesReadReceipts: boolean) =>
    who.execute(choose, { input: { sharesReadReceipts } });
  const block = (one: Member, other: Member) =>
    messaging.db.block.create({
      data: { blockerId: one.id, blockedId: other.id, isActive: true, version: 1 },
    });

  it('move forward only, what is read has arrived, and the other is told', async () => {
    const { ana, ben, id } = await aTalk();
    expect(await move(ben, 'Delivered', id, 2)).toMatchObject({
      conversation: { deliveredUpToSequence: 2, readUpToSequence: 0, unreadCount: 3 },
    });
    expect(await move(ben, 'Delivered', id, 1)).toMatchObject({ conversation: { deliveredUpToSequence: 2 } });
    expect(await move(ben, 'Read', id, 1)).toMatchObject({
      conversation: { deliveredUpToSequence: 2, readUpToSequence: 1, unreadCount: 2 },
    });
    expect(await move(ben, 'Read', id, 3)).toMatchObject({
      conversation: { deliveredUpToSequence: 3, readUpToSequence: 3, unreadCount: 0 },
    });
    expect((await told(ana, id)).nodes).toEqual([
      { person: { id: ben.publicId }, deliveredUpToSequence: 3, readUpToSequence: 3 },
    ]);
  });

  it('are told to everybody who follows by one statement', async () => {
    const entitlements = ['UNLIMITED_MESSAGING'];
    const ana = await messaging.given.member({ entitlements });
    const others = await Promise.all(Array.from({ length: 8 }, () => messaging.given.member()));
    const id = await messaging.given.group(ana, others);
    await messaging.given.message(ana, id);
    const followers = others.slice(1).map((who) => who.subscribe(subscription, { id }));
    await Promise.all(followers.map((events) => events.next()));
    const heard = followers.map((events) => events.next());
    const from = messaging.sent.length;
    await move(others[0]!, 'Read', id, 3);
    for (const event of await Promise.all(heard))
      expect((event.value as TestResult).data.conversationEvents.event.receipt.person.id).toBe(
        others[0]!.publicId,
      );
    const asked = messaging.sent.slice(from).filter((sql) => sql.includes('CASE WHEN NOT'));
    expect([1, 2]).toContain(asked.length);
    await Promise.all(followers.map((events) => events.return!()));
  });

  it.each([
    ['Delivered', 4],
    ['Read', 4],
    ['Read', -1],
  ] as const)('refuse what has not been sent: %s %s', async (name, upToSequence) => {
    const { ben, id } = await aTalk();
    expect(await move(ben, name, id, upToSequence)).toEqual({
      conversation: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['upToSequence'] }],
    });
  });

  it('that would not move write nothing and are told to nobody', async () => {
    const { ben, id } = await aTalk();
    await move(ben, 'Read', id, 2);
    const key = conversationIds.decode(id);
    const events = () => messaging.db.conversationEvent.count({ where: { conversationId: key } });
    const before = { events: await events(), sent: messaging.sent.length };
    for (const [name, upTo] of [
      ['Read', 2],
      ['Read', 1],
      ['Delivered', 2],
      ['Delivered', 0],
    ] as const)
      await move(ben, name, id, upTo);
    expect(messaging.sent.slice(before.sent).filter((sql) => /UPDATE|INSERT|FOR UPDATE/.test(sql))).toEqual(
      [],
    );
    expect(await events()).toBe(before.events);
  });

  it('of reading are neither told by nor told to whoever keeps them private', async () => {
    const { ana, ben, id } = await aTalk();
    await move(ana, 'Read', id, 3);
    expect((await shares(ben, false)).data.updateMessagingSettings.settings).toEqual({
      sharesReadReceipts: false,
    });
    await move(ben, 'Read', id, 2);
    expect((await told(ana, id)).nodes).toEqual([
      { person: { id: ben.publicId }, deliveredUpToSequence: 2, readUpToSequence: null },
    ]);
    expect((await told(ben, id)).nodes).toEqual([
      { person: { id: ana.publicId }, deliveredUpToSequence: 3, readUpToSequence: null },
    ]);
    const own = await ben.execute('{ messagingSettings { sharesReadReceipts } }');
    expect(own.data.messagingSettings).toEqual({ sharesReadReceipts: false });
    await shares(ben, true);
    expect((await told(ana, id)).nodes).toMatchObject([{ readUpToSequence: 2 }]);
  });

  it('are shared by whoever has chosen nothing; a choice that is absent stays', async () => {
    const ana = await messaging.given.member();
    const settings = async () => (await ana.execute('{ messagingSettings { sharesReadReceipts } }')).data;
    expect(await settings()).toEqual({ messagingSettings: { sharesReadReceipts: true } });
    await shares(ana, false);
    await ana.execute(choose, { input: {} });
    expect(await settings()).toEqual({ messagingSettings: { sharesReadReceipts: false } });
  });

  it.each([
    ['by the one who asks', true],
    ['by the other', false],
  ])('are hidden by a block %s', async (_by, byAna) => {
    const { ana, ben, id } = await aTalk();
    await move(ben, 'Read', id, 3);
    await block(...(byAna ? ([ana, ben] as const) : ([ben, ana] as const)));
    expect((await told(ana, id)).nodes).toEqual([]);
  });

  it('are not told of whoever has not accepted the request', async () => {
    const { ana, ben, id } = await aTalk();
    await move(ben, 'Delivered', id, 3);
    const key = { conversationId: conversationIds.decode(id), userId: ben.id };
    const put = (box: 'REQUESTS' | 'INBOX') =>
      messaging.db.participant.update({ where: { conversationId_userId: key }, data: { box } });
    await put('REQUESTS');
    expect((await told(ana, id)).nodes).toEqual([]);
    await put('INBOX');
    expect((await told(ana, id)).nodes).toMatchObject([{ deliveredUpToSequence: 3 }]);
  });

  it('are told to nobody who left', async () => {
    const { ana, ben, id } = await aTalk();
    await move(ben, 'Read', id, 3);
    await messaging.db.participant.update({
      where: { conversationId_userId: { conversationId: conversationIds.decode(id), userId: ana.id } },
      data: { leftAt: messaging.clock.now() },
    });
    expect((await told(ana, id)).nodes).toEqual([]);
  });

  it('are paged through from both ends, and not those of whoever left', async () => {
    const { ana, ben, id } = await aTalk();
    const key = conversationIds.decode(id);
    const others = [ben];
    for (let count = 0; count < 4; count++) {
      const other = await messaging.given.member();
      await messaging.db.participant.create({
        data: { conversationId: key, userId: other.id, joinedAt: messaging.clock.now() },
      });
      others.push(other);
    }
    const gone = others.pop()!;
    await messaging.db.participant.update({
      where: { conversationId_userId: { conversationId: key, userId: gone.id } },
      data: { leftAt: messaging.clock.now() },
    });
    const expected = others.map(({ id }) => id).sort();
    const idsOf = (page: { nodes: { person: { id: string } }[] }) =>
      page.nodes.map(({ person }) => person.id);
    const publicIdsOf = (keys: string[]) =>
      keys.map((each) => others.find(({ id }) => id === each)!.publicId);
    const first = await told(ana, id, { first: 3 });
    expect(idsOf(first)).toEqual(publicIdsOf(expected.slice(0, 3)));
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const rest = await told(ana, id, { first: 3, after: first.pageInfo.endCursor });
    expect(idsOf(rest)).toEqual(publicIdsOf(expected.slice(3)));
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const back = await told(ana, id, { last: 2, before: rest.pageInfo.startCursor });
    expect(idsOf(back)).toEqual(publicIdsOf(expected.slice(1, 3)));
  });

  it('of a whole page of conversations are read by one statement', async () => {
    const { ana } = await aTalk(1);
    const query =
      '{ conversations(first: 50) { nodes { receipts(first: 5) { nodes { readUpToSequence } } } } }';
    const statements = async () => {
      const before = messaging.statements();
      expect((await ana.execute(query)).errors).toEqual([]);
      return messaging.statements() - before;
    };
    const one = await statements();
    for (let count = 0; count < 3; count++)
      await messaging.given.conversation(ana, await messaging.given.member());
    expect(await statements()).toBe(one);
  });

  it('are told as they move, to the others, and reading only by whoever shares it', async () => {
    const { ana, ben, id } = await aTalk();
    const events = ana.subscribe(subscription, { id });
    const next = async () => ((await events.next()).value as TestResult).data.conversationEvents.event;
    expect(await next()).toMatchObject({ __typename: 'SubscriptionStarted' });
    await move(ben, 'Delivered', id, 1);
    expect(await next()).toMatchObject({ receipt: { deliveredUpToSequence: 1, readUpToSequence: 0 } });
    await move(ben, 'Read', id, 1);
    expect(await next()).toMatchObject({ receipt: { person: { id: ben.publicId }, readUpToSequence: 1 } });
    await move(ben, 'Delivered', id, 3);
    expect(await next()).toMatchObject({ receipt: { deliveredUpToSequence: 3 } });
    await shares(ben, false);
    await move(ben, 'Read', id, 3);
    await messaging.given.message(ana, id);
    expect(await next()).toMatchObject({ __typename: 'MessageSent' });
    await events.return!();
  });

  it('add up: what waits to be read is the sum over all conversations', async () => {
    const { ben, id } = await aTalk(3);
    const cleo = await messaging.given.member();
    await messaging.given.message(cleo, await messaging.given.conversation(cleo, ben));
    const total = async () => (await ben.execute('{ unreadMessageCount }')).data.unreadMessageCount;
    expect(await total()).toBe(4);
    await move(ben, 'Read', id, 2);
    expect(await total()).toBe(2);
    expect((await cleo.execute('{ unreadMessageCount }')).data.unreadMessageCount).toBe(0);
  });
});
