import type { Viewer } from '@diaspora/kit';
import type { Packet, TicketType } from '../__generated__/prisma/client.js';
import { inclusionIds, orderIds, packetIds, purchaseIds, ticketTypeIds, userIds } from '../ids.js';
import type { givenEvents } from './given.js';

type Events = Awaited<ReturnType<typeof givenEvents>>;
type Person = ReturnType<Events['given']['person']>;

export const ticketTypeFields =
  'id name price { amountMinor currency } quota soldCount leftCount version isOnSale';
export const purchaseFields =
  'id status endReason total { amountMinor currency } tickets { id status event { id } price { amountMinor } fee { amountMinor } seat } refunds { amount { amountMinor } status reason }';

/** What is sold, and people who buy it. */
export function givenTickets(events: Pick<Events, 'db' | 'clock' | 'given' | 'as' | 'subgraph'>) {
  const { db, clock, given } = events;

  const eventOwner = (overrides: Partial<Viewer> = {}): Person =>
    given.person({ roles: ['EVENT_OWNER'], ...overrides });

  /** A type at 10 euros without an end, unless said otherwise. */
  async function ticketType({ id: eventId }: { id: string }, overrides: Partial<TicketType> = {}) {
    const now = clock.now();
    const row = await db.ticketType.create({
      data: {
        id: ticketTypeIds.create(),
        eventId,
        name: 'Regular',
        priceMinor: 1_000n,
        feeMinor: 0n,
        currency: 'EUR',
        refundPercent: 0,
        createdAt: now,
        updatedAt: now,
        ...overrides,
      },
    });
    return { ...row, publicId: ticketTypeIds.encode(row.id) };
  }

  /** An event of an event owner with one type of ticket. */
  async function sale(
    options: { capacity?: number | null; type?: Partial<TicketType>; organizer?: Person } = {},
  ) {
    const organizer = options.organizer ?? eventOwner();
    const event = await given.event({ organizerId: organizer.id, capacity: options.capacity ?? null });
    return { organizer, event, type: await ticketType(event, options.type) };
  }

  async function packet(
    organizer: { id: string },
    parts: readonly { event: { id: string }; seats?: number }[],
    overrides: Partial<Packet> = {},
  ) {
    const now = clock.now();
    const row = await db.packet.create({
      data: {
        id: packetIds.create(),
        organizerId: organizer.id,
        title: 'Festival pass',
        priceMinor: 3_000n,
        feeMinor: 0n,
        currency: 'EUR',
        seats: 1_000,
        isOnSale: true,
        refundPercent: 0,
        createdAt: now,
        updatedAt: now,
        ...overrides,
        inclusions: {
          create: parts.map(({ event, seats = 1 }) => ({
            id: inclusionIds.create(),
            eventId: event.id,
            seats,
          })),
        },
      },
    });
    return { ...row, publicId: packetIds.encode(row.id) };
  }

  const line = (what: { publicId: string }, quantity = 1, more: object = {}) => ({
    ...(what.publicId.startsWith('pkt') ? { packetId: what.publicId } : { ticketTypeId: what.publicId }),
    quantity,
    ...more,
  });

  const PURCHASE = `mutation ($input: PurchaseTicketsInput!) {
    purchaseTickets(input: $input) {
      purchase { ${purchaseFields} }
      userErrors { __typename code message path ... on SoldOutError { isWaitlistOpen }
        ... on PriceChangedError { total { amountMinor currency } } }
    }
  }`;

  /** Buys through the API of an instance; the payload, or the errors. */
  async function buy(
    buyer: { viewer: Viewer },
    lines: object[],
    { instance = events, ...input }: { instance?: Pick<Events, 'as'>; [field: string]: unknown } = {},
  ): Promise<any> {
    const answer = await instance.as(buyer.viewer).execute(PURCHASE, {
      input: { idempotencyKey: crypto.randomUUID(), lines, ...input },
    });
    return answer.data?.['purchaseTickets'] ?? answer;
  }

  /** What payments tells, as the bus would deliver it. */
  async function tell(
    type: string,
    data: { purchaseId: string; [field: string]: unknown },
    instance: Pick<Events, 'db' | 'subgraph'> = events,
  ): Promise<void> {
    const handler = instance.subgraph.handlers!.find(
      (each) => each.source === 'payments' && each.type === type,
    )!;
    const orderId = orderIds.encode(purchaseIds.decode(data.purchaseId));
    const message = {
      id: crypto.randomUUID(),
      source: 'payments',
      type,
      key: data.purchaseId,
      time: clock.now(),
      requestId: undefined,
      traceparent: undefined,
      data: handler.schema.parse({ orderId, ...data }),
    };
    await instance.db.$transaction((tx) => handler.handle(message, tx as never));
  }

  const at = () => clock.now().toISOString();
  const paid = (
    purchaseId: string,
    amountMinor: number | bigint,
    instance?: Pick<Events, 'db' | 'subgraph'>,
  ) =>
    tell(
      'order.paid',
      { purchaseId, amountMinor: `${amountMinor}`, currency: 'EUR', paidAt: at() },
      instance,
    );
  const refunded = (purchaseId: string, refundId: string, amountMinor: number | bigint) =>
    tell('order.refunded', {
      purchaseId,
      refundId,
      amountMinor: `${amountMinor}`,
      currency: 'EUR',
      refundedAt: at(),
    });

  const runJob = (name: string, payload: object = {}): Promise<void> =>
    events.subgraph.jobs![name]!.run(payload as never, {} as never);

  const readPurchase = async (id: string) => {
    const purchase = await db.purchase.findUniqueOrThrow({
      where: { id: purchaseIds.decode(id) },
      include: { tickets: { orderBy: { id: 'asc' } }, refunds: { orderBy: { id: 'asc' } } },
    });
    return purchase;
  };

  /** Registered, ticketed and held places of an event now. */
  async function placesOf({ id }: { id: string }) {
    const { registeredCount, ticketedCount } = await db.event.findUniqueOrThrow({ where: { id } });
    const held = await db.placeHold.aggregate({
      where: { eventId: id, expiresAt: { gt: clock.now() } },
      _sum: { places: true },
    });
    return { registered: registeredCount, ticketed: ticketedCount, held: held._sum.places ?? 0 };
  }

  return {
    tell,
    paid,
    refunded,
    runJob,
    readPurchase,
    placesOf,
    eventOwner,
    ticketType,
    sale,
    packet,
    line,
    buy,
    userId: (id: string) => userIds.encode(id),
  };
}
