import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf, tracesOf, waitingForLocks } from '@diaspora/kit/testing';
import { eventIds, seriesIds } from '../ids.js';
import { lockForChange } from '../places/index.js';
import { givenTickets } from '../testing/given-tickets.js';
import { givenEvents } from '../testing/given.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
let events: Events;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

const dayMs = 86_400_000;
const past = (clock: Events['clock']) => ({
  startsAt: new Date(clock.now().getTime() - 3 * dayMs),
  endsAt: new Date(clock.now().getTime() - 2 * dayMs),
});

/** An organizer with events of every kind, who also goes to some of others. */
async function anOrganizer() {
  const { given, clock } = events;
  const person = given.person();
  const own = {
    organizerId: person.id,
    description: 'At my place, ask for Ilinca',
    address: 'Strada Lungă 5',
  };
  const draft = await given.event({ ...own, status: 'DRAFT' });
  const coming = await given.event({ ...own, onlineUrl: 'https://meet.example/ilinca' });
  const over = await given.event({ ...own, ...past(clock) });
  const others = await given.event({ registeredCount: 1 });
  const coHosted = await given.event({ coHostIds: [person.id, given.person().id] });
  const been = await given.event({ ...past(clock), registeredCount: 1 });
  await given.registration(others, person.id);
  await given.registration(been, person.id);
  return { person, draft, coming, over, others, coHosted, been };
}

describe('the personal data of events', () => {
  it('is exported with what the person organizes and goes to, and nothing of others', async () => {
    const { person, draft, coming, over, others, coHosted, been } = await anOrganizer();
    const { records } = await personalDataOf(events.subgraph.jobs!, events.privateStore).exported(person.id);
    const ids = (rows: any[]) => rows.map(({ id }) => id as string);
    expect(ids(records['events']!)).toEqual([draft, coming, over, coHosted].map(({ publicId }) => publicId));
    expect(records['events']![1]).toMatchObject({ address: 'Strada Lungă 5', registeredCount: 0 });
    expect(records['registrations']).toMatchObject([
      { eventId: others.publicId, status: 'CONFIRMED', event: { title: others.title } },
      { eventId: been.publicId, status: 'CONFIRMED' },
    ]);
  });

  it('is erased: places are given back, what is to come is called off, of what has been the bare event stays', async () => {
    const { person, draft, coming, over, others, coHosted, been } = await anOrganizer();
    const { erase } = personalDataOf(events.subgraph.jobs!, events.privateStore);
    await erase(person.id);
    const rows = await events.db.event.findMany({
      where: { id: { in: [draft, coming, over, others, been].map(({ id }) => id) } },
      orderBy: { id: 'asc' },
    });
    expect(rows.map(({ id, status, registeredCount }) => ({ id, status, registeredCount }))).toEqual([
      { id: coming.id, status: 'CANCELLED', registeredCount: 0 },
      { id: over.id, status: 'PUBLISHED', registeredCount: 0 },
      { id: others.id, status: 'PUBLISHED', registeredCount: 0 },
      { id: been.id, status: 'PUBLISHED', registeredCount: 1 },
    ]);
    const left = await events.db.registration.findMany({ where: { userId: person.id } });
    expect(left.map(({ eventId }) => eventId)).toEqual([been.id]);
    const types = async (key: string) =>
      (await events.published(key)).map(({ type }) => type).filter((type) => type !== 'audit.recorded');
    expect(await types(coming.publicId)).toEqual(['event.cancelled']);
    expect(await types(over.publicId)).toEqual(['event.changed']);
    expect(await types(coHosted.publicId)).toEqual(['event.changed']);
    expect(await events.db.event.count({ where: { coHostIds: { has: person.id } } })).toBe(0);
    expect(await types(others.publicId)).toEqual(['registration.cancelled']);
    expect(await tracesOf(events.database.adminUrl, ['Ilinca', 'Strada Lung'])).not.toHaveProperty(
      'public.events',
    );

    const version = (id: string) => rows.find((row) => row.id === id)!.version;
    await erase(person.id, { isLate: true });
    const again = await events.db.event.findMany({ where: { organizerId: person.id } });
    expect(again.map((event) => event.version === version(event.id))).toEqual([true, true]);
  });

  it('is erased with drafts that are of a packet', async () => {
    const organizer = events.given.person();
    const own = { organizerId: organizer.id };
    const [draft, coming] = [
      await events.given.event({ ...own, status: 'DRAFT' }),
      await events.given.event(own),
    ];
    await givenTickets(events).packet(organizer, [{ event: draft }, { event: coming }]);
    await personalDataOf(events.subgraph.jobs!, events.privateStore).erase(organizer.id);
    const left = await events.db.event.findMany({ where: own });
    expect(left.map(({ id, status }) => [id, status])).toEqual([[coming.id, 'CANCELLED']]);
    expect(await events.db.inclusion.count({ where: { eventId: draft.id } })).toBe(0);
  });

  it('is erased without holding a later event of a series while an earlier one is waited for', async () => {
    const { db, clock, given } = events;
    const [organizer, seriesId, now] = [given.person(), seriesIds.create(), clock.now()];
    await db.eventSeries.create({
      data: {
        ...{ id: seriesId, organizerId: organizer.id, rule: 'FREQ=WEEKLY', anchorOn: now, firstOn: now },
        ...{ startsAfterSeconds: 0, lengthSeconds: 3_600, timeZone: 'UTC', template: {}, isPublished: false },
        ...{ createdAt: now, updatedAt: now, dueAt: now },
      },
    });
    const [first, second] = [eventIds.create(), eventIds.create()];
    // The later one lies before the earlier one, where a statement that has no order finds it first.
    for (const id of [second, first]) await given.event({ id, seriesId, organizerId: organizer.id });
    const erasing = await db.$transaction(async (tx) => {
      await lockForChange(tx, 'events', [first]);
      const running = personalDataOf(events.subgraph.jobs!, events.privateStore).erase(organizer.id);
      await waitingForLocks(events.pool);
      await tx.$queryRaw`SELECT 1 FROM events WHERE id = ${second}::uuid FOR UPDATE NOWAIT`;
      return { running };
    });
    await erasing.running;
    expect(await db.event.count({ where: { organizerId: organizer.id, status: 'CANCELLED' } })).toBe(2);
  });
});
