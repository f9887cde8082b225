import { randomUUID } from 'node:crypto';
import { dayMs, signViewer, VIEWER_HEADER, type Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import type { Infrastructure } from '../infrastructure.js';

/** One request to a subgraph, as the router would send it. */
export async function sendTo(
  url: string,
  { secrets }: Pick<Infrastructure, 'secrets'>,
  viewer: Viewer,
  body: { query: string; variables: object },
): Promise<{ data?: Record<string, any>; errors?: { extensions?: { code?: string } }[] }> {
  const header = signViewer(viewer, { secret: secrets.viewerSecret, requestId: randomUUID() });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [VIEWER_HEADER]: header },
    body: JSON.stringify(body),
  });
  return response.json() as never;
}

export const mutation = (field: string, type: string, selection: string) =>
  `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code message } } }`;

export interface Sale {
  readonly organizer: Viewer;
  readonly event: { readonly id: string };
  readonly ticketType: { readonly id: string };
}

/** On a local clock, at an hour that every day has. */
const eveningIn = (days: number) =>
  `${new Date(Date.now() + days * dayMs).toISOString().slice(0, 10)}T18:00:00`;

/** A published event with tickets at 20 euros. `ask` sends a mutation to events and answers its payload. */
export async function openSale(
  ask: (viewer: Viewer, query: string, input: object) => Promise<any>,
  capacity: number,
): Promise<Sale> {
  const organizer = aViewer({ roles: ['EVENT_OWNER', 'SUPER_USER'] });
  const { event } = await ask(organizer, mutation('createEvent', 'CreateEventInput', 'event { id }'), {
    idempotencyKey: randomUUID(),
    ...{ title: 'Harvest', description: 'Music.', language: 'en', domain: 'OTHERS', type: 'FREE' },
    ...{ startsAt: eveningIn(20), endsAt: eveningIn(21), timeZone: 'Europe/Berlin', capacity },
    place: { countryCode: 'DE', city: 'Berlin' },
  });
  await ask(organizer, mutation('publishEvent', 'PublishEventInput', 'event { id }'), { eventId: event.id });
  const { ticketType } = await ask(
    organizer,
    mutation('createTicketType', 'CreateTicketTypeInput', 'ticketType { id }'),
    {
      idempotencyKey: randomUUID(),
      eventId: event.id,
      name: 'Regular',
      price: { amountMinor: 2_000, currency: 'EUR' },
    },
  );
  return { organizer, event, ticketType };
}
