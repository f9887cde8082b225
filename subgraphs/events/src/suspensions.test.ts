import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditLines, serve, waitingForLocks } from '@diaspora/kit/testing';
import { callOffEventsOf, passOnOffers, settleCancelledEvent } from './jobs.js';
import { calendarConnectionIds, seriesIds, waitlistEntryIds } from './ids.js';
import { lockSeries } from './steering.js';
import { givenTickets } from './testing/given-tickets.js';
import { dayMs, givenEvents, hourMs } from './testing/given.js';

const register = `mutation ($id: ID!) {
  registerForEvent(input: { eventId: $id }) { userErrors { code message } } }`;
const look = `query ($id: ID!) { event(id: $id) { viewerEligibility { isAllowed reasonCode nextStep }
  ticketTypes { isOnSale } series { pause { reason } } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

type Person = ReturnType<typeof events.given.person>;
const inDays = (days: number) => new Date(events.clock.now().getTime() + days * dayMs);
const suspend = ({ publicId }: Person, version: number, more: object = {}) =>
  events.tell('user.suspended', { userId: publicId, version, endsAt: null, isFinal: false, ...more });
const lift = ({ publicId }: Person, version: number) =>
  events.tell('user.suspensionLifted', { userId: publicId, version });
const terminate = async (person: Person, version: number) => {
  await suspend(person, version, { isFinal: true });
  await events.run(callOffEventsOf, { organizerId: person.id });
};
const seen = async (viewer: Person['viewer'], { publicId }: { publicId: string }) =>
  (await events.as(viewer).execute(look, { id: publicId })).data.event;
const waitsFor = async (job: { name: string }) => {
  const rows = await events.db.$queryRaw<{ payload: Record<string, unknown> }[]>`
    SELECT payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
    WHERE t.identifier = ${job.name}`;
  return rows.map(({ payload }) => payload);
};

describe('while somebody is suspended', () => {
  it('the address of their calendar answers nothing', async () => {
    const server = await serve(events.subgraph);
    const person = events.given.person();
    const renew = 'mutation { renewCalendarFeed { url } }';
    const { url } = (await events.as(person.viewer).execute(renew)).data.renewCalendarFeed;
    const status = async () => (await fetch(server.url + new URL(url).pathname)).status;
    expect(await status()).toBe(200);
    await suspend(person, 3);
    expect(await status()).toBe(404);
    await lift(person, 2);
    expect(await status()).toBe(404);
    await lift(person, 4);
    expect(await status()).toBe(200);
    await suspend(person, 5, { endsAt: inDays(1).toISOString() });
    expect(await status()).toBe(404);
    events.clock.advance(dayMs);
    expect(await status()).toBe(200);
    await server.close();
  });

  it('nothing is written into calendars they connected', async () => {
    const person = events.given.person();
    const connected = {
      userId: person.id,
      provider: 'CALDAV',
      calendarRef: 'x',
      sealedCredentials: 'unreadable',
    };
    const times = { createdAt: events.clock.now(), nextSyncAt: events.clock.now() };
    const id = calendarConnectionIds.create();
    await events.db.calendarConnection.create({ data: { id, ...connected, ...times } as never });
    const synced = async () => {
      await events.run({ name: 'syncCalendar' }, { connectionId: id });
      const { failures, nextSyncAt } = await events.db.calendarConnection.findUniqueOrThrow({
        where: { id },
      });
      return { failures, nextSyncAt };
    };
    await suspend(person, 1);
    expect(await synced()).toEqual({ failures: 0, nextSyncAt: inDays(1) });
    await lift(person, 2);
    expect((await events.db.calendarConnection.findUniqueOrThrow({ where: { id } })).nextSyncAt).toEqual(
      inDays(0),
    );
    expect(await synced()).toMatchObject({ failures: 1 });
  });

  it('no further events of their series are made, of free ones either, and they are not told of it again', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ organizerId: organizer.id, startsAt: inDays(0.1) });
    await events
      .as(organizer.viewer)
      .execute(
        'mutation ($input: RepeatEventInput!) { repeatEvent(input: $input) { userErrors { code } } }',
        { input: { eventId: event.publicId, expectedVersion: 1, rule: 'FREQ=DAILY' } },
      );
    const made = () => events.db.event.count({ where: { organizerId: organizer.id } });
    const later = async (days: number) => {
      const before = await made();
      events.clock.advance(days * dayMs);
      await events.runJob('materialiseSeries');
      return (await made()) - before;
    };
    expect(await later(1)).toBe(1);
    await suspend(organizer, 1);
    expect(await later(2)).toBe(0);
    expect((await seen(organizer.viewer, event)).series.pause).toEqual({ reason: 'ORGANIZER_SUSPENDED' });
    const { seriesId } = await events.db.event.findUniqueOrThrow({ where: { id: event.id } });
    const [told] = await events.db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM kit.outbox WHERE type = 'series.paused'`;
    expect(seriesId).not.toBeNull();
    expect(told).toEqual({ count: 0 });
    await lift(organizer, 2);
    expect(await later(0)).toBe(2);
  });

  it('nobody registers for their events or buys tickets of them, and who comes already still does', async () => {
    const [guest, holder] = [events.given.person(), events.given.person()];
    const organizer = tickets.eventOwner();
    const event = await events.given.event({ organizerId: organizer.id });
    const { type, event: sold } = await tickets.sale({ organizer });
    const attempt = async ({ viewer }: Person) =>
      (await events.as(viewer).execute(register, { id: event.publicId })).data.registerForEvent.userErrors;
    const bought = async () => (await tickets.buy(guest, [tickets.line(type)])).userErrors;
    expect(await attempt(holder)).toEqual([]);
    await suspend(organizer, 1);
    const onHold = { isAllowed: false, reasonCode: 'ON_HOLD', nextStep: null };
    expect(await seen(guest.viewer, event)).toMatchObject({ viewerEligibility: onHold });
    expect(await seen(guest.viewer, sold)).toMatchObject({
      viewerEligibility: onHold,
      ticketTypes: [{ isOnSale: false }],
    });
    expect(await attempt(guest)).toMatchObject([{ code: 'REGISTRATION_CLOSED' }]);
    expect(await attempt(holder)).toEqual([]);
    expect(await bought()).toMatchObject([{ code: 'SALES_CLOSED' }]);
    await lift(organizer, 2);
    expect(await seen(guest.viewer, sold)).toMatchObject({ ticketTypes: [{ isOnSale: true }] });
    expect(await attempt(guest)).toEqual([]);
    expect(await bought()).toEqual([]);
  });

  it('places of their events are offered to nobody who waits, and are when it is over', async () => {
    const [organizer, first] = [events.given.person(), events.given.person()];
    const event = await events.given.event({ organizerId: organizer.id, capacity: 1 });
    const entry = { eventId: event.id, userId: first.id, status: 'WAITING', places: 1 } as const;
    const id = waitlistEntryIds.create();
    await events.db.waitlistEntry.create({ data: { id, ...entry, joinedAt: events.clock.now() } });
    const status = async () => (await events.db.waitlistEntry.findUniqueOrThrow({ where: { id } })).status;
    await suspend(organizer, 1);
    await events.run(passOnOffers, { eventId: event.id });
    expect(await status()).toBe('WAITING');
    await lift(organizer, 2);
    expect(await waitsFor(passOnOffers)).toEqual([{ eventId: event.id }]);
    await events.run(passOnOffers, { eventId: event.id });
    expect(await status()).toBe('OFFERED');
  });
});

