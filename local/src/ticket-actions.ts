/** Selling, buying and paying through the public API. */
import { eventually } from './actions.js';
import type { Client } from './client.js';

const failures = 'userErrors { code message }';

/** Lets somebody sell tickets for events of their own. For super users; the other one needs new tokens then. */
export async function makeEventOwner(client: Client, userId: string): Promise<void> {
  await client.must(
    `mutation ($input: GrantEventOwnerInput!) { grantEventOwner(input: $input) { user { id } ${failures} } }`,
    { input: { userId, reason: 'Sells tickets.' } },
  );
}

export async function sellTickets(
  client: Client,
  { priceMinor, ...input }: { idempotencyKey: string; eventId: string; name: string; priceMinor: number },
): Promise<string> {
  const price = { amountMinor: priceMinor, currency: 'EUR' };
  const made = await client.must(
    `mutation ($input: CreateTicketTypeInput!) { createTicketType(input: $input) { ticketType { id } ${failures} } }`,
    { input: { ...input, price } },
  );
  return made.createTicketType.ticketType.id as string;
}

/** Wishes for tickets; their places are kept until they are paid. Answers the purchase. */
export async function purchaseTickets(
  client: Client,
  {
    ticketTypeId,
    quantity = 1,
    ...input
  }: { idempotencyKey: string; ticketTypeId: string; quantity?: number },
): Promise<string> {
  const made = await client.must(
    `mutation ($input: PurchaseTicketsInput!) { purchaseTickets(input: $input) { purchase { id } ${failures} } }`,
    { input: { ...input, lines: [{ ticketTypeId, quantity }] } },
  );
  return made.purchaseTickets.purchase.id as string;
}

const testCard = { sandboxCard: { number: '4242424242424242' } };

/** The order of a purchase, as soon as payments has it: it is null until then, and whole from then on. */
export const orderOf = (client: Client, purchaseId: string): Promise<string> =>
  eventually(async () => {
    const { purchase } = await client.must(
      `query ($id: ID!) { purchase(id: $id) { order { id status total { amountMinor } } } }`,
      { id: purchaseId },
    );
    return purchase.order ? (purchase.order.id as string) : undefined;
  }, 'the order of a purchase');

/** Pays as soon as payments has the order, by a test card. Answers the order. */
export async function payPurchase(client: Client, purchaseId: string): Promise<string> {
  const orderId = await orderOf(client, purchaseId);
  await client.must(
    `mutation ($input: PayOrderInput!) { payOrder(input: $input) { order { id } ${failures} } }`,
    { input: { idempotencyKey: `pay ${purchaseId}`, orderId, paymentMethod: testCard } },
  );
  return orderId;
}

/** Waits for the tickets of a purchase that was paid. */
export const ticketsOf = (client: Client, purchaseId: string): Promise<string[]> =>
  eventually(async () => {
    const { purchase } = await client.must(
      `query ($id: ID!) { purchase(id: $id) { status tickets { id } } }`,
      { id: purchaseId },
    );
    return purchase.status === 'COMPLETED'
      ? (purchase.tickets as { id: string }[]).map(({ id }) => id)
      : undefined;
  }, 'the tickets of a purchase');
