import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { personalDataOf } from '@diaspora/kit/testing';
import { packetIds, purchaseIds, ticketIds, voucherIds } from '../ids.js';
import { dayMs, givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

const dataOf = () => personalDataOf(events.subgraph.jobs!, events.privateStore);

async function send(
  viewer: Parameters<typeof events.as>[0],
  field: string,
  input: object,
  selection: string,
) {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code } } }`;
  const { data } = await events.as(viewer).execute(document, { input });
  expect(data[field].userErrors).toEqual([]);
  return data[field];
}

/** Somebody who sells and buys, has a ticket that another bought, and offers one of their own. */
async function aTrader() {
  const trader = tickets.eventOwner();
  const friend = events.given.person();
  for (const each of [trader, friend]) await events.given.known(each);
  const own = await tickets.sale({ organizer: trader });
  const packet = await tickets.packet(trader, [{ event: own.event }], { description: 'All of my songs' });
  const voucher = await send(
    trader.viewer,
    'createVoucher',
    { idempotencyKey: 'v', code: 'SONGS', percent: 10 },
    'voucher { id }',
  );
  const others = await tickets.sale({ capacity: 9 });
  const bought = async (buyer: typeof trader, quantity: number) => {
    const { purchase } = await tickets.buy(buyer, [tickets.line(others.type, quantity)]);
    await tickets.paid(purchase.id, quantity * 1_000);
    return tickets.readPurchase(purchase.id);
  };
  const mine = await bought(trader, 2);
  const friends = await bought(friend, 1);
  const offer = (giver: typeof trader, ticketId: string, recipient: typeof trader) =>
    send(
      giver.viewer,
      'transferTicket',
      { idempotencyKey: 't', ticketId: ticketIds.encode(ticketId), recipientId: recipient.publicId },
      'transfer { id }',
    );
  const { transfer } = await offer(friend, friends.tickets[0]!.id, trader);
  await send(trader.viewer, 'acceptTicketTransfer', { transferId: transfer.id }, 'transfer { id }');
  await offer(trader, mine.tickets[0]!.id, friend);
  const pending = await tickets.buy(trader, [tickets.line(others.type)]);
  return {
    ...{ trader, friend, own, others, mine, friends },
    packetId: packet.id,
    voucherId: voucherIds.decode(voucher.voucher.id),
    pendingId: pending.purchase.id as string,
  };
}

describe('what a person sells and buys', () => {
  it('is exported with what was paid and what they hold, and with others as their ids at most', async () => {
    const { trader, friend, others, mine, friends, packetId, voucherId, pendingId } = await aTrader();
    const { records } = await dataOf().exported(trader.id);
    expect(records['packets']).toMatchObject([
      { id: packetIds.encode(packetId), description: 'All of my songs', priceMinor: '3000' },
    ]);
    expect(records['vouchers']).toMatchObject([{ id: voucherIds.encode(voucherId), code: 'SONGS' }]);
    expect(records['purchases']).toMatchObject([
      {
        ...{ id: purchaseIds.encode(mine.id), sellerId: others.organizer.publicId, status: 'COMPLETED' },
        ...{ totalMinor: '2000', paidMinor: '2000', refunds: [] },
        lines: [{ description: `${others.event.title}: Regular`, quantity: 2, unitPriceMinor: '1000' }],
      },
      { id: pendingId, status: 'PENDING' },
    ]);
    const held = [...mine.tickets, ...friends.tickets].map(({ id }) => ticketIds.encode(id)).sort();
    expect(records['tickets']!.map(({ id }: any) => id).sort()).toEqual(held);
    expect(records['ticket-transfers']).toMatchObject([
      { fromId: friend.publicId, toId: trader.publicId, status: 'ACCEPTED' },
      { fromId: trader.publicId, toId: friend.publicId, status: 'OFFERED' },
    ]);
  });

  it('is erased: places to come are free, nothing is sold any more, and the books stay under a key', async () => {
    const { trader, own, others, mine, friends, packetId, voucherId, pendingId } = await aTrader();
    const been = await tickets.sale();
    const past = await tickets.buy(trader, [tickets.line(been.type)]);
    await tickets.paid(past.purchase.id, 1_000);
    await events.db.event.update({
      where: { id: been.event.id },
      data: {
        startsAt: new Date(events.clock.now().getTime() - 2 * dayMs),
        endsAt: new Date(events.clock.now().getTime() - dayMs),
      },
    });
    expect(await tickets.placesOf(others.event)).toEqual({ registered: 0, ticketed: 3, held: 1 });
    await dataOf().erase(trader.id);
    expect(await tickets.placesOf(others.event)).toEqual({ registered: 0, ticketed: 0, held: 0 });
    expect(await tickets.readPurchase(pendingId)).toMatchObject({ status: 'CANCELLED', endReason: 'BUYER' });
    expect((await events.published(pendingId)).map(({ type }) => type)).toEqual([
      ...['order.requested', 'order.cancellationRequested'],
    ]);
    for (const { id } of [...mine.tickets, ...friends.tickets])
      expect(await events.db.ticket.findUnique({ where: { id } })).toMatchObject({ status: 'CANCELLED' });
    const kept = await tickets.readPurchase(past.purchase.id);
    expect(kept).toMatchObject({ status: 'COMPLETED', buyerId: trader.id, tickets: [{ status: 'VALID' }] });
    expect(await events.db.packet.findUnique({ where: { id: packetId } })).toMatchObject({
      ...{ isOnSale: false, description: null },
    });
    const voucher = await events.db.voucher.findUniqueOrThrow({ where: { id: voucherId } });
    expect(voucher.endsAt).toEqual(events.clock.now());
    const either = { OR: [{ fromId: trader.id }, { toId: trader.id }] };
    expect(await events.db.ticketTransfer.count({ where: either })).toBe(0);
    expect(await events.db.event.findUnique({ where: { id: own.event.id } })).toMatchObject({
      status: 'CANCELLED',
    });
    const before = await tickets.readPurchase(purchaseIds.encode(mine.id));
    await dataOf().erase(trader.id, { isLate: true });
    expect(await tickets.readPurchase(purchaseIds.encode(mine.id))).toEqual(before);
  });
});
