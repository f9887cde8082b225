import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, type TestResult } from '@diaspora/kit/testing';
import { announceChange } from '../announcing.js';
import { runAdded } from '../testing/bus.js';
import { anEvent } from '../testing/events.js';
import { actionsOn, aGroup, refusalOf } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const following = {
  conversationEvents: 'conversationEvents(conversationId: $id) { event { __typename } }',
  liveLocations: 'liveLocations(conversationId: $id) { locations { id } }',
  typing: 'typing(conversationId: $id) { people { id } }',
};

describe('whoever loses their place in a conversation', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    // Nothing of it may depend on being looked for again.
    messaging = await givenMessaging({ lookAgainMs: 1_000_000 });
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  /** In another process than the one in which they lose it. */
  function follow(person: Member, field: string, id: string) {
    const events = second.as(person.viewer).subscribe(`subscription ($id: ID!) { ${field} }`, { id });
    const next = async () => (await events.next()) as IteratorResult<TestResult, undefined>;
    return { next, stop: () => events.return!() };
  }

  const ways: [string, () => Promise<{ id: string; who: Member; lose: () => Promise<unknown> }>][] = [
    [
      'gives it back',
      async () => {
        const { ben, id, giveUp } = await anEvent(messaging);
        return { id, who: ben, lose: giveUp };
      },
    ],
    [
      'runs the event no more',
      async () => {
        const { cleo, id, runAlone } = await anEvent(messaging);
        return { id, who: cleo, lose: runAlone };
      },
    ],
    [
      'is taken out of a group',
      async () => {
        const { ana, ben, id, remove } = await aGroup(messaging);
        return { id, who: ben, lose: () => remove(ana, ben) };
      },
    ],
    [
      'leaves it',
      async () => {
        const { ben, id, leave } = await aGroup(messaging);
        return { id, who: ben, lose: () => leave(ben) };
      },
    ],
    [
      'declines to be in it',
      async () => {
        const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
        const id = await messaging.given.group(ana, []);
        await actionsOn(id).add(ana, [ben]);
        const lose = () => refusalOf(ben, 'declineContactRequest', { conversationId: id });
        return { id, who: ben, lose };
      },
    ],
    [
      'is erased',
      async () => {
        const { ben, id } = await aGroup(messaging);
        const { erase } = personalDataOf(messaging.subgraph.jobs!, messaging.privateStore);
        return { id, who: ben, lose: () => erase(ben.id) };
      },
    ],
  ];

  it.each(ways)('and who %s hears at once that it is over, wherever they follow it', async (_how, given) => {
    const { id, who, lose } = await given();
    const [events, ...states] = Object.values(following).map((field) => follow(who, field, id));
    for (const each of [events!, ...states]) await each.next();
    await lose();
    await runAdded(messaging, announceChange);
    const told: string[] = [];
    for (let each = await events!.next(); !each.done; each = await events!.next())
      told.push(each.value.data.conversationEvents.event.__typename);
    expect(told).toEqual(['AccessEnded']);
    for (const each of states) expect(await each.next()).toMatchObject({ done: true });
  });

  it('leaves those who stay where they are', async () => {
    const { ana, ben, id, giveUp } = await anEvent(messaging);
    const [anas, bens] = [ana, ben].map((person) => follow(person, following.conversationEvents, id));
    for (const each of [anas!, bens!]) await each.next();
    await giveUp();
    await runAdded(messaging, announceChange);
    expect((await bens!.next()).value?.data.conversationEvents.event.__typename).toBe('AccessEnded');
    await messaging.given.message(ana, id);
    expect((await anas!.next()).value?.data.conversationEvents.event.__typename).toBe('MessageSent');
    await anas!.stop();
  });
});
