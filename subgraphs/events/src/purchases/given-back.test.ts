import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines } from '@diaspora/kit/testing';
import { ticketIds } from '../ids.js';
import { dayMs, givenEvents } from '../testing/given.js';
import { givenTickets, purchaseFields } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

const terms = { refundUntilHours: 24, refundPercent: 50, feeMinor: 100n };

async function give(viewer: Viewer, purchaseId: string, ticketKeys?: string[]) {
  const ids = ticketKeys?.map((key) => ticketIds.encode(key));
  const { data } = await events.as(viewer).execute(
    `mutation ($input: RefundTicketsInput!) {
      refundTickets(input: $input) { purchase { ${purchaseFields} } userErrors { code } } }`,
    { input: { idempotencyKey: crypto.randomUUID(), purchaseId, ticketIds: ids } },
  );
  return data.refundTickets;
}

/** A purchase that is paid, and its buyer. */
async function bought(quantity = 2, type = terms) {
  const sale = await tickets.sale({ capacity: 10, type });
  const buyer = events.given.person();
  const { purchase } = await tickets.buy(buyer, [tickets.line(sale.type, quantity)]);
  await tickets.paid(purchase.id, purchase.total.amountMinor);
  const { tickets: made } = await tickets.readPurchase(purchase.id);
  return { ...sale, buyer, purchaseId: purchase.id as string, made };
}

