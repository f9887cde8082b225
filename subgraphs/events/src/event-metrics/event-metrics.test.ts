import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { ticketIds } from '../ids.js';
import { dayMs, givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

const query = `query ($r: [_Any!]!, $interval: ReportInterval! = DAY) { _entities(representations: $r) {
  ... on AnalyticsReport { events { created held registrations checkIns ticketsSold ticketsRefunded attendanceRate countedThrough
    growth(interval: $interval) { startsOn created held registrations checkIns }
    countries { countryCode created held registrations checkIns ticketsSold attendanceRate } } } } }`;

describe('what was organized, in reports', () => {
  let events: Awaited<ReturnType<typeof givenEvents>>;
  const chief = aViewer({ roles: ['SUPER_USER'] });
  const noon = (day: string) => new Date(`2026-05-${day}T12:00:00.000Z`);

  beforeAll(async () => {
    events = await givenEvents();
    const { given, db } = events;
    const tickets = givenTickets(events);
    const held = await given.event({ startsAt: noon('10'), createdAt: noon('01'), countryCode: 'DE' });
    await given.event({
      startsAt: noon('10'),
      createdAt: noon('02'),
      countryCode: 'DE',
      status: 'CANCELLED',
    });
    const french = await given.event({ startsAt: noon('20'), createdAt: noon('02'), countryCode: 'FR' });
    for (const [event, day] of [
      [held, '03'],
      [held, '04'],
      [french, '04'],
    ] as const) {
      const { id } = await given.registration(event, given.person().id);
      await db.registration.update({ where: { id }, data: { confirmedAt: noon(day) } });
    }
    await given.registration(held, given.person().id, 'CANCELLED');
    await db.checkIn.create({
      data: {
        ...{ kind: 'REGISTRATION', admissionId: crypto.randomUUID(), eventId: held.id, isInside: true },
        ...{ holderId: crypto.randomUUID(), enteredAt: noon('10') },
      },
    });
    await given.event({ createdAt: events.clock.now(), countryCode: 'DE' });
    const { event: sold, type } = await tickets.sale({ type: { priceMinor: 0n } });
    await db.event.update({
      where: { id: sold.id },
      data: { countryCode: 'IT', createdAt: events.clock.now() },
    });
    const { purchase } = await tickets.buy(given.person(), [tickets.line(type, 3)]);
    const ids = purchase.tickets.map(({ id }: { id: string }) => ticketIds.decode(id));
    await db.ticket.updateMany({ where: { id: { in: ids } }, data: { issuedAt: noon('06') } });
    await db.ticket.update({
      where: { id: ids[0] },
      data: { status: 'CANCELLED', cancelledAt: noon('08') },
    });
    await events.runJob('countEvents');
  });
  afterAll(() => events.stop());

  async function report(viewer: Viewer | null, about: object = {}, variables: object = {}) {
    const period = { from: '2026-05-01', until: '2026-06-01', countryCode: null };
    const r = [{ __typename: 'AnalyticsReport', id: 'rpt_1', ...period, ...about }];
    const { data } = await events.as(viewer).execute(query, { r, ...variables });
    return data._entities[0]?.events ?? null;
  }

  it('is counted by night, until yesterday', async () => {
    expect(await report(chief, { until: '2026-06-09' })).toMatchObject({
      ...{ created: 3, held: 2, registrations: 3, checkIns: 1, countedThrough: '2026-05-20' },
      countries: [
        { countryCode: 'DE', created: 2, held: 1, registrations: 2, checkIns: 1, attendanceRate: 0.5 },
        { countryCode: 'FR', created: 1, held: 1, registrations: 1, checkIns: 0, attendanceRate: null },
        { countryCode: 'IT', created: 0, held: 0, ticketsSold: 3 },
      ],
    });
  });

  it('says how tickets sold, and which share of those with a place came where anybody was checked in', async () => {
    expect(await report(chief)).toMatchObject({ ticketsSold: 3, ticketsRefunded: 1, attendanceRate: 0.5 });
    expect(await report(chief, { until: '2026-05-08' })).toMatchObject({
      ...{ ticketsSold: 3, ticketsRefunded: 0, attendanceRate: null },
    });
  });

  it('is told over time and of one country', async () => {
    const { growth, ...total } = await report(chief, { countryCode: 'DE' }, { interval: 'WEEK' });
    expect(total).toMatchObject({ created: 2, held: 1, registrations: 2, checkIns: 1 });
    expect(growth).toEqual([
      { startsOn: '2026-04-27', created: 2, held: 0, registrations: 1, checkIns: 0 },
      { startsOn: '2026-05-04', created: 0, held: 1, registrations: 1, checkIns: 1 },
      ...['2026-05-11', '2026-05-18', '2026-05-25'].map((startsOn) => ({
        ...{ startsOn, created: 0, held: 0, registrations: 0, checkIns: 0 },
      })),
    ]);
  });

  it('is the same when it is counted again, also twice at once, and has what came late', async () => {
    const before = await report(chief);
    await Promise.all([events.runJob('countEvents'), events.runJob('countEvents')]);
    expect(await report(chief)).toEqual(before);
    await events.given.event({ startsAt: noon('19'), createdAt: noon('18'), countryCode: 'IT' });
    events.clock.advance(dayMs);
    await events.runJob('countEvents');
    events.clock.advance(-dayMs);
    expect(await report(chief)).toMatchObject({ created: before.created + 1, held: before.held + 1 });
  });

  it.each<[string, Viewer | null, boolean]>([
    ['a visitor', null, false],
    ['a member', aViewer(), false],
    [
      'the ambassador of the country',
      aViewer({ offices: [{ role: 'AMBASSADOR', countryCode: 'DE' }] }),
      true,
    ],
    ['the ambassador of another', aViewer({ offices: [{ role: 'AMBASSADOR', countryCode: 'FR' }] }), false],
    [
      'the consul of a city',
      aViewer({ offices: [{ role: 'CONSUL', countryCode: 'DE', city: 'Berlin' }] }),
      false,
    ],
    ['a super user', chief, true],
  ])('is read by %s: %#', async (_who, viewer, mayRead) => {
    expect((await report(viewer, { countryCode: 'DE' })) !== null).toBe(mayRead);
    expect((await report(viewer)) !== null).toBe(viewer === chief);
  });
});
