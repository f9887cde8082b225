import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { ticketIds } from '../ids.js';
import { dayMs, givenEvents, hourMs } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

const query = `query ($id: ID!) { event(id: $id) { insights {
  confirmedCount guestCount pendingCount interestedCount cancelledCount checkedInCount checkInRate noShowCount
  registrationDays { date confirmed cancelled } ratings { sampleSize event } } } }`;

const insights = async (viewer: Viewer | null, { publicId: id }: { publicId: string }) => {
  const { data, codes } = await (viewer ? events.as(viewer) : events.anonymous).execute(query, { id });
  return codes[0] ?? data.event.insights;
};

describe('insights into an event', () => {
  it('count who registered, came and stayed away, by day on its own clocks', async () => {
    const { given, clock, db } = events;
    const host = given.person();
    // Noon in UTC: in Auckland it is the next day.
    const event = await given.event({ organizerId: host.id, timeZone: 'Pacific/Auckland' });
    const first = await given.registration(event, given.person().id);
    await db.registration.update({ where: { id: first.id }, data: { guests: 2, places: 3 } });
    clock.advance(dayMs);
    const people = [given.person(), given.person(), given.person()];
    for (const person of people) await given.registration(event, person.id);
    await given.registration(event, given.person().id, 'CANCELLED');
    await given.registration(await given.event(), given.person().id);
    const before = await insights(host.viewer, event);
    expect(before).toEqual({
      ...{ confirmedCount: 4, guestCount: 2, pendingCount: 0, interestedCount: 0, cancelledCount: 1 },
      ...{ checkedInCount: null, checkInRate: null, noShowCount: null },
      registrationDays: [
        { date: '2026-06-02', confirmed: 1, cancelled: 0 },
        { date: '2026-06-03', confirmed: 4, cancelled: 1 },
      ],
      ratings: { sampleSize: 0, event: null },
    });
    clock.advance(6 * dayMs);
    for (const person of people) await given.enter(event, person.id);
    expect(await insights(host.viewer, event)).toMatchObject({ checkedInCount: 3, noShowCount: null });
    clock.advance(3 * hourMs);
    const after = await insights(host.viewer, event);
    expect(after).toMatchObject({ checkedInCount: 3, checkInRate: 0.75, noShowCount: 1 });
  });

  it('are for hosts', async () => {
    const { given } = events;
    const [host, coHost, goer] = [given.person(), given.person(), given.person()];
    const event = await given.event({ organizerId: host.id, coHostIds: [coHost.id] });
    await given.registration(event, goer.id);
    const root = given.person({ roles: ['SUPER_USER'] });
    const office = { role: 'CONSUL', countryCode: 'DE', city: 'Berlin' };
    const consul = given.person({ roles: ['CONSUL'], offices: [office] });
    const program = { ...host.viewer, id: goer.id, kind: 'service' as const };
    for (const { viewer } of [host, coHost, root])
      expect(await insights(viewer, event)).toHaveProperty('guestCount');
    for (const viewer of [null, goer.viewer, consul.viewer, program])
      expect(await insights(viewer, event)).toBe('FORBIDDEN');
  });

  it('say how tickets sell, by type and packet, to the organizer and not to co-hosts', async () => {
    const { given, clock, db } = events;
    const tickets = givenTickets(events);
    const coHost = given.person();
    const { organizer, event, type } = await tickets.sale({ type: { priceMinor: 0n } });
    await db.event.update({ where: { id: event.id }, data: { coHostIds: [coHost.id] } });
    const packet = await tickets.packet(organizer, [{ event, seats: 2 }]);
    const sales = `query ($id: ID!) { event(id: $id) { insights { ticketSales {
      soldCount validCount refundedCount attendedCount attendanceRate value { amountMinor currency }
      parts { ticketType { id } packet { id } soldCount refundedCount } } } } }`;
    const read = async (viewer: Viewer) => {
      const { data, codes } = await events.as(viewer).execute(sales, { id: event.publicId });
      return codes[0] ?? data.event.insights.ticketSales;
    };
    expect(await read(organizer.viewer)).toBeNull();
    const free = await tickets.buy(given.person(), [tickets.line(type, 3)]);
    const paid = await tickets.buy(given.person(), [tickets.line(packet)]);
    await tickets.paid(paid.purchase.id, 3_000);
    const [gone, came] = free.purchase.tickets.map(({ id }: { id: string }) => ticketIds.decode(id));
    await db.ticket.update({ where: { id: gone }, data: { status: 'CANCELLED', cancelledAt: clock.now() } });
    await db.checkIn.create({
      data: {
        ...{ kind: 'TICKET', admissionId: came, eventId: event.id, holderId: given.person().id },
        ...{ isInside: true, enteredAt: clock.now() },
      },
    });
    expect(await read(organizer.viewer)).toEqual({
      ...{ soldCount: 5, validCount: 4, refundedCount: 1, attendedCount: 1, attendanceRate: 0.25 },
      value: [{ amountMinor: 3_000, currency: 'EUR' }],
      parts: [
        { ticketType: { id: type.publicId }, packet: null, soldCount: 3, refundedCount: 1 },
        { ticketType: null, packet: { id: packet.publicId }, soldCount: 2, refundedCount: 0 },
      ],
    });
    expect(await read(coHost.viewer)).toBe('FORBIDDEN');
  });

  it('cost as much for many events as for one', async () => {
    const host = events.given.person();
    await events.given.event({ organizerId: host.id });
    const list = `query ($id: ID!) { _entities(representations: [{ __typename: "User", id: $id }]) { ... on User {
      organizedEvents(first: 10) { nodes { insights { confirmedCount ticketSales { soldCount } registrationDays { date } ratings { sampleSize } } } } } } }`;
    const cost = async () => {
      const before = events.statements.length;
      await events.as(host.viewer).execute(list, { id: host.publicId });
      return events.statements.length - before;
    };
    const one = await cost();
    for (let count = 0; count < 4; count++) await events.given.event({ organizerId: host.id });
    expect(await cost()).toBe(one);
  });
});
