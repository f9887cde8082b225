import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLive } from '@diaspora/kit';
import type { TestResult } from '@diaspora/kit/testing';
import { createExpiring, createLookingAgain } from '../following/index.js';
import { conversationIds } from '../ids.js';
import { createInboxEvents } from '../inbox-events/index.js';
import { deliverTo, runAdded } from '../testing/bus.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';
import { announcePresence } from './announcing.js';
import { createOnline } from './online.js';
import { createTyping } from './typing.js';

const typing = 'subscription ($id: ID!) { typing(conversationId: $id) { people { id } } }';
const presence = 'subscription ($ids: [ID!]!) { presence(userIds: $ids) { online { id } } }';
const inbox = 'subscription { inboxEvents { cursor } }';
/** Nothing may depend on being looked for again. */
const lookAgain = createLookingAgain(1_000_000);

let messaging: Messaging;
let second: ReturnType<Messaging['anotherProcess']>;
beforeAll(async () => {
  messaging = await givenMessaging({ lookAgainMs: 1_000_000 });
  second = messaging.anotherProcess();
});
afterAll(() => messaging.stop());

/** Ana has written to Ben, whom she does not know. */
async function aRequest() {
  const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
  const id = await open(ana, ben);
  await messaging.given.message(ana, id);
  return { ana, ben, id };
}

/** Two people who have talked. */
async function aTalk() {
  const talk = await aRequest();
  await messaging.given.message(talk.ben, talk.id);
  return talk;
}

function follow(person: Pick<Member, 'subscribe'>, document: string, variables: Record<string, unknown>) {
  const events = person.subscribe(document, variables);
  const next = async (): Promise<string[]> => {
    const result = (await events.next()).value as TestResult;
    if (result.errors.length > 0) return [...result.codes];
    const { people, online } = result.data.typing ?? result.data.presence;
    return (people ?? online).map(({ id }: { id: string }) => id);
  };
  return { next, raw: () => events.next(), stop: () => events.return!() };
}
const setTyping = (person: Pick<Member, 'execute'>, conversationId: string, isTyping: boolean) =>
  person.execute(
    'mutation ($input: SetTypingInput!) { setTyping(input: $input) { lastsMs userErrors { code } } }',
    { input: { conversationId, isTyping } },
  );
const hide = (person: Member, showsPresence = false) =>
  person.execute(
    'mutation ($input: UpdateMessagingSettingsInput!) { updateMessagingSettings(input: $input) { settings { showsPresence } } }',
    { input: { showsPresence } },
  );
const block = (blocker: Member, blocked: Member) =>
  messaging.db.block.create({
    data: { blockerId: blocker.id, blockedId: blocked.id, isActive: true, version: 1 },
  });

/** What processes share that are told of nothing else. */
function aNamespace() {
  const namespace = randomUUID();
  const own = { redis: messaging.redis, namespace };
  return { namespace, live: createLive(own), expiring: createExpiring(own), lookAgain };
}
function startProcess(program: string, ...args: string[]): ChildProcess {
  const file = fileURLToPath(new URL(`testing/${program}`, import.meta.url));
  const redisUrl = process.env['TEST_REDIS_URL']!;
  return spawn(process.execPath, ['--import', 'tsx', file, redisUrl, ...args], { stdio: 'inherit' });
}