describe('when an account is terminated', () => {
  it('what the person was to organize is called off once, told and paid back; drafts and what has been stay', async () => {
    const organizer = tickets.eventOwner();
    const { type, event } = await tickets.sale({ organizer });
    const own = { organizerId: organizer.id };
    const draft = await events.given.event({ ...own, status: 'DRAFT' });
    const over = await events.given.event({
      ...own,
      startsAt: new Date(events.clock.now().getTime() - 9 * hourMs),
    });
    const others = await events.given.event({ coHostIds: [organizer.id] });
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type)]);
    await tickets.paid(purchase.id, 1_000);
    await terminate(organizer, 1);
    await terminate(organizer, 1);
    const rows = await events.db.event.findMany({ where: { OR: [own, { id: others.id }] } });
    expect(new Map(rows.map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [event.id, 'CANCELLED'],
        [draft.id, 'DRAFT'],
        [over.id, 'PUBLISHED'],
        [others.id, 'PUBLISHED'],
      ]),
    );
    const told = (await events.published(event.publicId)).filter(
      ({ type: each }) => each === 'event.cancelled',
    );
    expect(told.map(({ data }) => data['version'])).toEqual([2]);
    expect((await auditLines(events.db, event.publicId)).at(-1)).toMatchObject({
      ...{ action: 'event.cancelled', personId: organizer.id },
      reason: 'The account of the organizer was terminated.',
    });
    expect(await waitsFor(settleCancelledEvent)).toEqual([{ eventId: event.id }]);
    await events.run(settleCancelledEvent, { eventId: event.id });
    const { refunds } = await tickets.readPurchase(purchase.id);
    expect(refunds.map(({ amountMinor }) => amountMinor)).toEqual([1_000n]);
  });

  it('events of a series that are being made just then are called off too', async () => {
    const { db, given, clock } = events;
    const [organizer, seriesId, now] = [given.person(), seriesIds.create(), clock.now()];
    await db.eventSeries.create({
      data: {
        ...{ id: seriesId, organizerId: organizer.id, rule: 'FREQ=WEEKLY', anchorOn: now, firstOn: now },
        ...{ startsAfterSeconds: 0, lengthSeconds: 3_600, timeZone: 'UTC', template: {}, isPublished: true },
        ...{ createdAt: now, updatedAt: now, dueAt: now },
      },
    });
    const event = await given.event({ organizerId: organizer.id, seriesId, status: 'DRAFT' });
    await suspend(organizer, 1, { isFinal: true });
    expect(await waitsFor(callOffEventsOf)).toContainEqual({ organizerId: organizer.id });
    const { running } = await db.$transaction(async (tx) => {
      await lockSeries(tx, seriesId);
      const callingOff = events.run(callOffEventsOf, { organizerId: organizer.id });
      await waitingForLocks(events.pool);
      await tx.event.update({ where: { id: event.id }, data: { status: 'PUBLISHED', publishedAt: now } });
      return { running: callingOff };
    });
    await running;
    expect((await db.event.findUniqueOrThrow({ where: { id: event.id } })).status).toBe('CANCELLED');
  });
});
