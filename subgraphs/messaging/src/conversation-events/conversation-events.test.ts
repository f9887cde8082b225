import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { createLookingAgain } from '../following/index.js';
import { conversationIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { appendEvent } from './log.js';
import { cursorOf, replayLimit } from './rules.js';

/** As the history makes it. */
const historyCursor = (sequence: number) => Buffer.from(`[${sequence}]`).toString('base64url');

const subscription = `subscription ($id: ID!, $after: String) {
  conversationEvents(conversationId: $id, after: $after) {
    cursor
    event {
      __typename
      ... on MessageSent { message { sequence text sender { id } conversation { id lastSequence } } }
      ... on ResyncRequired { reason }
    }
  }
}`;

interface Told {
  readonly kind: string;
  readonly cursor: string;
  readonly sequence: number | undefined;
  readonly reason: string | undefined;
}

function told(result: TestResult | undefined): Told {
  if (result === undefined) throw new Error('The subscription has ended.');
  if (result.errors.length > 0) throw new Error(JSON.stringify(result.errors));
  const { cursor, event } = result.data.conversationEvents;
  return { kind: event.__typename, cursor, sequence: event.message?.sequence, reason: event.reason };
}

describe('events of a conversation', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    messaging = await givenMessaging();
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  /** Two people who talk without limits. */
  async function aConversation() {
    const entitlements = ['UNLIMITED_MESSAGING'];
    const [ana, ben] = [
      await messaging.given.member({ entitlements }),
      await messaging.given.member({ entitlements }),
    ];
    const id = await messaging.given.conversation(ana, ben);
    const say = async (count: number) => {
      for (let each = 0; each < count; each++) await messaging.given.message(ana, id);
    };
    return { ana, ben, id, say };
  }

  function listen(
    person: Pick<Member, 'subscribe'>,
    id: string,
    after?: string | null,
    document = subscription,
  ) {
    const events = person.subscribe(document, { id, after });
    const next = async () => told((await events.next()).value as TestResult | undefined);
    const take = async (count: number) => {
      const taken: Told[] = [];
      while (taken.length < count) taken.push(await next());
      return taken;
    };
    return { next, take, raw: () => events.next(), stop: () => events.return!() };
  }

  /** Something of which nothing is shown happens there. */
  const happen = (id: string, overrides: { audience?: string[] }) =>
    messaging.db.$transaction((tx) =>
      appendEvent(tx, conversationIds.decode(id), {
        kind: 'MESSAGE_SENT',
        occurredAt: new Date(),
        ...overrides,
      }),
    );
  type Listener = ReturnType<typeof listen>;
  const sequences = (events: readonly Told[]) => events.map(({ sequence }) => sequence);

  it('begins with where it begins, then tells what is said, in another process too', async () => {
    const { ben, id, say } = await aConversation();
    await say(2);
    const there = listen(second.as(ben.viewer), id);
    expect(await there.next()).toMatchObject({ kind: 'SubscriptionStarted', cursor: cursorOf(2) });
    await say(2);
    expect(await there.take(2)).toMatchObject([
      { kind: 'MessageSent', sequence: 3, cursor: cursorOf(3) },
      { kind: 'MessageSent', sequence: 4, cursor: cursorOf(4) },
    ]);
    await there.stop();
  });

  it('tells what was said after the cursor, then what is said, each once', async () => {
    const { ben, id, say } = await aConversation();
    await say(3);
    const events = listen(ben, id, cursorOf(1));
    expect(sequences(await events.take(2))).toEqual([2, 3]);
    await say(1);
    expect(sequences(await events.take(1))).toEqual([4]);
    await events.stop();
  });

  it('takes the cursor of a history', async () => {
    const { ben, id, say } = await aConversation();
    await say(2);
    const history = await ben.execute(
      'query ($id: ID!) { conversation(id: $id) { messages(last: 5) { pageInfo { endCursor } } } }',
      { id },
    );
    await say(1);
    const events = listen(ben, id, history.data.conversation.messages.pageInfo.endCursor as string);
    expect(sequences(await events.take(1))).toEqual([3]);
    await events.stop();
  });

  it('begins with what came after the conversation was read, by its eventsCursor', async () => {
    const { ben, id, say } = await aConversation();
    await say(2);
    const { data } = await ben.execute('query ($id: ID!) { conversation(id: $id) { eventsCursor } }', { id });
    await say(1);
    const events = listen(ben, id, data.conversation.eventsCursor as string);
    expect(sequences(await events.take(1))).toEqual([3]);
    await events.stop();
  });

  it('finds the place of a message among events of other kinds', async () => {
    const { ana, ben, id, say } = await aConversation();
    await say(1);
    await happen(id, { audience: [ana.id] });
    await say(2);
    const events = listen(ben, id, historyCursor(2));
    expect(await events.next()).toMatchObject({ sequence: 3, cursor: cursorOf(4) });
    await events.stop();
  });

  it('tells what is for some to them only, and goes on behind it', async () => {
    const { ana, ben, id, say } = await aConversation();
    await say(1);
    await happen(id, { audience: [ana.id] });
    await say(1);
    const cursors =
      'subscription ($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { cursor event { __typename } } }';
    const [anas, bens] = [ana, ben].map((person) => listen(person, id, cursorOf(1), cursors)) as [
      Listener,
      Listener,
    ];
    expect((await anas.take(2)).map(({ cursor }) => cursor)).toEqual([cursorOf(2), cursorOf(3)]);
    expect((await bens.take(1)).map(({ cursor }) => cursor)).toEqual([cursorOf(3)]);
    await Promise.all([anas.stop(), bens.stop()]);
  });

  it.each([
    ['an event', cursorOf(1)],
    ['a message', historyCursor(1)],
  ])('asks for a resynchronisation when what followed the cursor of %s was pruned', async (_of, after) => {
    const { ben, id, say } = await aConversation();
    await say(3);
    await messaging.db.conversationEvent.deleteMany({
      where: { conversationId: conversationIds.decode(id), position: { lte: 2 } },
    });
    const events = listen(ben, id, after);
    expect(await events.next()).toMatchObject({ reason: 'CURSOR_TOO_OLD', cursor: cursorOf(3) });
    await events.stop();
  });

  it('keeps events for thirty days, and the messages they tell of', async () => {
    const { ben, id, say } = await aConversation();
    await say(2);
    const conversationId = conversationIds.decode(id);
    const old = new Date(messaging.clock.now().getTime() - 31 * 24 * 3_600_000);
    await messaging.db.conversationEvent.updateMany({
      where: { conversationId, position: 1 },
      data: { occurredAt: old },
    });
    await messaging.subgraph.jobs!['pruneConversationEvents']!.run({} as never, {} as never);
    const left = await messaging.db.conversationEvent.findMany({ where: { conversationId } });
    expect(left.map(({ position }) => position)).toEqual([2]);
    expect(await messaging.db.message.count({ where: { conversationId } })).toBe(2);
    const events = listen(ben, id, cursorOf(0));
    expect(await events.next()).toMatchObject({ reason: 'CURSOR_TOO_OLD' });
    await events.stop();
  });

  it('makes each event’s answer anew: nothing of the event before is remembered', async () => {
    const { ben, id, say } = await aConversation();
    const events = ben.subscribe(subscription, { id });
    await events.next();
    for (const sequence of [1, 2]) {
      await say(1);
      const { value } = await events.next();
      expect(value.data.conversationEvents.event.message.conversation).toEqual({
        id,
        lastSequence: sequence,
      });
    }
    await events.return!();
  });

  it('replays more than one page, while more is said', async () => {
    const { ben, id, say } = await aConversation();
    await say(102);
    const events = listen(ben, id, cursorOf(0));
    const [replayed] = await Promise.all([events.take(106), say(4)]);
    expect(sequences(replayed)).toEqual(Array.from({ length: 106 }, (_, index) => index + 1));
    await events.stop();
  });

  it.each([
    ['malformed', 'no cursor', 'CURSOR_INVALID'],
    ['of something else', Buffer.from('["a"]').toString('base64url'), 'CURSOR_INVALID'],
    ['ahead of everything', cursorOf(99), 'CURSOR_INVALID'],
  ])('asks for a resynchronisation when the cursor is %s, and goes on', async (_name, after, reason) => {
    const { ben, id, say } = await aConversation();
    await say(1);
    const events = listen(ben, id, after);
    expect(await events.next()).toMatchObject({ kind: 'ResyncRequired', reason, cursor: cursorOf(1) });
    await say(1);
    expect(sequences(await events.take(1))).toEqual([2]);
    await events.stop();
  });

  it('asks for a resynchronisation when the cursor is too old', async () => {
    const { ben, id } = await aConversation();
    await messaging.db.conversation.update({
      where: { id: conversationIds.decode(id) },
      data: { lastPosition: replayLimit + 1 },
    });
    const events = listen(ben, id, cursorOf(0));
    expect(await events.next()).toMatchObject({ kind: 'ResyncRequired', reason: 'CURSOR_TOO_OLD' });
    await events.stop();
  });

  it('ends by name for whoever is taken out, before the next event is told', async () => {
    const { ben, id, say } = await aConversation();
    const events = listen(ben, id);
    await events.next();
    await messaging.db.participant.delete({
      where: { conversationId_userId: { conversationId: conversationIds.decode(id), userId: ben.id } },
    });
    await say(1);
    expect(await events.next()).toMatchObject({ kind: 'AccessEnded', cursor: cursorOf(0) });
    expect(await events.raw()).toEqual({ done: true, value: undefined });
  });

  it('catches up with everything after having read too slowly for the announcements', async () => {
    const { ben, id, say } = await aConversation();
    const events = listen(ben, id);
    await events.next();
    await say(1);
    expect(sequences(await events.take(1))).toEqual([1]);
    // More than the queue of announcements holds, while nobody reads.
    await Promise.all(
      Array.from({ length: 1_100 }, () =>
        messaging.live.publish(`conversation:${conversationIds.decode(id)}`, {}),
      ),
    );
    await say(2);
    expect(sequences(await events.take(2))).toEqual([2, 3]);
    await events.stop();
  });

  it('tells of what nobody announced when it looks again', async () => {
    const { createConversationEvents } = await import('./service.js');
    const { ana, id, say } = await aConversation();
    const deaf = createConversationEvents({
      db: messaging.db,
      clock: messaging.clock,
      live: { ...messaging.live, subscribe: () => messaging.live.subscribe('nothing is said here') },
      lookAgain: createLookingAgain(5),
    });
    const events = await deaf.subscribe(
      { viewerId: ana.id, conversationId: conversationIds.decode(id) },
      null,
    );
    await events.next();
    await say(1);
    expect((await events.next()).value).toMatchObject({ cursor: cursorOf(1) });
    await events.return!();
  });
});
