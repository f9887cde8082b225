import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { eventIds, ticketTypeIds } from '../ids.js';
import { usualSettings } from '../registration-form/index.js';
import { dayMs, givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

async function run(viewer: Viewer, field: string, input: object, selection = 'event { id }'): Promise<any> {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code path } } }`;
  const { data, codes } = await events.as(viewer).execute(document, { input });
  return data?.[field] ?? { codes };
}

const at = (text: string) => new Date(`${text}Z`);

/** A choir on Sundays in Berlin, with tickets, seats, terms and a co-host; the clocks change on 25 October. */
async function aSeries({ rule = 'FREQ=WEEKLY;COUNT=3', coHostIds = [] as string[] } = {}) {
  const organizer = tickets.eventOwner();
  const event = await events.given.event({
    ...{ organizerId: organizer.id, coHostIds, timeZone: 'Europe/Berlin', capacity: 2 },
    ...{ startsAtLocal: at('2026-10-18T19:00:00'), endsAtLocal: at('2026-10-18T21:00:00') },
    ...{ startsAt: at('2026-10-18T17:00:00'), endsAt: at('2026-10-18T19:00:00') },
  });
  const type = await tickets.ticketType(event, { quota: 2, salesEndAt: at('2026-10-17T16:00:00') });
  await run(organizer.viewer, 'changeEventSeats', {
    ...{ eventId: event.publicId, expectedVersion: 1 },
    numberedSeats: [{ label: 'A1', ticketTypeId: type.publicId }, { label: 'A2' }],
  });
  await run(organizer.viewer, 'setRegistrationSettings', {
    ...{ eventId: event.publicId, expectedVersion: 0, maxGuests: 2, closesAt: at('2026-10-18T10:00:00') },
    questions: [{ kind: 'TEXT', prompt: 'Which voice?', isRequired: true }],
  });
  const repeated = await run(
    organizer.viewer,
    'repeatEvent',
    { eventId: event.publicId, expectedVersion: 2, rule },
    'event { series { id version } }',
  );
  expect(repeated.userErrors).toEqual([]);
  const rows = () =>
    events.db.event.findMany({
      where: { organizerId: organizer.id },
      orderBy: { startsAt: 'asc' },
      include: {
        ticketTypes: { orderBy: { id: 'asc' } },
        seats: { orderBy: { position: 'asc' } },
        registrationSettings: true,
        registrationQuestions: { where: { retiredAt: null }, orderBy: { position: 'asc' } },
      },
    });
  const takeOver = async (parts: string[], changes: object = {}, scope = 'ALL') => {
    const { version } = await events.db.eventSeries.findFirstOrThrow({
      where: { organizerId: organizer.id },
      orderBy: { createdAt: 'desc' },
    });
    const input = { eventId: event.publicId, expectedVersion: version, scope, takeOver: parts, ...changes };
    return run(organizer.viewer, 'updateSeries', input);
  };
  return { organizer, event, type, rows, takeOver };
}

describe('events of a series', () => {
  it('are made with the tickets, seats, terms and co-hosts of the first, at their own distance from the start', async () => {
    const coHost = events.given.person();
    const { rows, organizer } = await aSeries({ coHostIds: [coHost.id] });
    const all = await rows();
    expect(all).toHaveLength(3);
    for (const { ticketTypes, seats, registrationSettings, registrationQuestions, ...row } of all) {
      expect(ticketTypes).toMatchObject([{ name: 'Regular', priceMinor: 1_000n, quota: 2, soldCount: 0 }]);
      expect(seats.map(({ label, ticketTypeId }) => [label, ticketTypeId])).toEqual([
        ['A1', ticketTypes[0]!.id],
        ['A2', null],
      ]);
      expect(registrationSettings).toMatchObject({ maxGuests: 2, waitlist: usualSettings.waitlist });
      expect(registrationQuestions).toMatchObject([{ prompt: 'Which voice?', isRequired: true }]);
      expect([row.capacity, row.coHostIds, row.ownFields]).toEqual([2, [coHost.id], []]);
    }
    // Six in the evening of the day before, and noon, also after the clocks were turned back.
    expect(all.map(({ ticketTypes }) => ticketTypes[0]!.salesEndAt)).toEqual([
      at('2026-10-17T16:00:00'),
      at('2026-10-24T16:00:00'),
      at('2026-10-31T17:00:00'),
    ]);
    expect(all.map(({ registrationSettings }) => registrationSettings!.closesAt)).toEqual([
      at('2026-10-18T10:00:00'),
      at('2026-10-25T11:00:00'),
      at('2026-11-01T11:00:00'),
    ]);
    const second = { eventId: eventIds.encode(all[1]!.id), expectedVersion: all[1]!.version, title: 'Ours' };
    expect((await run(coHost.viewer, 'updateEvent', second)).userErrors).toEqual([]);
    expect(organizer.id).toBe(all[1]!.organizerId);
  });

  it('sell each for themselves', async () => {
    const { rows } = await aSeries();
    const types = (await rows()).map(({ ticketTypes }) => ticketTypes[0]!);
    const buyer = events.given.person();
    for (const { id } of types.slice(0, 2)) {
      const line = { ticketTypeId: ticketTypeIds.encode(id), quantity: 2 };
      expect((await tickets.buy(buyer, [line])).userErrors).toEqual([]);
    }
  });

  it('take over what the organizer has changed of one, apart from what they have of their own', async () => {
    const { organizer, event, type, rows, takeOver } = await aSeries();
    const changed = { ticketTypeId: type.publicId, expectedVersion: 1, name: 'Patron' };
    await run(organizer.viewer, 'updateTicketType', changed, 'ticketType { id }');
    expect((await rows()).map(({ ownFields }) => ownFields)).toEqual([['tickets'], [], []]);
    const second = (await rows())[1]!;
    await run(organizer.viewer, 'setRegistrationSettings', {
      ...{ eventId: eventIds.encode(second.id), expectedVersion: 1, maxGuests: 7 },
    });
    await run(organizer.viewer, 'setRegistrationSettings', {
      ...{ eventId: event.publicId, expectedVersion: 1, maxGuests: 4 },
      questions: [
        { kind: 'TEXT', prompt: 'Since when?', isRequired: false },
        { kind: 'TEXT', prompt: 'Which voice?', isRequired: true },
      ],
    });
    const asked = (await rows())[2]!.registrationQuestions[0]!.id;
    expect((await takeOver(['TICKETS', 'REGISTRATION'])).userErrors).toEqual([]);
    const all = await rows();
    expect(all.map(({ ticketTypes }) => ticketTypes.map(({ name }) => name))).toEqual([
      ['Patron'],
      ['Patron'],
      ['Patron'],
    ]);
    expect(all.map(({ registrationSettings }) => registrationSettings!.maxGuests)).toEqual([4, 7, 4]);
    // A question that was asked already is the same question, with its answers.
    expect(all[2]!.registrationQuestions.map(({ prompt, id }) => [prompt, id === asked])).toEqual([
      ['Since when?', false],
      ['Which voice?', true],
    ]);
    expect(all.map(({ ownFields }) => ownFields)).toEqual([[], ['registration'], []]);
  });

  it('keep the tickets they have sold, and are made with the new ones later', async () => {
    const { organizer, type, rows, takeOver } = await aSeries({ rule: 'FREQ=WEEKLY;INTERVAL=4' });
    const before = await rows();
    const sold = before[1]!.ticketTypes[0]!;
    await tickets.buy(events.given.person(), [{ ticketTypeId: ticketTypeIds.encode(sold.id), quantity: 1 }]);
    const changed = { ticketTypeId: type.publicId, expectedVersion: 1, name: 'Patron' };
    await run(organizer.viewer, 'updateTicketType', changed, 'ticketType { id }');
    await takeOver(['TICKETS']);
    events.clock.advance(28 * dayMs);
    await events.runJob('materialiseSeries').finally(() => events.clock.advance(-28 * dayMs));
    const all = await rows();
    expect(all.length).toBe(before.length + 1);
    expect(all.map(({ ticketTypes }) => ticketTypes[0]!.name)).toEqual(
      all.map((_each, index) => (index === 1 ? 'Regular' : 'Patron')),
    );
    expect(all[1]!.ownFields).toEqual(['tickets']);
  });

  it('are left by a co-host, one or all of them, on record, and no later one is made with them', async () => {
    const [coHost, other] = [events.given.person(), events.given.person()];
    const { rows, takeOver, event } = await aSeries({
      ...{ rule: 'FREQ=WEEKLY;INTERVAL=4', coHostIds: [coHost.id, other.id] },
    });
    const all = await rows();
    const leave = (index: number, fromSeries: boolean) =>
      run(coHost.viewer, 'removeCoHost', {
        ...{ eventId: eventIds.encode(all[index]!.id), userId: coHost.publicId, fromSeries },
      });
    const hosts = async () => (await rows()).map(({ coHostIds }) => coHostIds.includes(coHost.id));
    expect((await leave(1, false)).userErrors).toEqual([]);
    expect(await hosts()).toEqual(all.map((_each, index) => index !== 1));
    expect((await leave(0, true)).userErrors).toEqual([]);
    expect(await hosts()).toEqual(all.map(() => false));
    const lines = await auditLines(events.db, event.publicId);
    expect(lines.filter(({ action }) => action === 'coHost.removed')).toMatchObject([
      { personId: coHost.id },
    ]);
    await takeOver(['CO_HOSTS']);
    events.clock.advance(28 * dayMs);
    await events.runJob('materialiseSeries').finally(() => events.clock.advance(-28 * dayMs));
    const later = await rows();
    expect(later.length).toBe(all.length + 1);
    expect(later.map(({ coHostIds }) => coHostIds)).toEqual(later.map(() => [other.id]));
  });
});
