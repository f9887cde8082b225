import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestResult } from '@diaspora/kit/testing';
import { appendEvent } from '../conversation-events/index.js';
import { conversationIds, liveLocationIds } from '../ids.js';
import { givenMessaging, type Member, type Messaging } from '../testing/given.js';

const fields = 'id person { id } position { latitude longitude } accuracyMeters startedAt endsAt updatedAt';
const share = `mutation ($input: ShareLiveLocationInput!) {
  shareLiveLocation(input: $input) { location { ${fields} } userErrors { code path } }
}`;
const update = `mutation ($input: UpdateLiveLocationInput!) {
  updateLiveLocation(input: $input) { location { ${fields} } userErrors { code path } }
}`;
const stop = `mutation ($input: StopLiveLocationInput!) {
  stopLiveLocation(input: $input) { endedId userErrors { code } }
}`;
const query = `query ($id: ID!) { conversation(id: $id) { liveLocations { ${fields} } } }`;
const subscription = `subscription ($id: ID!) { liveLocations(conversationId: $id) { locations { ${fields} } } }`;
const events = `subscription ($id: ID!) { conversationEvents(conversationId: $id) { event { __typename } } }`;

const minuteMs = 60_000;
const berlin = { latitude: 52.52, longitude: 13.405, accuracyMeters: 8 };

