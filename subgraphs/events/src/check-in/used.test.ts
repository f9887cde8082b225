import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { registrationIds, ticketIds } from '../ids.js';
import { usualSettings } from '../registration-form/index.js';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

const register = `mutation ($id: ID!) { registerForEvent(input: { eventId: $id, guests: 2 }) { registration { id } } }`;
const cancel = `mutation ($id: ID!) { cancelRegistration(input: { registrationId: $id }) { userErrors { code } } }`;
const resize = `mutation ($id: ID!, $guests: Int!) {
  updateRegistration(input: { registrationId: $id, guests: $guests }) { userErrors { code } } }`;
const refund = `mutation ($input: RefundTicketsInput!) { refundTickets(input: $input) { userErrors { code } } }`;
const offer = `mutation ($ticketId: ID!, $recipientId: ID!) {
  transferTicket(input: { idempotencyKey: "k", ticketId: $ticketId, recipientId: $recipientId }) {
    transfer { id } userErrors { code } } }`;
const accept = `mutation ($id: ID!) { acceptTicketTransfer(input: { transferId: $id }) { userErrors { code } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

type Person = ReturnType<typeof events.given.person>;

const codes = ({ data }: { data: any }): string[] =>
  Object.values<any>(data)[0].userErrors.map(({ code }: { code: string }) => code);

const enterBy = (id: string, { eventId, holderId }: { eventId: string; holderId: string }) =>
  events.db.checkIn.create({
    data: {
      ...{ kind: 'TICKET', admissionId: ticketIds.decode(id), eventId, holderId },
      ...{ isInside: false, enteredAt: events.clock.now() },
    },
  });

describe('a place that was used', () => {
  it('is not given back by whoever registered, nor are those of the guests', async () => {
    const event = await events.given.event();
    const settings = { ...usualSettings, maxGuests: 4, version: 1, eventId: event.id };
    await events.db.registrationSettings.create({ data: settings });
    const { viewer, id: userId } = events.given.person();
    const { data } = await events.as(viewer).execute(register, { id: event.publicId });
    const { id } = data.registerForEvent.registration;
    await events.given.enter(event, userId);
    expect(codes(await events.as(viewer).execute(resize, { id, guests: 1 }))).toEqual(['CONFLICT']);
    expect(codes(await events.as(viewer).execute(resize, { id, guests: 3 }))).toEqual([]);
    expect(codes(await events.as(viewer).execute(cancel, { id }))).toEqual(['CONFLICT']);
    const row = await events.db.registration.findUniqueOrThrow({ where: { id: registrationIds.decode(id) } });
    expect(row).toMatchObject({ status: 'CONFIRMED', places: 4 });
  });

  /** Two tickets of one buyer, who went in by the first. */
  async function scene() {
    const { event, organizer, type } = await tickets.sale({ type: { priceMinor: 0n } });
    const buyer = events.given.person();
    const { purchase } = await tickets.buy(buyer, [tickets.line(type, 2)]);
    const [used, other] = purchase.tickets as [{ id: string }, { id: string }];
    const giveBack = async ({ viewer }: Person, ids?: string[]) => {
      const input = { idempotencyKey: crypto.randomUUID(), purchaseId: purchase.id, ticketIds: ids };
      return codes(await events.as(viewer).execute(refund, { input }));
    };
    const valid = async () =>
      (await tickets.readPurchase(purchase.id)).tickets
        .filter(({ status }) => status === 'VALID')
        .map(({ id }) => ticketIds.encode(id));
    const enter = () => enterBy(used.id, { eventId: event.id, holderId: buyer.id });
    return { event, organizer, buyer, used, other, giveBack, valid, enter };
  }

  it('is not taken back for its ticket, but by the organizer', async () => {
    const { organizer, buyer, used, other, giveBack, valid, enter } = await scene();
    await enter();
    const read = `query ($id: ID!) { ticket(id: $id) { refundableNow { amountMinor } } }`;
    const shown = async ({ id }: { id: string }) =>
      (await events.as(buyer.viewer).execute(read, { id })).data.ticket.refundableNow;
    expect([await shown(used), await shown(other)]).toEqual([null, { amountMinor: 0 }]);
    expect(await giveBack(buyer, [used.id, other.id])).toEqual(['REFUND_REFUSED']);
    expect(await giveBack(buyer)).toEqual([]);
    expect(await valid()).toEqual([used.id]);
    expect(await giveBack(buyer)).toEqual(['REFUND_REFUSED']);
    expect(await giveBack(organizer, [used.id])).toEqual([]);
    expect(await valid()).toEqual([]);
  });

  it('is not handed over, whether it was used before the offer or after', async () => {
    const { buyer, used, enter, event } = await scene();
    const to = events.given.person();
    await events.given.known(to);
    const offering = () =>
      events.as(buyer.viewer).execute(offer, { ticketId: used.id, recipientId: to.publicId });
    const { id } = (await offering()).data.transferTicket.transfer;
    await enter();
    expect(codes(await events.as(to.viewer).execute(accept, { id }))).toEqual(['CONFLICT']);
    await events.db.ticketTransfer.deleteMany({ where: { ticket: { eventId: event.id } } });
    await events.db.$executeRaw`DELETE FROM kit.idempotency_keys`;
    expect(codes(await offering())).toEqual(['CONFLICT']);
  });
});
