import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, waitingForLocks, type TestResult } from '@diaspora/kit/testing';
import { announceChange } from '../announcing.js';
import { conversationIds } from '../ids.js';
import { deliverTo, runAdded } from '../testing/bus.js';
import { anEvent } from '../testing/events.js';
import { actionsOn, aGroup, refusalOf } from '../testing/groups.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const share = `mutation ($input: ShareLiveLocationInput!) {
  shareLiveLocation(input: $input) { location { id } userErrors { code } }
}`;
const subscription = `subscription ($id: ID!) { liveLocations(conversationId: $id) { locations { person { id } } } }`;

/** Where somebody shares their place, and what ends it. */
interface Sharing {
  readonly id: string;
  readonly sharer: Member;
  readonly end: () => Promise<unknown>;
}

describe('where somebody is', () => {
  let messaging: Messaging;
  let latitudes = 0;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());

  const people = async () => [await messaging.given.member(), await messaging.given.member()] as const;
  /** Somewhere else each time, so that it can be looked for. */
  async function shared(who: Member, conversationId: string) {
    const latitude = 40 + ++latitudes / 1_000;
    const input = { conversationId, minutes: 15, position: { latitude, longitude: 7 } };
    const { data } = await who.execute(share, { input });
    return { latitude, ...data.shareLiveLocation };
  }
  const rowsWith = async (latitude: number): Promise<number> => {
    const rows = await messaging.db.$queryRaw<{ row: string }[]>`
      SELECT l::text AS row FROM live_locations l UNION ALL SELECT e::text FROM conversation_events e
      UNION ALL SELECT j::text FROM graphile_worker._private_jobs j`;
    return rows.filter(({ row }) => row.includes(String(latitude))).length;
  };

  async function aRequest() {
    const [ana, ben] = await people();
    const { data } = await ana.execute(
      `mutation ($input: OpenDirectConversationInput!) { openDirectConversation(input: $input) { conversation { id } } }`,
      { input: { userId: ben.publicId } },
    );
    const id = data.openDirectConversation.conversation.id as string;
    await messaging.given.message(ana, id);
    return { ana, ben, id };
  }
  const block = (blocker: Member, blocked: Member) =>
    deliverTo(messaging, 'user.blocked', {
      personId: blocker.publicId,
      otherId: blocked.publicId,
      version: 1,
    });
  const erase = (who: Member) =>
    personalDataOf(messaging.subgraph.jobs!, messaging.privateStore).erase(who.id);

  const ways: [string, () => Promise<Sharing>][] = [
    [
      'leaves a group',
      async () => {
        const { ben, id, leave } = await aGroup(messaging);
        return { id, sharer: ben, end: () => leave(ben) };
      },
    ],
    [
      'is taken out of one',
      async () => {
        const { ana, ben, id, remove } = await aGroup(messaging);
        return { id, sharer: ben, end: () => remove(ana, ben) };
      },
    ],
    [
      'is the last to leave it',
      async () => {
        const { ana, ben, cleo, id, leave } = await aGroup(messaging);
        const end = async () => [await leave(ben), await leave(cleo), await leave(ana)];
        return { id, sharer: ana, end };
      },
    ],
    [
      'declines the group into which they were brought',
      async () => {
        const [ana, ben] = await people();
        const id = await messaging.given.group(ana, []);
        await actionsOn(id).add(ana, [ben]);
        return {
          id,
          sharer: ben,
          end: () => refusalOf(ben, 'declineContactRequest', { conversationId: id }),
        };
      },
    ],
    [
      'is declined',
      async () => {
        const { ana, ben, id } = await aRequest();
        return {
          id,
          sharer: ana,
          end: () => refusalOf(ben, 'declineContactRequest', { conversationId: id }),
        };
      },
    ],
    [
      'is blocked by whom they asked',
      async () => {
        const { ana, ben, id } = await aRequest();
        return { id, sharer: ana, end: () => block(ben, ana) };
      },
    ],
    [
      'is blocked by whom they talk with',
      async () => {
        const [ana, ben] = await people();
        return { id: await messaging.given.conversation(ana, ben), sharer: ana, end: () => block(ben, ana) };
      },
    ],
    [
      'blocks whom they talk with',
      async () => {
        const [ana, ben] = await people();
        return { id: await messaging.given.conversation(ana, ben), sharer: ana, end: () => block(ana, ben) };
      },
    ],
    [
      'gives up their place at an event',
      async () => {
        const { ben, id, giveUp } = await anEvent(messaging);
        return { id, sharer: ben, end: giveUp };
      },
    ],
    [
      'was to go to an event that is cancelled',
      async () => {
        const { ben, id, cancel } = await anEvent(messaging);
        return { id, sharer: ben, end: cancel };
      },
    ],
    [
      'is erased',
      async () => {
        const { ben, id } = await aGroup(messaging);
        return { id, sharer: ben, end: () => erase(ben) };
      },
    ],
    [
      'is erased, of whom they talk with',
      async () => {
        const [ana, ben] = await people();
        return { id: await messaging.given.conversation(ana, ben), sharer: ana, end: () => erase(ana) };
      },
    ],
    [
      'talks with somebody who is erased',
      async () => {
        const [ana, ben] = await people();
        return { id: await messaging.given.conversation(ana, ben), sharer: ana, end: () => erase(ben) };
      },
    ],
  ];

  it.each(ways)('is kept nowhere any more when that person %s', async (_how, given) => {
    const { id, sharer, end } = await given();
    const { latitude, userErrors } = await shared(sharer, id);
    expect([userErrors, await rowsWith(latitude)]).toEqual([[], 1]);
    await end();
    expect(await rowsWith(latitude)).toBe(0);
    const told = await messaging.db.conversationEvent.findMany({
      where: { conversationId: conversationIds.decode(id), kind: 'LIVE_LOCATION_ENDED' },
    });
    expect(told).toMatchObject([{ actorId: sharer.id }]);
  });

  it('stays shared by everybody else in the group', async () => {
    const { ana, ben, cleo, id, leave } = await aGroup(messaging);
    const [anas, bens] = [await shared(ana, id), await shared(ben, id)];
    await leave(cleo);
    await block(ana, cleo);
    await leave(ben);
    expect([await rowsWith(anas.latitude), await rowsWith(bens.latitude)]).toEqual([1, 0]);
  });

  it('is told to be over to those who follow it', async () => {
    const { ana, ben, id, leave } = await aGroup(messaging);
    await shared(ben, id);
    const events = ana.subscribe(subscription, { id });
    const next = async () => ((await events.next()).value as TestResult).data.liveLocations.locations;
    expect(await next()).toEqual([{ person: { id: ben.publicId } }]);
    await leave(ben);
    await runAdded(messaging, announceChange);
    expect(await next()).toEqual([]);
    await events.return!();
  });

  it('is not shared by whoever is taken out while they begin to', async () => {
    const { ana, ben, id, remove } = await aGroup(messaging);
    let late: ReturnType<typeof shared> | undefined;
    await messaging.db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT FROM conversations WHERE id = ${conversationIds.decode(id)}::uuid FOR UPDATE`;
      const removal = remove(ana, ben);
      await waitingForLocks(messaging.pool);
      late = shared(ben, id);
      await waitingForLocks(messaging.pool, 2);
      void removal;
    });
    const { latitude, userErrors } = await late!;
    expect(userErrors).toEqual([{ code: 'CONVERSATION_CLOSED' }]);
    expect(await rowsWith(latitude)).toBe(0);
  });
});
