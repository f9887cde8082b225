import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventIds } from '../ids.js';
import { remindDueEvents, remindParticipants } from '../jobs.js';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeEach(async () => {
  await events?.stop();
  events = await givenEvents();
});
afterAll(() => events.stop());

type Instance = Pick<typeof events, 'subgraph'>;

/** The sweep of a minute, and the jobs it left, each taken away when it is done. */
async function minute(instances: Instance[] = [events]): Promise<void> {
  await Promise.all(
    instances.map(({ subgraph }) => subgraph.jobs![remindDueEvents.name]!.run({} as never, {} as never)),
  );
  for (let jobs = await waiting(); jobs.length > 0; jobs = await waiting()) {
    for (const { id, payload } of jobs) {
      await events.subgraph.jobs![remindParticipants.name]!.run(payload as never, {} as never);
      await events.db.$queryRaw`SELECT 1 FROM graphile_worker.complete_jobs(ARRAY[${id}]::bigint[])`;
    }
  }
}

const waiting = () => events.db.$queryRaw<{ id: bigint; payload: object }[]>`
  SELECT j.id, j.payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
  WHERE t.identifier = ${remindParticipants.name}`;

const told = async (key: string) =>
  (await events.published(key)).filter(({ type }) => type === 'event.reminderDue').map(({ data }) => data);

async function scene(startsInMs: number, people = 1) {
  const startsAt = new Date(events.clock.now().getTime() + startsInMs);
  const event = await events.given.event({ startsAt });
  const guests = Array.from({ length: people }, () => events.given.person());
  for (const { id } of guests) await events.given.registration(event, id);
  return { event, guests };
}

describe('reminders', () => {
  it('come a day and an hour before the start, each once, by however many workers', async () => {
    const other = events.anotherInstance();
    const { event, guests } = await scene(2 * dayMs);
    await minute();
    expect(await told(event.publicId)).toEqual([]);
    events.clock.advance(dayMs);
    await minute([events, other, events, other]);
    await minute([events, other]);
    const participantIds = guests.map(({ publicId }) => publicId);
    const startsAt = event.startsAt.toISOString();
    const first = { eventId: event.publicId, startsAt, minutesBefore: 1440, participantIds };
    expect(await told(event.publicId)).toEqual([first]);
    events.clock.advance(23 * hourMs);
    await minute();
    expect(await told(event.publicId)).toEqual([first, { ...first, minutesBefore: 60 }]);
  });

  it('follow an event that is moved, and leave the old time alone', async () => {
    const { event } = await scene(2 * dayMs);
    const startsAt = new Date(event.startsAt.getTime() + 5 * dayMs);
    const endsAt = new Date(startsAt.getTime() + hourMs);
    await events.db.event.update({ where: { id: event.id }, data: { startsAt, endsAt } });
    events.clock.advance(dayMs);
    await minute();
    expect(await told(event.publicId)).toEqual([]);
    events.clock.advance(5 * dayMs);
    await minute();
    expect(await told(event.publicId)).toMatchObject([{ startsAt: startsAt.toISOString() }]);
  });

  it.each<[string, object]>([
    ['is called off', { status: 'CANCELLED', cancelledAt: new Date() }],
    ['is moved', { startsAt: new Date('2026-06-20T10:00:00Z'), endsAt: new Date('2026-06-20T12:00:00Z') }],
    ['begins', { startsAt: new Date('2026-06-01T10:00:00Z') }],
  ])('are inert when their event %s after the job was made', async (_what, change) => {
    const { event } = await scene(hourMs / 2);
    await events.db.event.update({
      where: { id: event.id },
      data: { publishedAt: new Date('2026-05-01T00:00:00Z') },
    });
    await events.subgraph.jobs![remindDueEvents.name]!.run({} as never, {} as never);
    expect(await waiting()).toHaveLength(1);
    await events.db.event.update({ where: { id: event.id }, data: change });
    for (const { payload } of await waiting())
      await events.subgraph.jobs![remindParticipants.name]!.run(payload as never, {} as never);
    expect(await told(event.publicId)).toEqual([]);
  });

  it('go to those who take part when they fire', async () => {
    const { event, guests } = await scene(2 * dayMs, 2);
    await events.db.registration.updateMany({
      where: { userId: guests[0]!.id },
      data: { status: 'CANCELLED', cancelledAt: events.clock.now(), places: 0 },
    });
    events.clock.advance(dayMs);
    await minute();
    expect(await told(event.publicId)).toMatchObject([{ participantIds: [guests[1]!.publicId] }]);
  });

  it('are none for what was published after their moment, and the last of two whose moments have come', async () => {
    const { event } = await scene(hourMs / 2);
    await minute();
    expect(await told(event.publicId)).toEqual([]);
    await events.db.event.update({
      where: { id: event.id },
      data: { publishedAt: new Date('2026-05-01T00:00:00Z') },
    });
    await minute();
    expect(await told(event.publicId)).toMatchObject([{ minutesBefore: 60 }]);
  });

  it('of more events than are begun at once all begin, and those that have begun are not looked at again', async () => {
    const { event } = await scene(hourMs);
    await events.db.$executeRaw`UPDATE events SET published_at = starts_at - interval '3 days'`;
    const [first] = await events.db.event.findMany({ where: { id: event.id } });
    const many = Array.from({ length: 500 }, () => ({ ...first!, id: eventIds.create() }));
    await events.db.event.createMany({ data: many as never });
    const sent = async () => {
      const before = events.statements.length;
      await events.subgraph.jobs![remindDueEvents.name]!.run({} as never, {} as never);
      return events.statements.slice(before).filter((sql) => /reminders|add_job/.test(sql)).length;
    };
    // Two batches, of which the last has one event in it.
    expect(await sent()).toBe(2 + 501);
    expect(await waiting()).toHaveLength(501);
    expect(await sent()).toBe(1);
  });

  it('name many participants in pages, each of them once', async () => {
    const { event, guests } = await scene(dayMs + 1, 401);
    events.clock.advance(1);
    await minute();
    const pages = (await told(event.publicId)).map(({ participantIds }) => participantIds as string[]);
    expect(pages.map((page) => page.length)).toEqual([200, 200, 1]);
    expect(new Set(pages.flat())).toEqual(new Set(guests.map(({ publicId }) => publicId)));
  });
});
