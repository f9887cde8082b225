import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { announceChange, announceLists } from '../announcing.js';
import { runAdded } from '../testing/bus.js';
import { anEvent } from '../testing/events.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const inboxEvents = `subscription { inboxEvents { event {
  __typename ... on InboxChanged { conversations { id name viewerRole closedAt } } } } }`;
const conversationEvents = `subscription ($id: ID!) {
  conversationEvents(conversationId: $id) { event { __typename } } }`;

type Event = Awaited<ReturnType<typeof anEvent>>;

describe('what becomes of the conversation of an event', () => {
  let messaging: Messaging;
  let second: ReturnType<Messaging['anotherProcess']>;
  beforeAll(async () => {
    // Nothing of it may depend on being looked for again.
    messaging = await givenMessaging({ lookAgainMs: 1_000_000 });
    second = messaging.anotherProcess();
  });
  afterAll(() => messaging.stop());

  /** An event in whose conversation something was said, and somebody who has nothing to do with it yet. */
  async function given() {
    const event = await anEvent(messaging);
    await messaging.given.message(event.ana, event.id);
    await runAdded(messaging, announceLists);
    return { ...event, dan: await messaging.given.member() };
  }

  /** In this process and in another one. Who waits for the next event has read what there is, and has to be woken. */
  async function follow(person: Member, document: string, id?: string) {
    const all = [person, second.as(person.viewer)].map((each) => each.subscribe(document, { id }));
    const next = () =>
      Promise.all(
        all.map(async (events) => {
          const { data } = (await events.next()).value as TestResult;
          return Object.values(data as Record<string, { event: object }>)[0]!.event;
        }),
      );
    await next();
    return { next, stop: () => Promise.all(all.map((events) => events.return!())) };
  }

  const ways: [string, (event: Event & { dan: Member }) => [Member, () => Promise<void>, object]][] = [
    [
      'whoever gets a place',
      ({ dan, goTo }) => [dan, () => goTo(dan), { name: 'Harvest', viewerRole: 'MEMBER' }],
    ],
    [
      'whoever runs it from now on',
      ({ dan, runWith }) => [dan, () => runWith(dan), { name: 'Harvest', viewerRole: 'ADMIN' }],
    ],
    [
      'whoever had a place and runs it from now on',
      ({ ben, runWith }) => [ben, () => runWith(ben), { viewerRole: 'ADMIN' }],
    ],
    ['everybody of its new title', ({ ben, rename }) => [ben, () => rename('Feast'), { name: 'Feast' }]],
    ['everybody of its end', ({ ben, cancel }) => [ben, cancel, { closedAt: expect.any(String) }]],
  ];

  it.each(ways)('is told to %s as soon as it is committed', async (_whom, situation) => {
    const event = await given();
    const [who, change, shown] = situation(event);
    const events = await follow(who, inboxEvents);
    const next = events.next();
    await change();
    for (const job of [announceLists, announceChange]) await runAdded(messaging, job);
    const told = { __typename: 'InboxChanged', conversations: [{ id: event.id, ...shown }] };
    expect(await next).toMatchObject([told, told]);
    await events.stop();
  });

  it('is told to those who read in it when it is over', async () => {
    const { ben, id, cancel } = await given();
    const events = await follow(ben, conversationEvents, id);
    const next = events.next();
    await cancel();
    await runAdded(messaging, announceChange);
    expect(await next).toEqual([{ __typename: 'MessageSent' }, { __typename: 'MessageSent' }]);
    await events.stop();
  });
});
