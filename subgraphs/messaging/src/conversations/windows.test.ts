import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const conversation = `query ($id: ID!, $first: Int, $last: Int, $after: String) { conversation(id: $id) {
  lastSequence unreadCount leftAt participants { id }
  messages(first: $first, last: $last, after: $after) { nodes { id sequence } pageInfo { endCursor hasNextPage } } } }`;
const entity = `query ($id: ID!) {
  _entities(representations: [{ __typename: "Message", id: $id }]) { ... on Message { sequence } } }`;
const markRead = `mutation ($input: MarkConversationReadInput!) {
  markConversationRead(input: $input) { conversation { unreadCount } userErrors { code } } }`;
const events = `subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) {
  event { __typename ... on MessageSent { message { sequence } } } } }`;

interface Node {
  readonly id: string;
  readonly sequence: number;
}

describe('what somebody sees who takes part from time to time', () => {
  let messaging: Messaging;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  /** Ten messages: ben saw the first two, was away for four, and is back since the sixth. */
  async function aRejoiner() {
    const entitlements = ['UNLIMITED_MESSAGING'];
    const [ana, ben] = [await messaging.given.member({ entitlements }), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    const ids: string[] = [];
    for (let count = 0; count < 10; count++)
      ids.push((await messaging.given.message(ana, id)).data.sendMessage.message.id as string);
    await see(id, ben, [
      [0, 2],
      [6, null],
    ]);
    return { ana, ben, id, ids };
  }

  async function see(id: string, { id: userId }: Member, windows: [number, number | null][]) {
    const conversationId = conversationIds.decode(id);
    const where = { conversationId, userId };
    await messaging.db.visibilityWindow.deleteMany({ where });
    await messaging.db.visibilityWindow.createMany({
      data: windows.map(([afterSequence, untilSequence]) => ({ ...where, afterSequence, untilSequence })),
    });
    const leftAt = windows.at(-1)![1] === null ? null : messaging.clock.now();
    await messaging.db.participant.update({ where: { conversationId_userId: where }, data: { leftAt } });
  }
  const seen = async (who: Member, id: string, page: object) =>
    (await who.execute(conversation, { id, ...page })).data.conversation;
  const sequences = (nodes: readonly Node[]) => nodes.map(({ sequence }) => sequence);

  it('is the same history from either end, page by page', async () => {
    const { ana, ben, id } = await aRejoiner();
    expect(sequences((await seen(ben, id, { first: 99 })).messages.nodes as Node[])).toEqual([
      1, 2, 7, 8, 9, 10,
    ]);
    expect(sequences((await seen(ben, id, { last: 5 })).messages.nodes as Node[])).toEqual([2, 7, 8, 9, 10]);
    const { messages } = await seen(ben, id, { first: 3 });
    expect(messages.pageInfo.hasNextPage).toBe(true);
    const { messages: rest } = await seen(ben, id, { first: 3, after: messages.pageInfo.endCursor });
    expect([sequences(rest.nodes as Node[]), rest.pageInfo.hasNextPage]).toEqual([[8, 9, 10], false]);
    expect((await seen(ana, id, { first: 99 })).messages.nodes).toHaveLength(10);
  });

  it('is what a reference finds', async () => {
    const { ben, ids } = await aRejoiner();
    const found = await Promise.all(
      ids.map(async (id) => (await ben.execute(entity, { id })).data._entities[0] !== null),
    );
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((each) => each <= 2 || each > 6));
  });

  it('is what a subscription replays', async () => {
    const { ben, id } = await aRejoiner();
    const after = Buffer.from('[1]').toString('base64url');
    const told = ben.subscribe(events, { id, after });
    const first = (await told.next()).value;
    const second = (await told.next()).value;
    expect(
      [first, second].map(({ data }) => data.conversationEvents.event.message.sequence as number),
    ).toEqual([2, 7]);
    await told.return!();
  });

  it('is what counts as unread', async () => {
    const { ben, id } = await aRejoiner();
    const input = { conversationId: id, upToSequence: 1 };
    const { data } = await ben.execute(markRead, { input });
    expect(data.markConversationRead.conversation.unreadCount).toBe(5);
  });

  it('ends with the last message before leaving, and nothing can be written or heard any more', async () => {
    const { ben, id } = await aRejoiner();
    await see(id, ben, [[0, 4]]);
    const left = await seen(ben, id, { first: 99 });
    expect(sequences(left.messages.nodes as Node[])).toEqual([1, 2, 3, 4]);
    expect(left).toMatchObject({ lastSequence: 4, participants: [{ id: ben.publicId }] });
    expect(left.leftAt).not.toBeNull();
    const sent = await messaging.given.message(ben, id);
    expect(sent.data.sendMessage.userErrors).toMatchObject([{ code: 'CONVERSATION_CLOSED' }]);
    const beyond = await ben.execute(markRead, { input: { conversationId: id, upToSequence: 5 } });
    expect(beyond.data.markConversationRead.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
    const told = ben.subscribe(events, { id });
    expect((await told.next()).value).toMatchObject({ codes: ['NOT_FOUND'] });
  });
});
