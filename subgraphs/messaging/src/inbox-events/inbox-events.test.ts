import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { conversationIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const subscription = `subscription ($after: String) {
  inboxEvents(after: $after) { cursor event {
    __typename
    ... on InboxChanged { unreadMessageCount conversations { id unreadCount lastSequence } }
    ... on ResyncRequired { reason }
  } }
}`;

describe('the list of conversations in real time', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  async function aConversation() {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    return { ana, ben, id };
  }

  function follow(person: Pick<Member, 'subscribe'>, after?: string) {
    const events = person.subscribe(subscription, { after });
    const next = async () => {
      const result = (await events.next()).value as TestResult;
      expect(result.errors).toEqual([]);
      const { cursor, event } = result.data.inboxEvents;
      return { cursor: cursor as string, ...event };
    };
    return { next, stop: () => events.return!() };
  }
  const markRead = (person: Member, id: string, upToSequence: number) =>
    person.execute(
      `mutation ($input: MarkConversationReadInput!) { markConversationRead(input: $input) { userErrors { code } } }`,
      { input: { conversationId: id, upToSequence } },
    );

  it('begins with where it begins, then tells what changes, in another process too', async () => {
    const { ana, ben, id } = await aConversation();
    const events = follow(second.as(ben.viewer));
    expect(await events.next()).toMatchObject({ __typename: 'SubscriptionStarted' });
    await messaging.given.message(ana, id);
    expect(await events.next()).toMatchObject({
      __typename: 'InboxChanged',
      unreadMessageCount: 1,
      conversations: [{ id, unreadCount: 1, lastSequence: 1 }],
    });
    await events.stop();
  });

  it('tells that something was read on another device', async () => {
    const { ana, ben, id } = await aConversation();
    await messaging.given.message(ana, id);
    const events = follow(ben);
    await events.next();
    await markRead(ben, id, 1);
    expect(await events.next()).toMatchObject({
      unreadMessageCount: 0,
      conversations: [{ id, unreadCount: 0 }],
    });
    await events.stop();
  });

  it('tells everybody of another name of the group, and of whoever was added', async () => {
    const [ana, ben, eva] = await Promise.all([1, 2, 3].map(() => messaging.given.member()));
    const id = await messaging.given.group(ana!, [ben!]);
    const events = follow(second.as(ben!.viewer));
    await events.next();
    const change = (name: string, input: object) =>
      ana!.execute(
        `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { userErrors { code } } }`,
        { input: { conversationId: id, ...input } },
      );
    await change('updateGroup', { name: 'Rowers' });
    expect(await events.next()).toMatchObject({
      conversations: [{ id, lastSequence: 3 }],
      unreadMessageCount: 0,
    });
    await change('addGroupMembers', { userIds: [eva!.publicId] });
    expect(await events.next()).toMatchObject({ conversations: [{ id, lastSequence: 4 }] });
    await events.stop();
  });

  it('tells first what has changed since the cursor, each conversation once', async () => {
    const { ana, ben, id } = await aConversation();
    const before = follow(ben);
    const { cursor } = await before.next();
    await before.stop();
    await messaging.given.message(ana, id);
    await messaging.given.message(ana, id);
    const after = follow(ben, cursor);
    const caughtUp = await after.next();
    expect(caughtUp).toMatchObject({ unreadMessageCount: 2, conversations: [{ id, lastSequence: 2 }] });
    await messaging.given.message(ana, id);
    expect(await after.next()).toMatchObject({ conversations: [{ id, lastSequence: 3 }] });
    await after.stop();
    const again = follow(ben, caughtUp.cursor);
    expect(await again.next()).toMatchObject({ conversations: [{ lastSequence: 3 }] });
    await again.stop();
  });

  it('tells what a transaction changed that had begun before the cursor and ended after it', async () => {
    const { ben, id } = await aConversation();
    const key = { conversationId: conversationIds.decode(id), userId: ben.id };
    const events = follow(ben);
    await events.next();
    let cursor = '';
    await messaging.db.$transaction(async (tx) => {
      await tx.participant.update({
        where: { conversationId_userId: key },
        data: { lastActivityAt: new Date() },
      });
      const { ana: other, id: another } = await aConversation();
      await messaging.given.message(ben, await messaging.given.conversation(ben, other));
      expect(another).toBeDefined();
      cursor = (await events.next()).cursor;
    });
    await events.stop();
    const after = follow(ben, cursor);
    expect(await after.next()).toMatchObject({ conversations: [{ id }] });
    await after.stop();
  });

  it('tells forty people of a message by as many statements as three', async () => {
    /** From when all of them want to hear of it until they have. */
    const statementsFor = async (count: number): Promise<number> => {
      const ana = await messaging.given.member();
      const others = await Promise.all(Array.from({ length: count }, () => messaging.given.member()));
      const id = await messaging.given.group(ana, others);
      const events = others.map((person) => follow(person));
      for (const each of events) await each.next();
      const announced = messaging.live.subscribe(`inbox:${ana.id}`);
      await announced.ready;
      await messaging.given.message(ana, id);
      await announced.next();
      await announced.return();
      const before = messaging.sent.length;
      for (const told of await Promise.all(events.map((each) => each.next())))
        expect(told).toMatchObject({ unreadMessageCount: 1, conversations: [{ id, unreadCount: 1 }] });
      const sent = messaging.sent.slice(before);
      await Promise.all(events.map((each) => each.stop()));
      return sent.length;
    };
    expect(await statementsFor(40)).toBe(await statementsFor(3));
  });

  it('does not tell of a conversation that somebody has only opened', async () => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    const events = follow(ben);
    await events.next();
    const id = await messaging.given.conversation(ana, ben);
    await messaging.given.message(ana, id);
    expect(await events.next()).toMatchObject({ conversations: [{ id, lastSequence: 1 }] });
    await events.stop();
  });

  it.each([
    ['malformed', () => 'no cursor'],
    ['of somebody else', (cursor: string) => cursor],
    ['no snapshot', (_: string, name: string) => encode(name, '5:3:')],
    ['ahead of everything', (_: string, name: string) => encode(name, '900000000000:900000000000:')],
  ])('asks for a resynchronisation when the cursor is %s, and goes on', async (_name, cursorFrom) => {
    const { ana, ben, id } = await aConversation();
    const anas = follow(ana);
    const after = cursorFrom((await anas.next()).cursor, `inbox:${ben.id}`);
    await anas.stop();
    const events = follow(ben, after);
    expect(await events.next()).toMatchObject({ __typename: 'ResyncRequired', reason: 'CURSOR_INVALID' });
    await messaging.given.message(ana, id);
    expect(await events.next()).toMatchObject({ conversations: [{ id }] });
    await events.stop();
  });

  it('asks for a resynchronisation when too many conversations have changed', async () => {
    const { ana, ben, id } = await aConversation();
    const before = follow(ben);
    const { cursor } = await before.next();
    await before.stop();
    await messaging.db.$executeRaw`
      WITH made AS (
        INSERT INTO conversations (id, kind, pair_key, created_at)
        SELECT gen_random_uuid(), 'DIRECT', ${id} || n, now() FROM generate_series(1, 101) n RETURNING id)
      INSERT INTO participants (conversation_id, user_id, joined_at, last_activity_at)
      SELECT id, ${ben.id}::uuid, now(), now() FROM made`;
    const events = follow(ben, cursor);
    expect(await events.next()).toMatchObject({ __typename: 'ResyncRequired', reason: 'CURSOR_TOO_OLD' });
    await messaging.given.message(ana, id);
    expect(await events.next()).toMatchObject({ conversations: [{ id }] });
    await events.stop();
  });
});

const encode = (...values: string[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