describe('tickets that are given back', () => {
  it('by their buyer free their places at once, and part of the price goes back, not the fee', async () => {
    const { buyer, purchaseId, made, event } = await bought();
    const one = await give(buyer.viewer, purchaseId, [made[0]!.id]);
    expect(one).toMatchObject({
      userErrors: [],
      purchase: {
        status: 'COMPLETED',
        refunds: [{ amount: { amountMinor: 500 }, status: 'REQUESTED', reason: 'BUYER' }],
      },
    });
    expect(await tickets.placesOf(event)).toMatchObject({ ticketed: 1 });
    const all = await give(buyer.viewer, purchaseId);
    expect(all.purchase).toMatchObject({ status: 'REFUNDING' });
    expect(await tickets.placesOf(event)).toMatchObject({ ticketed: 0 });
    const registration = await events.db.registration.findFirst({ where: { userId: buyer.id } });
    expect(registration).toMatchObject({ status: 'CANCELLED' });
    for (const { data } of (await events.published(purchaseId)).filter(
      ({ type }) => type === 'order.refundRequested',
    ))
      await tickets.refunded(purchaseId, data['refundId'] as string, 500);
    expect(await tickets.readPurchase(purchaseId)).toMatchObject({ status: 'REFUNDED' });
  });

  it('are not taken back too late, or without terms, or a second time, or from somebody else', async () => {
    const { buyer, purchaseId, made, event } = await bought();
    expect(await give(events.given.person().viewer, purchaseId)).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND' }],
    });
    await give(buyer.viewer, purchaseId, [made[0]!.id]);
    expect(await give(buyer.viewer, purchaseId, [made[0]!.id])).toMatchObject({
      userErrors: [{ code: 'CONFLICT' }],
    });
    const startsAt = new Date(events.clock.now().getTime() + dayMs - 1);
    await events.db.event.update({ where: { id: event.id }, data: { startsAt } });
    expect(await give(buyer.viewer, purchaseId)).toMatchObject({ userErrors: [{ code: 'REFUND_REFUSED' }] });
    const never = await bought(1, { ...terms, refundUntilHours: null as never });
    expect(await give(never.buyer.viewer, never.purchaseId)).toMatchObject({
      userErrors: [{ code: 'REFUND_REFUSED' }],
    });
  });

  it('by the organizer go back with all the money, on record', async () => {
    const { organizer, purchaseId, buyer } = await bought();
    const answer = await give(organizer.viewer, purchaseId);
    expect(answer.purchase).toMatchObject({
      status: 'REFUNDING',
      refunds: [{ amount: { amountMinor: 2200 }, reason: 'ORGANIZER' }],
    });
    const lines = await auditLines(events.db, purchaseId);
    expect(lines).toMatchObject([{ action: 'tickets.refunded', personId: buyer.id }]);
  });

  it('with a refund that fails are shown as such, and it is asked for again until it has arrived', async () => {
    const { organizer, purchaseId } = await bought(1);
    await give(organizer.viewer, purchaseId);
    const asked = async () =>
      (await events.published(purchaseId)).filter(({ type }) => type === 'order.refundRequested');
    const [first] = await asked();
    const refundId = first!.data['refundId'] as string;
    const failedAt = events.clock.now().toISOString();
    await tickets.tell('order.refundFailed', { purchaseId, refundId, reason: 'provider_down', failedAt });
    expect((await tickets.readPurchase(purchaseId)).refunds).toMatchObject([
      { status: 'FAILED', failure: 'provider_down' },
    ]);
    await tickets.runJob('retryRefunds');
    expect(await asked()).toHaveLength(1);
    events.clock.advance(60_000);
    await tickets.runJob('retryRefunds');
    expect((await asked()).map(({ data }) => data['refundId'])).toEqual([refundId, refundId]);
    await tickets.refunded(purchaseId, refundId, 1100);
    expect(await tickets.readPurchase(purchaseId)).toMatchObject({
      status: 'REFUNDED',
      refunds: [{ status: 'REFUNDED' }],
    });
  });

  it('with a refund that fails for good are shown as such, and it is not asked for again by itself', async () => {
    const { organizer, purchaseId } = await bought(1);
    await give(organizer.viewer, purchaseId);
    const asked = async () =>
      (await events.published(purchaseId)).filter(({ type }) => type === 'order.refundRequested');
    const refundId = (await asked())[0]!.data['refundId'] as string;
    const failedAt = events.clock.now().toISOString();
    const failed = { purchaseId, refundId, reason: 'refused_by_provider', failedAt };
    await tickets.tell('order.refundFailed', failed);
    await tickets.tell('order.refundFailed', { ...failed, isFinal: true });
    await tickets.tell('order.refundFailed', failed);
    events.clock.advance(30 * dayMs);
    await tickets.runJob('retryRefunds');
    expect(await asked()).toHaveLength(1);
    expect((await tickets.readPurchase(purchaseId)).refunds).toMatchObject([
      { status: 'FAILED_FINALLY', failure: 'refused_by_provider', retryAt: null },
    ]);
    await tickets.refunded(purchaseId, refundId, 1100);
    expect(await tickets.readPurchase(purchaseId)).toMatchObject({
      status: 'REFUNDED',
      refunds: [{ status: 'REFUNDED', failure: null }],
    });
  });

  it('because the event is off, all of them, and what is being bought ends', async () => {
    const { organizer, event, type, purchaseId } = await bought();
    const pending = await tickets.buy(events.given.person(), [tickets.line(type)]);
    const CANCEL = `mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { userErrors { code } } }`;
    await events.as(organizer.viewer).execute(CANCEL, { input: { eventId: event.publicId } });
    await tickets.runJob('settleCancelledEvent', { eventId: event.id });
    expect(await tickets.readPurchase(purchaseId)).toMatchObject({
      status: 'REFUNDING',
      refunds: [{ amountMinor: 2200n, reason: 'EVENT_CANCELLED' }],
    });
    expect(await tickets.readPurchase(pending.purchase.id)).toMatchObject({
      status: 'CANCELLED',
      endReason: 'EVENT_CANCELLED',
    });
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 0 });
    await tickets.paid(pending.purchase.id, 1100);
    expect(await tickets.readPurchase(pending.purchase.id)).toMatchObject({ status: 'REFUNDING' });
  });

  it('because the event is off go back whole, also where the buyer is faster than we are', async () => {
    const { organizer, event, buyer, purchaseId, made } = await bought();
    const CANCEL = `mutation ($input: CancelEventInput!) { cancelEvent(input: $input) { userErrors { code } } }`;
    await events.as(organizer.viewer).execute(CANCEL, { input: { eventId: event.publicId } });
    const read = `query ($id: ID!) { ticket(id: $id) { refundableNow { amountMinor } } }`;
    const { data } = await events.as(buyer.viewer).execute(read, { id: ticketIds.encode(made[0]!.id) });
    expect(data.ticket).toEqual({ refundableNow: { amountMinor: 1100 } });
    expect((await give(buyer.viewer, purchaseId, [made[0]!.id])).userErrors).toEqual([]);
    await tickets.runJob('settleCancelledEvent', { eventId: event.id });
    const { refunds } = await tickets.readPurchase(purchaseId);
    expect(refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)).toBe(2200n);
  });

  it('of a packet free the seats of all its events, and the packet when the last is gone', async () => {
    const organizer = tickets.eventOwner();
    const [one, two] = [
      await events.given.event({ organizerId: organizer.id, capacity: 4 }),
      await events.given.event({ organizerId: organizer.id, capacity: 4 }),
    ];
    const packet = await tickets.packet(organizer, [{ event: one }, { event: two, seats: 2 }], {
      priceMinor: 1_000n,
    });
    const buyer = events.given.person();
    const { purchase } = await tickets.buy(buyer, [tickets.line(packet)]);
    await tickets.paid(purchase.id, 1000);
    const { tickets: made } = await tickets.readPurchase(purchase.id);
    expect(made.map(({ priceMinor }) => priceMinor)).toEqual([334n, 333n, 333n]);
    expect(await tickets.placesOf(two)).toMatchObject({ ticketed: 2 });
    const sold = async () =>
      (await events.db.packet.findUniqueOrThrow({ where: { id: packet.id } })).soldCount;
    await give(organizer.viewer, purchase.id, [made[0]!.id]);
    expect(await sold()).toBe(1);
    await give(organizer.viewer, purchase.id);
    expect(await sold()).toBe(0);
    expect([await tickets.placesOf(one), await tickets.placesOf(two)]).toMatchObject([
      { ticketed: 0 },
      { ticketed: 0 },
    ]);
  });
});