describe('typing', () => {
  it('is told at once, in another process too, and when it stops', async () => {
    const { ana, ben, id } = await aTalk();
    const events = follow(second.as(ben.viewer), typing, { id });
    expect(await events.next()).toEqual([]);
    expect((await setTyping(ana, id, true)).data.setTyping).toEqual({ lastsMs: 6_000, userErrors: [] });
    expect(await events.next()).toEqual([ana.publicId]);
    await setTyping(ana, id, false);
    expect(await events.next()).toEqual([]);
    await events.stop();
  });

  it('is told to whoever comes later, and never of oneself', async () => {
    const { ana, ben, id } = await aTalk();
    await setTyping(ana, id, true);
    await setTyping(ben, id, true);
    const [anas, bens] = [follow(ana, typing, { id }), follow(ben, typing, { id })];
    expect([await anas.next(), await bens.next()]).toEqual([[ben.publicId], [ana.publicId]]);
    await Promise.all([anas.stop(), bens.stop()]);
  });

  it('ends by itself when it is not repeated', async () => {
    const { ana, ben, id } = await aTalk();
    const conversationId = conversationIds.decode(id);
    const expiring = createExpiring({ redis: messaging.redis, namespace: randomUUID() });
    const own = { live: messaging.live, lookAgain, expiring, lastsMs: 150 };
    const brief = createTyping({ ...own, isSeen: async () => true, mayHear: async () => true });
    const events = await brief.subscribe({ viewerId: ben.id, conversationId });
    expect((await events.next()).value).toEqual({ personIds: [] });
    // As often as it takes to be told of once, however slow the machine is.
    const typing = setInterval(() => void brief.set({ viewerId: ana.id, conversationId }, true), 20);
    expect((await events.next()).value).toEqual({ personIds: [ana.id] });
    clearInterval(typing);
    expect((await events.next()).value).toEqual({ personIds: [] });
    await events.return!();
  });

  it('is told of ten at most, however many type', async () => {
    const conversationId = randomUUID();
    const expiring = createExpiring({ redis: messaging.redis, namespace: randomUUID() });
    const asked: string[] = [];
    const { live } = messaging;
    const isSeen = async ({ personId }: { personId: string }) => asked.push(personId) > 0;
    const crowd = createTyping({ live, lookAgain, expiring, isSeen, mayHear: async () => true });
    const people = Array.from({ length: 15 }, () => randomUUID());
    for (const viewerId of people) await crowd.set({ viewerId, conversationId }, true);
    const events = await crowd.subscribe({ viewerId: randomUUID(), conversationId });
    expect((await events.next()).value?.personIds).toHaveLength(10);
    expect(asked).toHaveLength(10);
    await events.return!();
  });

  it('ends by itself when the process that was told of it is killed', async () => {
    const { namespace, ...own } = aNamespace();
    const [person, conversationId] = [randomUUID(), randomUUID()];
    const watching = createTyping({ ...own, isSeen: async () => true, mayHear: async () => true });
    const events = await watching.subscribe({ viewerId: randomUUID(), conversationId });
    expect((await events.next()).value).toEqual({ personIds: [] });
    const child = startProcess('typing-process.ts', namespace, person, conversationId, '1000');
    expect((await events.next()).value).toEqual({ personIds: [person] });
    child.kill('SIGKILL');
    expect((await events.next()).value).toEqual({ personIds: [] });
    await events.return!();
  }, 120_000);

  it('is announced once, however often it is repeated', async () => {
    const { ana, ben, id } = await aTalk();
    const heard = messaging.live.subscribe(`typing:${conversationIds.decode(id)}`);
    await heard.ready;
    for (let count = 0; count < 5; count++) await setTyping(ana, id, true);
    await setTyping(ben, id, true);
    await heard.next();
    await heard.next();
    await messaging.live.publish(`typing:${conversationIds.decode(id)}`, 'the last');
    expect((await heard.next()).value).toEqual({ resync: false, payload: 'the last' });
    await heard.return();
  });

  it.each<[string, (ana: Member, ben: Member) => Promise<unknown>]>([
    ['a block of the one', (ana, ben) => block(ana, ben)],
    ['a block of the other', (ana, ben) => block(ben, ana)],
    ['the choice not to be seen', (ana) => hide(ana)],
  ])('is hidden by %s', async (_what, happens) => {
    const { ana, ben, id } = await aTalk();
    await setTyping(ana, id, true);
    await happens(ana, ben);
    const events = follow(ben, typing, { id });
    expect(await events.next()).toEqual([]);
    await events.stop();
  });

  it('of whoever has not accepted the conversation is not told', async () => {
    const { ana, ben, id } = await aRequest();
    await setTyping(ben, id, true);
    const events = follow(ana, typing, { id });
    expect(await events.next()).toEqual([]);
    await events.stop();
  });

  it('ends for whoever is taken out', async () => {
    const { ana, ben, id } = await aTalk();
    const events = follow(ben, typing, { id });
    await events.next();
    const key = { conversationId: conversationIds.decode(id), userId: ben.id };
    await messaging.db.participant.update({
      where: { conversationId_userId: key },
      data: { leftAt: new Date() },
    });
    await setTyping(ana, id, true);
    expect(await events.raw()).toMatchObject({ done: true });
    expect((await setTyping(ben, id, true)).data.setTyping.userErrors).toEqual([{ code: 'NOT_FOUND' }]);
  });
});

