import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { auditLines, waitingForLocks } from '@diaspora/kit/testing';
import { purchaseIds, ticketIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

/** A purchase of two tickets: paid, or at no cost. */
async function bought(priceMinor = 1_000n) {
  const sale = await tickets.sale({ capacity: 2, type: { priceMinor } });
  const buyer = events.given.person();
  const { purchase } = await tickets.buy(buyer, [tickets.line(sale.type, 2)]);
  if (priceMinor) await tickets.paid(purchase.id, 2_000);
  const { tickets: made } = await tickets.readPurchase(purchase.id);
  return { ...sale, buyer, purchaseId: purchase.id as string, made };
}

const askedBack = async (purchaseId: string) =>
  (await events.published(purchaseId)).filter(({ type }) => type === 'order.refundRequested');

describe('a ticket that is deleted', () => {
  async function remove(viewer: Viewer | null, id: string): Promise<any> {
    const { data, codes } = await events.as(viewer).execute(
      `mutation ($input: DeleteTicketInput!) { deleteTicket(input: $input) {
        ticket { id status cancelledAt } userErrors { code } } }`,
      { input: { ticketId: ticketIds.encode(id), reason: 'A stolen card.' } },
    );
    return codes.length > 0 ? { userErrors: codes.map((code) => ({ code })) } : data.deleteTicket;
  }

  it('opens no door, its place is free, and no money goes back; why is on record', async () => {
    const { event, type, buyer, purchaseId, made } = await bought();
    const { viewer: root } = events.given.person({ roles: ['SUPER_USER'] });
    const first = await remove(root, made[0]!.id);
    expect(first).toMatchObject({ ticket: { status: 'CANCELLED' }, userErrors: [] });
    expect(await remove(root, made[0]!.id)).toEqual(first);
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 1, held: 0 });
    expect(await askedBack(purchaseId)).toEqual([]);
    expect(await auditLines(events.db, purchaseId)).toMatchObject([
      { action: 'tickets.deleted', personId: buyer.id, reason: 'A stolen card.' },
    ]);
    const told = (await events.published(event.publicId)).filter(
      ({ type: what }) => what === 'ticket.refunded',
    );
    expect(told).toMatchObject([{ data: { amountMinor: '0' } }]);
    // The buyer still has the other one, and takes part until that is gone as well.
    const participant = { eventId_userId: { eventId: event.id, userId: buyer.id } };
    const status = async () =>
      (await events.db.registration.findUniqueOrThrow({ where: participant })).status;
    expect(await status()).toBe('CONFIRMED');
    expect((await tickets.buy(events.given.person(), [tickets.line(type)])).userErrors).toEqual([]);
    await remove(root, made[1]!.id);
    expect(await status()).toBe('CANCELLED');
    expect(await tickets.readPurchase(purchaseId)).toMatchObject({ status: 'REFUNDED', refunds: [] });
  });

  it('is not one whose money the organizer would keep', async () => {
    const { organizer, event, made } = await bought();
    expect((await remove(organizer.viewer, made[0]!.id)).userErrors).toMatchObject([{ code: 'CONFLICT' }]);
    expect((await tickets.placesOf(event)).ticketed).toBe(2);
  });

  it('is offered to nobody any more', async () => {
    const { organizer, buyer, made } = await bought(0n);
    const friend = events.given.person();
    await events.given.known(friend);
    const ticketId = ticketIds.encode(made[0]!.id);
    await events
      .as(buyer.viewer)
      .execute(
        `mutation ($input: TransferTicketInput!) { transferTicket(input: $input) { userErrors { code } } }`,
        { input: { idempotencyKey: 'k', ticketId, recipientId: friend.publicId } },
      );
    await remove(organizer.viewer, made[0]!.id);
    const offers = await events.db.ticketTransfer.findMany({ where: { ticketId: made[0]!.id } });
    expect(offers).toMatchObject([{ status: 'WITHDRAWN' }]);
  });

  it.each<[string, (sale: { organizer: Viewer; buyer: Viewer }) => Viewer | null, string | null]>([
    ['a visitor', () => null, 'UNAUTHENTICATED'],
    ['a stranger', () => events.given.person().viewer, 'NOT_FOUND'],
    ['its holder', ({ buyer }) => buyer, 'NOT_FOUND'],
    ['another event owner', () => tickets.eventOwner().viewer, 'NOT_FOUND'],
    [
      'a program that looks',
      () => events.given.person({ kind: 'service', scopes: ['tickets:read'] }).viewer,
      'FORBIDDEN',
    ],
    ['the organizer', ({ organizer }) => organizer, null],
    ['a super user', () => events.given.person({ roles: ['SUPER_USER'] }).viewer, null],
  ])('by %s: %#', async (_who, viewerOf, refusal) => {
    const { organizer, buyer, event, made } = await bought(0n);
    const viewer = viewerOf({ organizer: organizer.viewer, buyer: buyer.viewer });
    const { userErrors } = await remove(viewer, made[0]!.id);
    expect(userErrors[0]?.code ?? null).toBe(refusal);
    expect((await tickets.placesOf(event)).ticketed).toBe(refusal ? 2 : 1);
  });
});

