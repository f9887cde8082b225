import { idOf, publishEvent } from '../actions.js';
import type { Client } from '../client.js';
import { makeEventOwner, orderOf, purchaseTickets, sellTickets } from '../ticket-actions.js';

/** Something that is sold, and what a member owes for it, twice. */
export async function makeOrder({ root, seller, member }: Record<'root' | 'seller' | 'member', Client>) {
  await makeEventOwner(root, await idOf(seller));
  await seller.refresh();
  const eventId = await publishEvent(seller, {
    idempotencyKey: 'sale',
    type: 'NATIONAL',
    title: 'Harvest dinner',
    description: 'Food.',
    city: 'Berlin',
    countryCode: 'DE',
  });
  const ticket = { idempotencyKey: 'ticket', eventId, name: 'Dinner', priceMinor: 1_000 };
  const ticketTypeId = await sellTickets(seller, ticket);
  const order = async (idempotencyKey: string) =>
    orderOf(member, await purchaseTickets(member, { idempotencyKey, ticketTypeId }));
  return { Order: await order('dinner'), SpareOrder: await order('another dinner') };
}
