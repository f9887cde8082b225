import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import type { Event } from '../__generated__/prisma/client.js';
import { officeIds } from '../ids.js';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

const national = { type: 'NATIONAL', countryCode: 'DE' } as const;
const local = { type: 'LOCAL', countryCode: 'DE', city: 'Köln', cityKey: 'koln' } as const;
const premium = { type: 'PREMIUM' } as const;

/** What users or payments tell, as the bus would deliver it. */
async function tell(source: string, type: string, data: object): Promise<void> {
  const handler = events.subgraph.handlers!.find((each) => each.source === source && each.type === type)!;
  const message = { id: crypto.randomUUID(), source, type, key: 'person', time: events.clock.now() };
  const untraced = { requestId: undefined, traceparent: undefined };
  await events.db.$transaction((tx) =>
    handler.handle({ ...message, ...untraced, data: handler.schema.parse(data) }, tx as never),
  );
}

/** A series of which an event is made each day, and its organizer. */
async function aSeries(overrides: Partial<Event>, role: 'AMBASSADOR' | 'CONSUL' = 'AMBASSADOR') {
  const place = { countryCode: 'DE', ...(role === 'CONSUL' && { city: 'Köln' }) };
  const organizer = events.given.person({
    ...{ offices: [{ role, ...place }], entitlements: ['PREMIUM_EVENTS'] },
  });
  const event = await events.given.event({
    organizerId: organizer.id,
    startsAt: new Date(events.clock.now().getTime() + 2 * hourMs),
    ...overrides,
  });
  const { data } = await events
    .as(organizer.viewer)
    .execute(`mutation ($input: RepeatEventInput!) { repeatEvent(input: $input) { userErrors { code } } }`, {
      input: { eventId: event.publicId, expectedVersion: 1, rule: 'FREQ=DAILY' },
    });
  expect(data.repeatEvent.userErrors).toEqual([]);
  const office = (officeId = officeIds.encode(officeIds.create())) => ({
    ...{ officeId, userId: organizer.publicId, role, countryCode: 'DE' },
    city: role === 'CONSUL' ? 'KÖLN' : null,
  });
  const made = () => events.db.event.count({ where: { organizerId: organizer.id } });
  const pause = async (viewer: Viewer = organizer.viewer) => {
    const query = `query ($id: ID!) { event(id: $id) { series { pause { reason since } } } }`;
    const answer = await events.as(viewer).execute(query, { id: event.publicId });
    return answer.codes[0] ?? answer.data.event.series.pause;
  };
  /** Runs the job so much later: how many events it has made. */
  const later = async (days: number) => {
    const before = await made();
    events.clock.advance(days * dayMs);
    await events.runJob('materialiseSeries');
    return (await made()) - before;
  };
  return { organizer, office, made, pause, later };
}

/** That a series of somebody's pauses, as it was published. */
const pausesTold = async (organizerId: string) => {
  const rows = await events.db.$queryRaw<{ data: { organizerId: string } }[]>`
    SELECT envelope -> 'data' AS data FROM kit.outbox WHERE type = 'series.paused' ORDER BY position`;
  return rows.map(({ data }) => data).filter((data) => data.organizerId === organizerId);
};

const inDays = (days: number) => new Date(events.clock.now().getTime() + days * dayMs).toISOString();

describe('a series', () => {
  it.each([
    ['national', national, 'AMBASSADOR'],
    ['local', local, 'CONSUL'],
  ] as const)(
    'of %s events pauses when the office ends, and goes on with the next term',
    async (_n, kind, role) => {
      const { organizer, office, pause, later } = await aSeries(kind, role);
      const term = office();
      await tell('users', 'office.appointed', { ...term, startsAt: inDays(-9), endsAt: null });
      expect(await later(1)).toBe(1);
      expect(await pause()).toBeNull();
      const endedAt = events.clock.now().toISOString();
      await tell('users', 'office.ended', { ...term, endedAt });
      expect(await later(0)).toBe(0);
      expect(await pause()).toEqual({ reason: 'OFFICE_ENDED', since: endedAt });
      expect(await pause(events.given.person().viewer)).toBe('FORBIDDEN');
      expect(await later(2)).toBe(0);
      expect(await pause()).toEqual({ reason: 'OFFICE_ENDED', since: endedAt });
      const paused = { organizerId: organizer.publicId, reason: 'OFFICE_ENDED', pausedAt: endedAt };
      expect(await pausesTold(organizer.publicId)).toEqual([{ ...paused, seriesId: expect.any(String) }]);
      await tell('users', 'office.appointed', { ...office(), startsAt: inDays(0), endsAt: null });
      expect(await later(0)).toBe(2);
      expect(await pause()).toBeNull();
    },
  );

  it('pauses when a term runs out, whoever tells of it, and not when it is extended before', async () => {
    const { office, pause, later } = await aSeries(national);
    const term = office();
    await tell('users', 'office.appointed', { ...term, startsAt: inDays(-9), endsAt: inDays(2) });
    await tell('users', 'office.extended', { ...term, endsAt: inDays(3) });
    expect(await later(2)).toBe(2);
    expect(await later(1)).toBe(0);
    expect(await pause()).toMatchObject({ reason: 'OFFICE_ENDED' });
  });

  it('goes on when another office, or one elsewhere, ends, and while nothing was told', async () => {
    const { office, later } = await aSeries(national);
    expect(await later(1)).toBe(1);
    const elsewhere = { ...office(), countryCode: 'FR' };
    await tell('users', 'office.appointed', { ...elsewhere, startsAt: inDays(-9), endsAt: null });
    await tell('users', 'office.ended', { ...elsewhere, endedAt: inDays(0) });
    expect(await later(1)).toBe(1);
    const free = await aSeries({});
    await tell('users', 'office.ended', { ...free.office(), endedAt: inDays(0) });
    expect(await free.later(1)).toBe(1);
  });

  it('of premium events pauses without plan and role, and goes on with either', async () => {
    const { organizer, pause, later } = await aSeries(premium);
    const userId = organizer.publicId;
    const active = (entitlements: string[]) => ({ userId, entitlements });
    await tell('payments', 'subscription.activated', active(['PREMIUM_EVENTS']));
    expect(await later(1)).toBe(1);
    await tell('payments', 'subscription.ended', { userId });
    expect(await later(1)).toBe(0);
    expect(await pause()).toMatchObject({ reason: 'PREMIUM_ENDED' });
    await tell('users', 'user.eventOwnerChanged', { userId, isEventOwner: true });
    expect(await later(0)).toBe(1);
    await tell('users', 'user.eventOwnerChanged', { userId, isEventOwner: false });
    expect(await later(1)).toBe(0);
    await tell('payments', 'subscription.changed', active(['PREMIUM_EVENTS']));
    expect(await later(0)).toBe(1);
  });

  it('of a super user goes on whatever ends', async () => {
    const { organizer, office, later } = await aSeries(national);
    await tell('users', 'superUser.changed', { userId: organizer.publicId, isSuperUser: true });
    await tell('users', 'office.ended', { ...office(), endedAt: inDays(0) });
    expect(await later(1)).toBe(1);
  });
});
