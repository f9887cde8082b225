import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { invitationIds, packetIds, registrationIds } from '../ids.js';
import { usualSettings } from '../registration-form/index.js';
import { dayMs, givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';
import { mostUnpaidPurchases } from './rules.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

type Person = ReturnType<typeof events.given.person>;
type Terms = Partial<typeof usualSettings>;

const minuteMs = 60_000;
const codesOf = ({ userErrors }: { userErrors: { code: string }[] }) => userErrors.map(({ code }) => code);

/** Tickets of an event on its terms of registration. */
async function saleOn(terms: Terms) {
  const sale = await tickets.sale({ type: { priceMinor: 0n } });
  const settings = { ...usualSettings, version: 1, ...terms, eventId: sale.event.id };
  await events.db.registrationSettings.create({ data: settings });
  return sale;
}

const decline = (eventId: string, { id: userId }: Person) =>
  events.db.registration.create({
    data: { id: registrationIds.create(), eventId, userId, status: 'DECLINED', places: 0 },
  });

async function invite(eventId: string, { id: userId }: Person): Promise<void> {
  const now = events.clock.now();
  await events.db.eventInvitation.create({
    data: {
      ...{ id: invitationIds.create(), eventId, userId, status: 'PENDING', invitedById: userId },
      ...{ createdAt: now, expiresAt: new Date(now.getTime() + dayMs) },
    },
  });
}

const nextStep = async ({ viewer }: Person, { publicId: id }: { publicId: string }) =>
  (
    await events
      .as(viewer)
      .execute('query ($id: ID!) { event(id: $id) { viewerEligibility { nextStep } } }', { id })
  ).data.event.viewerEligibility.nextStep;

/** Within the week before the event of the tests. */
const inDays = (days: number) => new Date(new Date('2026-06-01T12:00:00.000Z').getTime() + days * dayMs);

describe('the gates of an event', () => {
  const nothing = async () => undefined;
  const admit = (id: string, buyer: Person) => events.given.registration({ id }, buyer.id);

  it.each<
    [string, Terms, (eventId: string, buyer: Person) => Promise<unknown>, string | null, string | null]
  >([
    ['open', {}, nothing, null, 'BUY_TICKET'],
    ['for a plan', { requiredEntitlement: 'GALA' }, nothing, 'ENTITLEMENT_REQUIRED', 'UPGRADE_PLAN'],
    ['not yet', { opensAt: inDays(1) }, nothing, 'SALES_CLOSED', 'WAIT'],
    ['no longer', { closesAt: inDays(-1) }, nothing, 'SALES_CLOSED', null],
    ['for whom organizers approve', { requiresApproval: true }, nothing, 'NOT_ADMITTED', null],
    ['for whom they have invited', { requiresApproval: true }, invite, null, 'BUY_TICKET'],
    ['for whom they have let in', { requiresApproval: true }, admit, null, null],
    ['not for whom they declined', {}, decline, 'NOT_ADMITTED', null],
  ])('are those of its tickets, too: %s', async (_name, terms, happened, code, step) => {
    const { event, type } = await saleOn(terms);
    const buyer = events.given.person();
    await happened(event.id, buyer);
    expect(await nextStep(buyer, event)).toBe(step);
    expect(codesOf(await tickets.buy(buyer, [tickets.line(type)]))).toEqual(code ? [code] : []);
    expect((await tickets.placesOf(event)).ticketed).toBe(code ? 0 : 1);
  });

  it.each<[string, Terms, (eventId: string, to: Person) => Promise<unknown>, string | null]>([
    ['open', { closesAt: inDays(-1) }, nothing, null],
    ['for a plan', { requiredEntitlement: 'GALA' }, nothing, 'ENTITLEMENT_REQUIRED'],
    ['for whom organizers approve', { requiresApproval: true }, nothing, 'NOT_ADMITTED'],
    ['not for whom they declined', {}, decline, 'NOT_ADMITTED'],
  ])(
    'are those of whom a ticket is handed over to, but for the time: %s',
    async (_name, terms, happened, code) => {
      const { event, type } = await tickets.sale({ type: { priceMinor: 0n } });
      const [giver, to] = [events.given.person(), events.given.person()];
      const { purchase } = await tickets.buy(giver, [tickets.line(type)]);
      await events.given.known(to);
      await events.db.registrationSettings.create({
        data: { ...usualSettings, version: 1, ...terms, eventId: event.id },
      });
      await happened(event.id, to);
      const offer = `mutation ($ticketId: ID!, $recipientId: ID!) {
      transferTicket(input: { idempotencyKey: "k", ticketId: $ticketId, recipientId: $recipientId }) { transfer { id } } }`;
      const accept = `mutation ($id: ID!) { acceptTicketTransfer(input: { transferId: $id }) { userErrors { code } } }`;
      const wish = { ticketId: purchase.tickets[0].id, recipientId: to.publicId };
      const { id } = (await events.as(giver.viewer).execute(offer, wish)).data.transferTicket.transfer;
      const { data } = await events.as(to.viewer).execute(accept, { id });
      expect(codesOf(data.acceptTicketTransfer)).toEqual(code ? [code] : []);
      const [ticket] = (await tickets.readPurchase(purchase.id)).tickets;
      expect(ticket!.holderId).toBe(code ? giver.id : to.id);
    },
  );
});

describe('what a person keeps without paying', () => {
  it('are five purchases, also when they are made at the same time, and more once they are paid', async () => {
    const buyer = events.given.person();
    const buy = async () => tickets.buy(buyer, [tickets.line((await tickets.sale()).type)]);
    for (let count = 1; count < mostUnpaidPurchases; count++) expect(codesOf(await buy())).toEqual([]);
    const last = await Promise.all([buy(), buy()]);
    expect(last.flatMap(codesOf)).toEqual(['LIMIT_REACHED']);
    const { purchase } = last.find(({ userErrors }) => userErrors.length === 0);
    await tickets.paid(purchase.id, 1_000);
    expect(codesOf(await buy())).toEqual([]);
  });

  it('are fifty places of an event, and no place twice when it is given up', async () => {
    const { event, type, organizer } = await tickets.sale();
    const other = await tickets.ticketType(event);
    const buyer = events.given.person();
    const first = await tickets.buy(buyer, [tickets.line(type, 20), tickets.line(other, 20)]);
    expect(codesOf(await tickets.buy(buyer, [tickets.line(type, 11)]))).toEqual(['LIMIT_REACHED']);
    expect(codesOf(await tickets.buy(events.given.person(), [tickets.line(type, 11)]))).toEqual([]);
    const large = await tickets.packet(organizer, [{ event, seats: 60 }]);
    expect(codesOf(await tickets.buy(buyer, [tickets.line(large)]))).toEqual(['LIMIT_REACHED']);
    await tickets.paid(first.purchase.id, 40_000);
    // One thing is always to be had.
    expect(codesOf(await tickets.buy(buyer, [tickets.line(large, 2)]))).toEqual(['LIMIT_REACHED']);
    expect(codesOf(await tickets.buy(buyer, [tickets.line(large)]))).toEqual([]);
  });
});

it('money that comes late buys no more than one person may have', async () => {
  const { event, type } = await tickets.sale({ type: { perPersonLimit: 1 } });
  const buyer = events.given.person();
  const buy = async () => (await tickets.buy(buyer, [tickets.line(type)])).purchase;
  const late = await buy();
  events.clock.advance(20 * minuteMs);
  const second = await buy();
  for (const { id } of [late, second]) await tickets.paid(id, 1_000);
  expect((await tickets.readPurchase(late.id)).status).toBe('REFUNDING');
  expect((await tickets.readPurchase(second.id)).status).toBe('COMPLETED');
  expect((await tickets.placesOf(event)).ticketed).toBe(1);
});

describe('a purchase of very many tickets', () => {
  async function aPacketOf(seats: readonly number[]) {
    const organizer = tickets.eventOwner();
    const made = await Promise.all(seats.map(() => events.given.event({ organizerId: organizer.id })));
    const parts = made.map((event, index) => ({ event, seats: seats[index]! }));
    return { organizer, made, packet: await tickets.packet(organizer, parts) };
  }

  it('is refused beyond five hundred, and so is a packet that gives more', async () => {
    const { organizer, made, packet } = await aPacketOf([100, 100, 100]);
    expect(codesOf(await tickets.buy(events.given.person(), [tickets.line(packet, 2)]))).toEqual([
      'LIMIT_REACHED',
    ]);
    const include = `mutation ($input: IncludeEventInput!) { includeEvent(input: $input) { userErrors { code path } } }`;
    const more = await Promise.all([1, 2, 3].map(() => events.given.event({ organizerId: organizer.id })));
    const answers = [];
    for (const [index, { publicId: eventId }] of [...more, made[0]!].entries()) {
      const { version: expectedVersion } = await events.db.packet.findUniqueOrThrow({
        where: { id: packet.id },
      });
      const input = {
        packetId: packetIds.encode(packet.id),
        expectedVersion,
        eventId,
        seats: index === 3 ? 99 : 100,
      };
      const { data } = await events.as(organizer.viewer).execute(include, { input });
      answers.push(data.includeEvent.userErrors);
    }
    const tooMuch = [{ code: 'INVALID_INPUT', path: ['seats'] }];
    expect(answers).toEqual([[], [], tooMuch, []]);
  });

  it('is issued, and called off, in few statements', async () => {
    const { packet, made } = await aPacketOf([100, 100, 100, 100, 100]);
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(packet)]);
    const from = events.statements.length;
    await tickets.paid(purchase.id, 3_000);
    await tickets.runJob('settleCancelledEvent', { eventId: made[0]!.id });
    const told = events.statements.slice(from).filter((sql) => sql.includes('INTO kit.outbox'));
    expect(told.length).toBeLessThan(30);
    expect((await tickets.readPurchase(purchase.id)).tickets).toHaveLength(500);
    const published = await events.published(made[0]!.publicId);
    expect(published.filter(({ type }) => type === 'ticket.issued')).toHaveLength(100);
    expect(published.filter(({ type }) => type === 'ticket.refunded')).toHaveLength(100);
  });
});
