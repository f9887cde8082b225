import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conversationIds, messageIds } from './ids.js';
import { actionsOn } from './testing/groups.js';
import { givenMessaging, type Member, type Messaging } from './testing/given.js';

/**
 * What everybody sees is counted again from the messages themselves, by this model and not by the statements under test:
 * whatever people do, in whatever order and much of it at once, counts and markers are what they would be.
 */

let messaging: Messaging;
let second: ReturnType<Messaging['anotherProcess']>;
beforeAll(async () => {
  messaging = await givenMessaging();
  second = messaging.anotherProcess();
});
afterAll(() => messaging.stop());

const mark = (name: 'Delivered' | 'Read') => `mutation ($input: MarkConversation${name}Input!) {
  markConversation${name}(input: $input) { userErrors { code } } }`;

interface Step {
  readonly kind: 'SEND' | 'READ' | 'DELIVERED' | 'EDIT' | 'DELETE' | 'HIDE' | 'LEAVE' | 'JOIN';
  /** Of the people, who does it. */
  readonly who: number;
  /** Which message, counted back from the newest. */
  readonly back: number;
}

const changes = {
  EDIT: `mutation ($id: ID!) {
    editMessage(input: { messageId: $id, text: "Changed", expectedVersion: 1 }) { userErrors { code } } }`,
  DELETE:
    'mutation ($id: ID!) { deleteMessage(input: { messageId: $id, scope: EVERYONE }) { userErrors { code } } }',
  HIDE: 'mutation ($id: ID!) { deleteMessage(input: { messageId: $id, scope: ME }) { userErrors { code } } }',
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...(['SEND', 'SEND', 'SEND', 'SEND', 'DELETE', 'DELETE', 'HIDE', 'EDIT', 'READ', 'DELIVERED'] as const),
    ...(['LEAVE', 'JOIN'] as const),
  ),
  who: fc.nat({ max: 2 }),
  back: fc.nat({ max: 6 }),
});

async function take({ kind, who, back }: Step, people: readonly Member[], conversationId: string) {
  const person = people[who]!;
  if (kind === 'SEND') return messaging.given.message(person, conversationId);
  const { lastSequence } = await messaging.db.conversation.findUniqueOrThrow({
    where: { id: conversationIds.decode(conversationId) },
  });
  const process = back % 2 ? messaging : second;
  if (kind === 'EDIT' || kind === 'DELETE' || kind === 'HIDE') {
    const where = { conversationId: conversationIds.decode(conversationId), sequence: lastSequence - back };
    const message = await messaging.db.message.findFirst({ where });
    if (!message) return undefined;
    // Only its sender takes a message back.
    const actor = kind === 'HIDE' ? person : people.find(({ id }) => id === message.senderId)!;
    return process.as(actor.viewer).execute(changes[kind], { id: messageIds.encode(message.id) });
  }
  if (kind === 'LEAVE' || kind === 'JOIN') {
    const { add, leave } = actionsOn(conversationId);
    return kind === 'JOIN' ? add(people[0]!, [person]) : who > 0 && leave(person);
  }
  const input = { conversationId, upToSequence: Math.max(0, lastSequence - back) };
  return process.as(person.viewer).execute(mark(kind === 'READ' ? 'Read' : 'Delivered'), { input });
}

/** What is kept for each person, and the same counted again. */
async function countsOf(people: readonly Member[], conversationId: string) {
  const kept: object[] = [];
  const recount: object[] = [];
  const key = conversationIds.decode(conversationId);
  const messages = await messaging.db.message.findMany({
    where: { conversationId: key },
    include: { hiddenFrom: true },
  });
  for (const { id: userId, ...client } of people) {
    const side = await messaging.db.participant.findUniqueOrThrow({
      where: { conversationId_userId: { conversationId: key, userId } },
      include: { windows: true },
    });
    const isSeen = (sequence: number) =>
      side.windows.some(
        ({ afterSequence, untilSequence }) =>
          sequence > afterSequence && sequence <= (untilSequence ?? Infinity),
      );
    const waiting = messages.filter(
      ({ senderId, sequence, kind, deletedAt, hiddenFrom }) =>
        kind === 'TEXT' &&
        isSeen(sequence) &&
        senderId !== userId &&
        sequence > side.readUpToSequence &&
        deletedAt === null &&
        hiddenFrom.every((hidden) => hidden.userId !== userId),
    );
    const { data } = await client.execute('{ unreadMessageCount }');
    const total: unknown = data.unreadMessageCount;
    const hasArrived = side.readUpToSequence <= side.deliveredUpToSequence;
    kept.push({ unread: side.unreadCount, total, hasArrived });
    recount.push({ unread: waiting.length, total: waiting.length, hasArrived: true });
  }
  return { kept, recount };
}

it('what is unread equals a recount, and nothing is read that has not arrived, whatever people do at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const entitlements = ['UNLIMITED_MESSAGING'];
      const people = [
        await messaging.given.member({ entitlements }),
        await messaging.given.member({ entitlements }),
        await messaging.given.member({ entitlements }),
      ];
      const id = await messaging.given.group(people[0]!, people.slice(1));
      for (let at = 0; at < steps.length; at += 8) {
        await Promise.all(steps.slice(at, at + 8).map((each) => take(each, people, id)));
        const { kept, recount } = await countsOf(people, id);
        expect(kept).toEqual(recount);
      }
    }),
    { numRuns: 4 },
  );
}, 90_000);