describe('presence', () => {
  const online = (person: Member) => {
    const events = person.subscribe(inbox);
    return { begun: events.next(), stop: () => events.return!() };
  };

  it('is that of an application which follows the inbox, told to whoever one talks with', async () => {
    const { ana, ben } = await aTalk();
    const events = follow(second.as(ben.viewer), presence, { ids: [ana.publicId] });
    expect(await events.next()).toEqual([]);
    const app = online(ana);
    expect(await events.next()).toEqual([ana.publicId]);
    await Promise.all([events.stop(), app.stop()]);
  });

  it.each<[string, string[], (ana: Member, ben: Member) => Promise<unknown>]>([
    ['shown to friends', ['ana'], (ana, ben) => befriend(ana, ben)],
    ['hidden from strangers', [], async () => undefined],
    ['hidden from whoever has only opened a conversation', [], (ana, ben) => open(ben, ana)],
    [
      'hidden from whoever asks to talk',
      [],
      async (ana, ben) => messaging.given.message(ben, await open(ben, ana)),
    ],
    ['hidden by a block', [], async (ana, ben) => [await befriend(ana, ben), await block(ana, ben)]],
    ['hidden by choice', [], async (ana, ben) => [await befriend(ana, ben), await hide(ana)]],
    [
      'shown again',
      ['ana'],
      async (ana, ben) => [await befriend(ana, ben), await hide(ana), await hide(ana, true)],
    ],
  ])('is %s', async (_how, names, given) => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    await given(ana, ben);
    const app = online(ana);
    await app.begun;
    const events = follow(ben, presence, { ids: [ana.publicId] });
    expect(await events.next()).toEqual(names.map(() => ana.publicId));
    await Promise.all([events.stop(), app.stop()]);
  });

  const told = (type: string, person: Member, other: Member) =>
    deliverTo(messaging, type, { personId: person.publicId, otherId: other.publicId, version: 2 });
  it.each<[string, (ana: Member, ben: Member) => Promise<unknown>]>([
    ['the person hides it', (ana) => hide(ana)],
    ['a block separates them', (ana, ben) => told('user.blocked', ana, ben)],
    ['they are friends no more', (ana, ben) => told('user.disconnected', ana, ben)],
  ])('is over at once for whoever looks on in another process when %s', async (_how, end) => {
    const [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    await befriend(ana, ben);
    const events = follow(second.as(ben.viewer), presence, { ids: [ana.publicId] });
    expect(await events.next()).toEqual([]);
    const app = online(ana);
    expect(await events.next()).toEqual([ana.publicId]);
    const next = events.next();
    await end(ana, ben);
    await runAdded(messaging, announcePresence);
    expect(await next).toEqual([]);
    await Promise.all([events.stop(), app.stop()]);
  });

  it('goes on while another application of the person is there', async () => {
    const personId = randomUUID();
    let renewed: (set: string) => void = () => undefined;
    const expiring = {
      ...createExpiring({ redis: messaging.redis, namespace: randomUUID() }),
      add: async (set: string) => {
        renewed(set);
        return false;
      },
    };
    const { db, clock, live } = messaging;
    const { connect } = createOnline({ live, lookAgain, expiring, isSeen: async () => true, lastsMs: 50 });
    const inboxEvents = createInboxEvents({ db, clock, live, lookAgain, connect });
    const [one, other] = [
      await inboxEvents.subscribe(personId, null),
      await inboxEvents.subscribe(personId, null),
    ];
    await Promise.all([one.next(), other.next()]);
    await one.return!();
    expect(await new Promise<string>((resolve) => (renewed = resolve))).toContain(personId);
    await other.return!();
  });

  it('ends by itself when the process of whoever is online is killed', async () => {
    const { namespace, ...own } = aNamespace();
    const person = randomUUID();
    const watching = createOnline({ ...own, isSeen: async () => true });
    const events = await watching.subscribe(randomUUID(), [person]);
    expect((await events.next()).value).toEqual({ personIds: [] });
    const child = startProcess('online-process.ts', namespace, person, '1000');
    expect((await events.next()).value).toEqual({ personIds: [person] });
    child.kill('SIGKILL');
    expect((await events.next()).value).toEqual({ personIds: [] });
    await events.return!();
  }, 120_000);

  it('is refused for nobody and for too many', async () => {
    const ana = await messaging.given.member();
    expect(await follow(ana, presence, { ids: [] }).next()).toEqual(['INVALID_INPUT']);
    expect(await follow(ana, presence, { ids: Array(101).fill(ana.publicId) }).next()).toEqual([
      'INVALID_INPUT',
    ]);
  });
});

const befriend = (ana: Member, ben: Member) => {
  const [lowId, highId] = [ana.id, ben.id].sort() as [string, string];
  return messaging.db.friendship.create({ data: { lowId, highId, isActive: true, version: 1 } });
};
/** Opens a conversation with somebody who is no friend. */
async function open(opener: Member, other: Member): Promise<string> {
  const { data } = await opener.execute(
    `mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { conversation { id } } }`,
    { input: { userId: other.publicId } },
  );
  return data.openDirectConversation.conversation.id as string;
}