describe('a dispute over a payment', () => {
  const disputed = (purchaseId: string, status: string) =>
    tickets.tell('order.disputed', {
      ...{ purchaseId, status, amountMinor: '2000', currency: 'EUR' },
      disputedAt: events.clock.now().toISOString(),
    });
  const seen = async ({ viewer }: { viewer: Viewer }, id: string) => {
    const query = 'query ($id: ID!) { purchase(id: $id) { status dispute { status } tickets { status } } }';
    return (await events.as(viewer).execute(query, { id })).data.purchase;
  };

  it.each(['OPEN', 'WON'])('that is %s is shown, and leaves the tickets', async (status) => {
    const { buyer, event, purchaseId } = await bought();
    await disputed(purchaseId, status);
    expect(await seen(buyer, purchaseId)).toEqual({
      ...{ status: 'COMPLETED', dispute: { status } },
      tickets: [{ status: 'VALID' }, { status: 'VALID' }],
    });
    expect((await tickets.placesOf(event)).ticketed).toBe(2);
  });

  it('that is lost ends the tickets, however often it is told: the bank has the money', async () => {
    const { buyer, event, purchaseId } = await bought();
    await disputed(purchaseId, 'OPEN');
    await disputed(purchaseId, 'LOST');
    await disputed(purchaseId, 'LOST');
    expect(await seen(buyer, purchaseId)).toEqual({
      ...{ status: 'REFUNDED', dispute: { status: 'LOST' } },
      tickets: [{ status: 'CANCELLED' }, { status: 'CANCELLED' }],
    });
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 0 });
    expect(await askedBack(purchaseId)).toEqual([]);
  });

  it('about a purchase nobody knows is heard and forgotten', async () => {
    const { purchaseId } = await bought();
    await disputed(purchaseIds.encode(purchaseIds.create()), 'LOST');
    expect(await tickets.readPurchase(purchaseId)).toMatchObject({ disputeStatus: null });
  });

  it('that is lost while tickets are given back ends each of them once, and waits for nobody in a circle', async () => {
    const { organizer, event, purchaseId } = await bought();
    const [admin, watcher] = [events.admin(), events.admin()];
    // Both queue for the event: whoever had the purchase before it would keep it from the other.
    await admin.query('BEGIN');
    await admin.query('SELECT 1 FROM events WHERE id = $1 FOR UPDATE', [event.id]);
    const giveBack = events
      .as(organizer.viewer)
      .execute(
        `mutation ($input: RefundTicketsInput!) { refundTickets(input: $input) { userErrors { code } } }`,
        { input: { idempotencyKey: 'k', purchaseId } },
      );
    await waitingForLocks(watcher, 1);
    const dispute = disputed(purchaseId, 'LOST');
    await waitingForLocks(watcher, 2);
    await admin.query('COMMIT');
    const [{ data, codes }] = await Promise.all([giveBack, dispute]);
    expect([codes, data.refundTickets.userErrors]).toEqual([[], []]);
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 0 });
  });
});
