import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Viewer } from '@diaspora/kit';
import { aViewer } from '@diaspora/kit/testing';
import { ticketIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

const price = { amountMinor: 1_000, currency: 'EUR' };

/** Sends a mutation; its payload, or the codes of its errors. */
async function send(viewer: Viewer | null, field: string, selection: string, input: object): Promise<any> {
  const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code message } } }`;
  const { data, codes } = await events.as(viewer).execute(query, { input });
  return codes.length > 0 ? codes : data[field];
}
const codesOf = (answer: any): string[] =>
  Array.isArray(answer) ? answer : answer.userErrors.map(({ code }: { code: string }) => code);

const newType = (eventId: string, more: object = {}) => ({
  ...{ idempotencyKey: crypto.randomUUID(), eventId, name: 'Regular', price },
  ...more,
});

describe('who sells tickets', () => {
  const viewers: [string, (organizerId: string) => Viewer | null, string[], string[]][] = [
    ['nobody', () => null, ['UNAUTHENTICATED'], ['UNAUTHENTICATED']],
    ['a stranger', () => aViewer(), ['FORBIDDEN'], ['NOT_FOUND']],
    ['another event owner', () => aViewer({ roles: ['EVENT_OWNER'] }), ['FORBIDDEN'], ['NOT_FOUND']],
    ['the organizer without the role', (id) => aViewer({ id }), ['FORBIDDEN'], []],
    ['the organizer, an event owner', (id) => aViewer({ id, roles: ['EVENT_OWNER'] }), [], []],
    ['a super user', () => aViewer({ roles: ['SUPER_USER'] }), [], []],
    [
      'a program that may look',
      () => aViewer({ kind: 'service', scopes: ['tickets:read'] }),
      ['FORBIDDEN'],
      ['FORBIDDEN'],
    ],
  ];

  it.each(viewers)('%s', async (_who, viewerOf, making, giving) => {
    const { event, type, organizer } = await tickets.sale();
    const viewer = viewerOf(organizer.id);
    expect(
      codesOf(await send(viewer, 'createTicketType', 'ticketType { id }', newType(event.publicId))),
    ).toEqual(making);
    const types = await events.db.ticketType.count({ where: { eventId: event.id } });
    expect(types).toBe(making.length === 0 ? 2 : 1);
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type)]);
    await tickets.paid(purchase.id, 1000);
    const refund = { idempotencyKey: crypto.randomUUID(), purchaseId: purchase.id };
    expect(codesOf(await send(viewer, 'refundTickets', 'purchase { id }', refund))).toEqual(giving);
    const { tickets: left } = await tickets.readPurchase(purchase.id);
    expect(left[0]!.status).toBe(giving.length === 0 ? 'CANCELLED' : 'VALID');
  });

  it.each([
    ['the organizer', 'organizer', { soldCount: 1, leftCount: 49 }],
    ['a super user', 'root', { soldCount: 1, leftCount: 49 }],
    ['a program that may look', 'program', { soldCount: 1, leftCount: 49 }],
    ['the buyer', 'buyer', { soldCount: null, leftCount: 20 }],
    ['nobody', 'nobody', { soldCount: null, leftCount: 20 }],
  ] as const)('and who sees how much is sold: %s', async (_name, who, shown) => {
    const { event, type, organizer } = await tickets.sale({ type: { priceMinor: 0n, quota: 50 } });
    const packet = await tickets.packet(organizer, [{ event }], { priceMinor: 0n, seats: 50 });
    const buyer = events.given.person();
    await tickets.buy(buyer, [tickets.line(type), tickets.line(packet)]);
    const viewers = {
      ...{ buyer: buyer.viewer, organizer: organizer.viewer, nobody: null },
      root: aViewer({ roles: ['SUPER_USER'] }),
      program: aViewer({ kind: 'service', scopes: ['tickets:read', 'events:read'] }),
    };
    const { data } = await events.as(viewers[who]).execute(
      `query ($event: ID!, $packet: ID!) {
        event(id: $event) { ticketTypes { soldCount leftCount } } packet(id: $packet) { soldCount leftCount } }`,
      { event: event.publicId, packet: packet.publicId },
    );
    expect(data.event.ticketTypes).toEqual([shown]);
    expect(data.packet).toEqual(shown);
  });

  it.each([
    ['the buyer', 'buyer', true, false],
    ['the organizer', 'organizer', true, true],
    ['a stranger', 'stranger', false, false],
    ['nobody', 'nobody', false, false],
    ['a super user', 'root', true, true],
    ['a program that may look', 'program', true, true],
  ] as const)('and who sees what was bought: %s', async (_name, who, seesPurchase, seesList) => {
    const { event, type, organizer } = await tickets.sale();
    const buyer = events.given.person();
    const { purchase } = await tickets.buy(buyer, [tickets.line(type)]);
    await tickets.paid(purchase.id, 1000);
    const [ticket] = (await tickets.readPurchase(purchase.id)).tickets;
    const viewers = {
      ...{ buyer: buyer.viewer, organizer: organizer.viewer, stranger: aViewer(), nobody: null },
      root: aViewer({ roles: ['SUPER_USER'] }),
      program: aViewer({ kind: 'service', scopes: ['tickets:read'] }),
    };
    const ask = events.as(viewers[who]);
    const refs = [
      { __typename: 'Purchase', id: purchase.id },
      { __typename: 'Ticket', id: ticketIds.encode(ticket!.id) },
    ];
    const entities = await ask.execute(
      `query ($refs: [_Any!]!) { _entities(representations: $refs) {
        ... on Purchase { total { amountMinor } } ... on Ticket { price { amountMinor } } } }`,
      { refs },
    );
    const seen = [{ total: { amountMinor: 1000 } }, { price: { amountMinor: 1000 } }];
    expect(entities.data._entities).toEqual(seesPurchase ? seen : [null, null]);
    const list = await ask.execute(
      `query ($id: ID!) { event(id: $id) { tickets(first: 5) { nodes { id } } } }`,
      {
        id: event.publicId,
      },
    );
    expect(list.data?.event?.tickets?.nodes.length ?? 0).toBe(seesList ? 1 : 0);
  });
});

describe('types of tickets', () => {
  it('are changed by version, not below what is sold, and not deleted while somebody has one', async () => {
    const { organizer, type } = await tickets.sale();
    const change = (more: object) =>
      send(organizer.viewer, 'updateTicketType', 'ticketType { name quota version }', {
        ticketTypeId: type.publicId,
        ...more,
      });
    expect(await change({ expectedVersion: 1, name: 'Students', quota: 3 })).toMatchObject({
      ticketType: { name: 'Students', quota: 3, version: 2 },
    });
    expect(await change({ expectedVersion: 1, name: 'Late' })).toMatchObject({
      ticketType: { name: 'Students' },
      userErrors: [{ code: 'CONFLICT' }],
    });
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type, 2)]);
    expect(codesOf(await change({ expectedVersion: 2, quota: 1 }))).toEqual(['INVALID_INPUT']);
    const remove = () =>
      send(organizer.viewer, 'deleteTicketType', 'deletedTicketTypeId', { ticketTypeId: type.publicId });
    expect(codesOf(await remove())).toEqual(['HAS_HOLDERS']);
    await tickets.paid(purchase.id, 2000);
    expect(codesOf(await remove())).toEqual(['HAS_HOLDERS']);
    await send(organizer.viewer, 'refundTickets', 'purchase { id }', {
      idempotencyKey: 'all',
      purchaseId: purchase.id,
    });
    expect(await remove()).toMatchObject({ deletedTicketTypeId: type.publicId, userErrors: [] });
  });

  it('make registering for the event a purchase', async () => {
    const { event } = await tickets.sale();
    const answer = await send(aViewer(), 'registerForEvent', 'event { id }', { eventId: event.publicId });
    expect(codesOf(answer)).toEqual(['TICKET_REQUIRED']);
  });
});

describe('numbered seats', () => {
  it('go to one ticket each, chosen or the first that is free, and stay while somebody has them', async () => {
    const { organizer, event, type } = await tickets.sale();
    const plan = (labels: string[], expectedVersion: number) =>
      send(
        organizer.viewer,
        'changeEventSeats',
        'event { capacity seats(first: 9) { nodes { id label isFree } } }',
        {
          eventId: event.publicId,
          expectedVersion,
          numberedSeats: labels.map((label) => ({ label })),
        },
      );
    const made = await plan(['A1', 'A2', 'A3'], 1);
    expect(made.event).toMatchObject({
      capacity: 3,
      seats: { nodes: [{ label: 'A1' }, { label: 'A2' }, { label: 'A3' }] },
    });
    const second = made.event.seats.nodes[1].id;
    const chosen = await tickets.buy(events.given.person(), [tickets.line(type, 1, { seatIds: [second] })]);
    await tickets.paid(chosen.purchase.id, 1000);
    const taken = await tickets.buy(events.given.person(), [tickets.line(type, 1, { seatIds: [second] })]);
    expect(codesOf(taken)).toEqual(['SEAT_TAKEN']);
    const rest = await tickets.buy(events.given.person(), [tickets.line(type, 2)]);
    await tickets.paid(rest.purchase.id, 2000);
    const labels = await events.db.ticket.findMany({
      where: { eventId: event.id },
      include: { seat: true },
      orderBy: { seat: { position: 'asc' } },
    });
    expect(labels.map(({ seat }) => seat!.label)).toEqual(['A1', 'A2', 'A3']);
    expect(codesOf(await plan(['A1', 'A3', 'B1'], 2))).toEqual(['HAS_HOLDERS']);
  });
});

describe('packets', () => {
  const newPacket = (inclusions: { eventId: string; seats: number }[]) => ({
    ...{ idempotencyKey: crypto.randomUUID(), title: 'Pass', seats: 5, price, inclusions, isOnSale: true },
  });

  it('are bundles of one event owner, changed by version and kept as they are while somebody has one', async () => {
    const { organizer, event } = await tickets.sale();
    const { event: foreign } = await tickets.sale();
    const other = await events.given.event({ organizerId: organizer.id });
    const create = (viewer: Viewer, ids: string[]) =>
      send(
        viewer,
        'createPacket',
        'packet { id version }',
        newPacket(ids.map((eventId) => ({ eventId, seats: 1 }))),
      );
    expect(codesOf(await create(organizer.viewer, [foreign.publicId]))).toEqual(['FORBIDDEN']);
    expect(codesOf(await create(aViewer({ id: organizer.id }), [event.publicId]))).toEqual(['FORBIDDEN']);
    const { packet } = await create(organizer.viewer, [event.publicId]);
    const include = { packetId: packet.id, expectedVersion: 1, eventId: other.publicId, seats: 2 };
    expect(
      await send(organizer.viewer, 'includeEvent', 'packet { version inclusions { seats } }', include),
    ).toMatchObject({
      packet: { version: 2, inclusions: [{ seats: 1 }, { seats: 2 }] },
    });
    await tickets.buy(events.given.person(), [tickets.line({ publicId: packet.id })]);
    const exclude = { packetId: packet.id, expectedVersion: 2, eventId: other.publicId };
    expect(codesOf(await send(organizer.viewer, 'excludeEvent', 'packet { id }', exclude))).toEqual([
      'HAS_HOLDERS',
    ]);
    expect(
      codesOf(await send(organizer.viewer, 'deletePacket', 'deletedPacketId', { packetId: packet.id })),
    ).toEqual(['HAS_HOLDERS']);
    const seats = { packetId: packet.id, expectedVersion: 2, seats: 1 };
    expect(codesOf(await send(organizer.viewer, 'changePacketSeats', 'packet { seats }', seats))).toEqual([]);
    const buyer = events.given.person();
    expect(codesOf(await tickets.buy(buyer, [tickets.line({ publicId: packet.id })]))).toEqual(['SOLD_OUT']);
  });
});

describe('vouchers', () => {
  it('make a purchase cheaper as often as they may, for what they are good for', async () => {
    const { organizer, event, type } = await tickets.sale();
    const elsewhere = await tickets.sale({ organizer });
    const voucher = {
      idempotencyKey: 'v',
      code: 'spring-10',
      percent: 10,
      maxUses: 1,
      eventId: event.publicId,
    };
    expect(codesOf(await send(aViewer(), 'createVoucher', 'voucher { id }', voucher))).toEqual(['FORBIDDEN']);
    const made = await send(organizer.viewer, 'createVoucher', 'voucher { code }', voucher);
    expect(made.voucher).toEqual({ code: 'SPRING-10' });
    const buy = (line: object, voucherCode: string) =>
      tickets.buy(events.given.person(), [line], { voucherCode });
    expect(codesOf(await buy(tickets.line(elsewhere.type), 'SPRING-10'))).toEqual(['VOUCHER_REFUSED']);
    expect(codesOf(await buy(tickets.line(type), 'AUTUMN'))).toEqual(['VOUCHER_REFUSED']);
    const uses = await Promise.all([1, 2, 3, 4].map(() => buy(tickets.line(type), ' spring-10 ')));
    const won = uses.filter(({ purchase }) => purchase !== null);
    expect(won.map(({ purchase }) => purchase.total.amountMinor)).toEqual([900]);
  });
});

describe('a code of vouchers', () => {
  it('is of one of them, also when several are made at once', async () => {
    const organizer = tickets.eventOwner();
    const make = (key: string) =>
      send(organizer.viewer, 'createVoucher', 'voucher { id }', {
        ...{ idempotencyKey: key, code: 'TWICE', percent: 5 },
      });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(make));
    expect(answers.flatMap(codesOf).sort()).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT']);
    expect(await events.db.voucher.count({ where: { organizerId: organizer.id } })).toBe(1);
  });
});

describe('a ticket that is offered to somebody else', () => {
  it('is theirs when they accept it, under a new code, and no more the giver’s to give back', async () => {
    const { event, type } = await tickets.sale();
    const [giver, receiver] = [events.given.person(), events.given.person()];
    await events.given.known(receiver);
    const { purchase } = await tickets.buy(giver, [tickets.line(type)]);
    await tickets.paid(purchase.id, 1000);
    const [ticket] = (await tickets.readPurchase(purchase.id)).tickets;
    const offer = (viewer: Viewer) =>
      send(viewer, 'transferTicket', 'transfer { id status }', {
        idempotencyKey: crypto.randomUUID(),
        ticketId: ticketIds.encode(ticket!.id),
        recipientId: receiver.publicId,
      });
    expect(codesOf(await offer(receiver.viewer))).toEqual(['NOT_FOUND']);
    const { transfer } = await offer(giver.viewer);
    expect(codesOf(await offer(giver.viewer))).toEqual(['CONFLICT']);
    const accept = (viewer: Viewer) =>
      send(viewer, 'acceptTicketTransfer', 'transfer { status } ticket { codeVersion holder { id } }', {
        transferId: transfer.id,
      });
    expect(codesOf(await accept(giver.viewer))).toEqual(['NOT_FOUND']);
    const accepted = {
      transfer: { status: 'ACCEPTED' },
      ticket: { codeVersion: 2, holder: { id: receiver.publicId } },
      userErrors: [],
    };
    expect(await accept(receiver.viewer)).toEqual(accepted);
    expect(await accept(receiver.viewer)).toEqual(accepted);
    const participants = await events.db.registration.findMany({ where: { eventId: event.id } });
    expect(new Map(participants.map(({ userId, status }) => [userId, status]))).toEqual(
      new Map([
        [giver.id, 'CANCELLED'],
        [receiver.id, 'CONFIRMED'],
      ]),
    );
    const refund = { idempotencyKey: crypto.randomUUID(), purchaseId: purchase.id };
    expect(codesOf(await send(giver.viewer, 'refundTickets', 'purchase { id }', refund))).toEqual([
      'CONFLICT',
    ]);
  });

  it('goes to nobody who is not there, and to nobody who has blocked the giver', async () => {
    const { type } = await tickets.sale({ type: { priceMinor: 0n } });
    const [giver, nobody, blocker] = [events.given.person(), events.given.person(), events.given.person()];
    await events.given.known(blocker);
    await events.db.block.create({
      data: { blockerId: blocker.id, blockedId: giver.id, isActive: true, version: 1 },
    });
    const { purchase } = await tickets.buy(giver, [tickets.line(type)]);
    const offer = async (recipientId: string) =>
      (
        await send(giver.viewer, 'transferTicket', 'transfer { id }', {
          ...{ idempotencyKey: crypto.randomUUID(), ticketId: purchase.tickets[0].id, recipientId },
        })
      ).userErrors;
    expect(await offer(nobody.publicId)).toEqual([
      { code: 'NOT_FOUND', message: 'There is no such person.' },
    ]);
    expect(await offer(blocker.publicId)).toMatchObject([{ code: 'CONFLICT' }]);
    expect(await events.db.ticketTransfer.count({ where: { fromId: giver.id } })).toBe(0);
  });
});
