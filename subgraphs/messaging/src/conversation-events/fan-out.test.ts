import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { conversationIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const subscription = `subscription ($id: ID!) {
  conversationEvents(conversationId: $id) { cursor event { __typename ... on MessageSent { message { sequence text } } } }
}`;

const listeners = 40;
/** Than a feed keeps for those who are behind. */
const more = 105;

describe('many who listen to one conversation', () => {
  let messaging: Messaging;
  let owner: Member;
  let others: Member[];
  let id: string;
  beforeAll(async () => {
    messaging = await givenMessaging();
    owner = await messaging.given.member({ entitlements: ['UNLIMITED_MESSAGING'] });
    others = [];
    for (let count = 0; count < listeners; count++) others.push(await messaging.given.member());
    id = await messaging.given.conversation(owner, others[0]!);
    const side = { conversationId: conversationIds.decode(id) };
    const sides = others.slice(1).map(({ id: userId }) => ({ ...side, userId }));
    await messaging.db.participant.createMany({
      data: sides.map((each) => ({ ...each, joinedAt: new Date() })),
    });
    await messaging.db.visibilityWindow.createMany({ data: sides });
  });
  afterAll(() => messaging.stop());

  async function listening(people: readonly Member[]) {
    const events = people.map((person) => person.subscribe(subscription, { id }));
    const next = () =>
      Promise.all(events.map(async (each) => (await each.next()).value as TestResult | undefined));
    await next();
    return { next, stop: () => Promise.all(events.map((each) => each.return!())) };
  }
  const isOfAnnouncing = (sql: string) => /^\s*SELECT\b[^]*FROM "public"."participants"/.test(sql);
  const texts = (told: readonly (TestResult | undefined)[]) =>
    new Set(told.map((result) => result?.data.conversationEvents.event.message?.text));

  it('hear what is said by as many statements as one would', async () => {
    /** From when something is said until they have all heard it; who is to be told of it is asked whoever listens. */
    const statementsFor = async (people: readonly Member[], text: string) => {
      const all = await listening(people);
      const before = messaging.sent.length;
      const told = all.next();
      await messaging.given.message(owner, id, { text });
      expect([...texts(await told)]).toEqual([text]);
      const sent = messaging.sent.slice(before).filter((sql) => !isOfAnnouncing(sql));
      await all.stop();
      await messaging.announced();
      return sent.length;
    };
    const forOne = await statementsFor([owner], 'Somebody?');
    const forAll = await statementsFor(others, 'Everybody!');
    // The rights of all are asked for in one batch, or in two when some are woken a turn later.
    expect(forAll).toBeLessThanOrEqual(forOne + 1);
  });

  it('are held up by none of them: who reads slowly is told later, of everything', async () => {
    const [fast, slow] = [others[1]!, owner].map((person) => person.subscribe(subscription, { id }));
    const textOf = async (events: typeof fast) => [...texts([(await events!.next()).value as TestResult])][0];
    await Promise.all([textOf(fast), textOf(slow)]);
    const said = Array.from({ length: more }, (_, index) => String(index));
    for (const text of said) {
      await messaging.given.message(owner, id, { text });
      expect(await textOf(fast)).toBe(text);
    }
    for (const text of said) expect(await textOf(slow)).toBe(text);
    await Promise.all([fast!.return!(), slow!.return!()]);
  }, 120_000);

  it('are each asked for their right to it: who was taken out hears nothing more', async () => {
    const all = await listening(others);
    const [out] = others;
    await messaging.db.participant.update({
      where: { conversationId_userId: { conversationId: conversationIds.decode(id), userId: out!.id } },
      data: { leftAt: new Date() },
    });
    const told = all.next();
    await messaging.given.message(owner, id, { text: 'Without one' });
    const kinds = (await told).map((result) => result?.data.conversationEvents.event.__typename);
    expect(kinds.filter((kind) => kind === 'MessageSent')).toHaveLength(listeners - 1);
    expect(kinds[0]).toBe('AccessEnded');
    await all.stop();
  });
});