describe('a live location', () => {
  let messaging: Messaging;
  let ana: Member;
  let ben: Member;
  let id: string;
  beforeAll(async () => void (messaging = await givenMessaging()));
  afterAll(() => messaging.stop());
  beforeEach(async () => {
    [ana, ben] = [await messaging.given.member(), await messaging.given.member()];
    id = await messaging.given.conversation(ana, ben);
    await messaging.given.message(ana, id);
  });

  const shared = async (person: Member, overrides: object = {}) => {
    const input = { conversationId: id, minutes: 15, position: berlin, ...overrides };
    return (await person.execute(share, { input })).data.shareLiveLocation;
  };
  const updated = async (person: Member, locationId: string, position: object = berlin) =>
    (await person.execute(update, { input: { id: locationId, position } })).data.updateLiveLocation;
  const stopped = async (person: Member, locationId: string) =>
    (await person.execute(stop, { input: { id: locationId } })).data.stopLiveLocation;
  const seenBy = async (person: Pick<Member, 'execute'>) =>
    (await person.execute(query, { id })).data.conversation?.liveLocations;
  const rows = (locationId: string) =>
    messaging.db.liveLocation.count({ where: { id: liveLocationIds.decode(locationId) } });
  /** The job as it runs when the time has come. */
  const runJob = (locationId: string) =>
    messaging.subgraph.jobs!['endLiveLocation']!.run(
      { id: liveLocationIds.decode(locationId) } as never,
      {} as never,
    );
  const block = (blockerId: string, blockedId: string) =>
    messaging.db.block.create({ data: { blockerId, blockedId, isActive: true, version: 1 } });

  function follow(person: Pick<Member, 'subscribe'>, document = subscription) {
    const told = person.subscribe(document, { id });
    const next = async () => {
      const { data, codes } = (await told.next()).value as TestResult;
      return data?.liveLocations?.locations ?? data?.conversationEvents?.event.__typename ?? codes;
    };
    return { next, raw: () => told.next(), stop: () => told.return!() };
  }

  it('is seen by the others until its time is over, and moves', async () => {
    const { location } = await shared(ana);
    const { startedAt, endsAt } = location;
    expect(Date.parse(endsAt) - Date.parse(startedAt)).toBe(15 * minuteMs);
    expect(await seenBy(ben)).toEqual([location]);
    expect(location).toMatchObject({ person: { id: ana.publicId }, accuracyMeters: 8 });
    await updated(ana, location.id, { latitude: 48.8, longitude: 2.3 });
    expect(await seenBy(ben)).toMatchObject([
      { position: { latitude: 48.8, longitude: 2.3 }, accuracyMeters: null },
    ]);
  });

  it('ends by the clock of the service: nothing is shown or taken after it, also where the job is late', async () => {
    const { location } = await shared(ana);
    messaging.clock.advance(15 * minuteMs);
    expect(await seenBy(ben)).toEqual([]);
    expect((await updated(ana, location.id)).userErrors).toEqual([
      { code: 'LIVE_LOCATION_ENDED', path: ['id'] },
    ]);
    expect(await rows(location.id)).toBe(1);
    await runJob(location.id);
    expect(await rows(location.id)).toBe(0);
  });

  it('is kept by a job that comes too early, which comes again', async () => {
    const { location } = await shared(ana);
    await runJob(location.id);
    expect(await rows(location.id)).toBe(1);
    const [job] = await messaging.db.$queryRaw<{ runAt: Date }[]>`
      SELECT run_at AS "runAt" FROM graphile_worker.jobs WHERE key = ${`live-location:${liveLocationIds.decode(location.id)}`}`;
    expect(job!.runAt.toISOString()).toBe(location.endsAt);
  });

  it('is deleted at once when it is stopped, by whoever shares it only, and once', async () => {
    const { location } = await shared(ana);
    expect(await stopped(ben, location.id)).toEqual({ endedId: null, userErrors: [] });
    expect(await stopped(ana, location.id)).toEqual({ endedId: location.id, userErrors: [] });
    expect(await stopped(ana, location.id)).toEqual({ endedId: null, userErrors: [] });
    expect(await rows(location.id)).toBe(0);
    expect((await updated(ana, location.id)).userErrors).toMatchObject([{ code: 'LIVE_LOCATION_ENDED' }]);
  });

  it('is one for each person: shared again, it begins anew', async () => {
    const { location } = await shared(ana);
    messaging.clock.advance(10 * minuteMs);
    const { location: again } = await shared(ana, { minutes: 60 });
    expect(again.id).toBe(location.id);
    messaging.clock.advance(30 * minuteMs);
    expect(await seenBy(ben)).toEqual([again]);
  });

  it('is one of the latest hundred that are shown', async () => {
    const { location: oldest } = await shared(ana);
    const conversationId = conversationIds.decode(id);
    const crowd = Array.from({ length: 100 }, () => liveLocationIds.create());
    const registeredAt = messaging.clock.now();
    await messaging.db.member.createMany({ data: crowd.map((each) => ({ id: each, registeredAt })) });
    await messaging.db.participant.createMany({
      data: crowd.map((userId) => ({ conversationId, userId, joinedAt: registeredAt })),
    });
    const startedAt = new Date(registeredAt.getTime() + 1);
    const endsAt = new Date(registeredAt.getTime() + minuteMs);
    await messaging.db.liveLocation.createMany({
      data: crowd.map((each) => ({
        ...{ id: each, userId: each, conversationId, latitude: 1, longitude: 1 },
        ...{ startedAt, updatedAt: startedAt, endsAt },
      })),
    });
    const shown = (await seenBy(ben)).map((each: { id: string }) => each.id);
    expect(shown).toHaveLength(100);
    expect(shown).not.toContain(oldest.id);
  });

  it('is told live, with its end', async () => {
    const [locations, told] = [follow(ben), follow(ben, events)];
    expect(await locations.next()).toEqual([]);
    expect(await told.next()).toBe('SubscriptionStarted');
    const { location } = await shared(ana);
    expect(await locations.next()).toEqual([location]);
    await updated(ana, location.id, { latitude: 1, longitude: 2 });
    expect(await locations.next()).toMatchObject([{ position: { latitude: 1, longitude: 2 } }]);
    await stopped(ana, location.id);
    expect(await locations.next()).toEqual([]);
    expect([await told.next(), await told.next()]).toEqual(['LiveLocationShared', 'LiveLocationEnded']);
    await Promise.all([locations.stop(), told.stop()]);
  });

  it.each([
    ['the one', (): [string, string] => [ana.id, ben.id]],
    ['the other', (): [string, string] => [ben.id, ana.id]],
  ])('is hidden from whom a block of %s separates, in every way', async (_who, tie) => {
    const { location } = await shared(ana);
    const [locations, told] = [follow(ben), follow(ben, events)];
    await locations.next();
    await told.next();
    await block(...tie());
    await updated(ana, location.id, { latitude: 1, longitude: 2 });
    expect(await locations.next()).toEqual([]);
    expect(await seenBy(ben)).toEqual([]);
    await stopped(ana, location.id);
    const conversationId = conversationIds.decode(id);
    await messaging.db.$transaction((tx) =>
      appendEvent(tx, conversationId, { kind: 'MESSAGE_SENT', occurredAt: new Date() }),
    );
    await messaging.live.publish(`conversation:${conversationId}`, {});
    expect(await told.next()).toBe('MessageSent');
    await Promise.all([locations.stop(), told.stop()]);
  });

  it('is not shared where nothing can be written', async () => {
    await block(ben.id, ana.id);
    expect(await shared(ana)).toMatchObject({
      location: null,
      userErrors: [{ code: 'CONVERSATION_CLOSED' }],
    });
    await messaging.db.block.deleteMany({});
  });

  it('is neither of nor for those who have left', async () => {
    const { location } = await shared(ana);
    const locations = follow(ben);
    await locations.next();
    const conversationId = conversationIds.decode(id);
    const leave = (userId: string) =>
      messaging.db.participant.update({
        where: { conversationId_userId: { conversationId, userId } },
        data: { leftAt: new Date() },
      });
    await leave(ana.id);
    expect((await updated(ana, location.id)).userErrors).toMatchObject([{ code: 'LIVE_LOCATION_ENDED' }]);
    expect(await seenBy(ben)).toEqual([]);
    await leave(ben.id);
    await shared(ana);
    await messaging.live.publish(`live-locations:${conversationId}`, {});
    expect(await locations.raw()).toMatchObject({ done: true });
  });

  it.each([
    ['a position that is none', { position: { latitude: 91, longitude: 0 } }],
    ['no time', { minutes: 0 }],
    ['more than eight hours', { minutes: 481 }],
  ])('is refused with %s', async (_what, overrides) => {
    expect((await shared(ana, overrides)).userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  });
});
