import { randomUUID } from 'node:crypto';
import { publishEvent } from '../actions.js';
import type { Client } from '../client.js';

interface People {
  readonly root: Client;
  readonly ambassador: Client;
  readonly member: Client;
}

const mutation = (field: string, type: string, selection: string) =>
  `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { message } } }`;

/** An event with free tickets of the ambassador's, a packet, a voucher, and what the member has bought. */
export async function makeTickets({ root, ambassador, member }: People): Promise<Record<string, string>> {
  const TicketEvent = await publishEvent(ambassador, {
    idempotencyKey: 'tickets',
    type: 'NATIONAL',
    title: 'Harvest ball',
    description: 'By ticket.',
    city: 'Berlin',
    countryCode: 'DE',
  });
  const free = { price: { amountMinor: 0, currency: 'EUR' } };
  const make = async (field: string, name: string, input: object): Promise<string> => {
    const document = mutation(
      field,
      `${name}Input`,
      `${name.slice(6, 7).toLowerCase()}${name.slice(7)} { id }`,
    );
    const data = await root.must(document, { input: { idempotencyKey: randomUUID(), ...input } });
    return (Object.values(data[field])[0] as { id: string }).id;
  };
  const sell = (name: string) =>
    make('createTicketType', 'CreateTicketType', { eventId: TicketEvent, name, ...free });
  const [TicketType, SpareTicketType] = [await sell('Free'), await sell('Free, too')];
  const Packet = await make('createPacket', 'CreatePacket', {
    title: 'Both',
    seats: 10,
    isOnSale: true,
    inclusions: [{ eventId: TicketEvent, seats: 1 }],
    ...free,
  });
  const Voucher = await make('createVoucher', 'CreateVoucher', { code: 'HARVEST', percent: 10 });
  const buy = async () => {
    const document = mutation('purchaseTickets', 'PurchaseTicketsInput', 'purchase { id tickets { id } }');
    const lines = [{ ticketTypeId: TicketType, quantity: 1 }];
    const { purchaseTickets } = await member.must(document, {
      input: { idempotencyKey: randomUUID(), lines },
    });
    return {
      purchase: purchaseTickets.purchase.id as string,
      ticket: purchaseTickets.purchase.tickets[0].id as string,
    };
  };
  const [one, two, three] = [await buy(), await buy(), await buy()];
  return {
    TicketEvent,
    TicketType,
    SpareTicketType,
    Packet,
    Voucher,
    Purchase: one.purchase,
    Ticket: one.ticket,
    SparePurchase: two.purchase,
    SpareTicket: three.ticket,
  };
}
