import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hourMs, givenEvents } from '../testing/given.js';
import { tellCompletedEvents } from '../jobs.js';

const updateEvent = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { event { id } userErrors { code } } }`;

describe('events that are over', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  beforeAll(async () => {
    events = await givenEvents();
  });
  afterAll(() => events.stop());

  /** Runs the job as the worker of one process would. */
  const sweep = ({ subgraph }: Pick<typeof events, 'subgraph'> = events) =>
    subgraph.jobs![tellCompletedEvents.name]!.run({} as never, {} as never);
  const told = async (publicId: string) =>
    (await events.published(publicId)).filter(({ type }) => type === 'event.completed');
  const startingIn = (ms: number) => ({ startsAt: new Date(events.clock.now().getTime() + ms) });

  it('are told of once, with what is known of them', async () => {
    const event = await events.given.event({
      ...startingIn(hourMs),
      type: 'LOCAL',
      registeredCount: 2,
      ticketedCount: 1,
    });
    await sweep();
    expect(await told(event.publicId)).toEqual([]);
    events.clock.advance(5 * hourMs);
    await sweep();
    await sweep();
    expect((await told(event.publicId)).map(({ data }) => data)).toEqual([
      {
        eventId: event.publicId,
        version: 1,
        type: 'LOCAL',
        organizerId: expect.stringMatching(/^usr_/),
        countryCode: 'DE',
        city: 'Berlin',
        startsAt: event.startsAt.toISOString(),
        endsAt: event.endsAt.toISOString(),
        completedAt: events.clock.now().toISOString(),
        registeredCount: 3,
        checkedInCount: null,
      },
    ]);
  });

  it('are told of once when two processes look at the same moment', async () => {
    const many = await Promise.all(Array.from({ length: 10 }, () => events.given.event(startingIn(hourMs))));
    events.clock.advance(5 * hourMs);
    const other = events.anotherInstance();
    await Promise.all([sweep(), sweep(other), sweep(), sweep(other)]);
    for (const { publicId } of many) expect(await told(publicId)).toHaveLength(1);
  });

  it('are told of at their new end when they moved', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ ...startingIn(hourMs), organizerId: organizer.id });
    const moved = {
      eventId: event.publicId,
      expectedVersion: 1,
      startsAt: new Date(event.startsAt.getTime() + 24 * hourMs).toISOString().slice(0, 19),
      endsAt: new Date(event.endsAt.getTime() + 24 * hourMs).toISOString().slice(0, 19),
    };
    const answer = await events.as(organizer.viewer).execute(updateEvent, { input: moved });
    expect(answer.data.updateEvent.userErrors).toEqual([]);
    events.clock.advance(5 * hourMs);
    await sweep();
    expect(await told(event.publicId)).toEqual([]);
    events.clock.advance(24 * hourMs);
    await sweep();
    expect(await told(event.publicId)).toMatchObject([{ data: { version: 2 } }]);
  });

  it.each(['DRAFT', 'CANCELLED'] as const)('are not told of as %s', async (status) => {
    const event = await events.given.event({ ...startingIn(hourMs), status });
    events.clock.advance(5 * hourMs);
    await sweep();
    expect(await told(event.publicId)).toEqual([]);
  });

  it('stay over once they are told of, whatever the clock of another process says', async () => {
    const organizer = events.given.person();
    const event = await events.given.event({ ...startingIn(hourMs), organizerId: organizer.id });
    events.clock.advance(5 * hourMs);
    await sweep();
    events.clock.advance(-5 * hourMs);
    const input = { eventId: event.publicId, expectedVersion: 1, title: 'Anew' };
    const answer = await events.as(organizer.viewer).execute(updateEvent, { input });
    expect(answer.data.updateEvent.userErrors).toEqual([{ code: 'CONFLICT' }]);
  });

  it('do not wait for one that cannot be told of', async () => {
    const admin = events.admin();
    const [broken, sound] = [
      await events.given.event(startingIn(hourMs)),
      await events.given.event(startingIn(hourMs)),
    ];
    events.clock.advance(5 * hourMs);
    await admin.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.id = '${broken.id}' THEN RAISE 'refused'; END IF; RETURN NEW; END $$`);
    await admin.query('CREATE TRIGGER refuse BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION refuse()');
    await expect(sweep()).rejects.toThrow('1 of 2 were not done');
    expect(await told(sound.publicId)).toHaveLength(1);
    await admin.query('DROP TRIGGER refuse ON events');
    await sweep();
    expect(await told(broken.publicId)).toHaveLength(1);
  });
});
