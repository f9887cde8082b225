import { recordStatements } from '@diaspora/kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refundIds, ticketIds, transferIds } from '../ids.js';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

const size = 20_000;
/** What grows with each sale. Nothing that is done about one purchase reads all of any of them. */
const large = ['purchases', 'purchase_lines', 'purchase_refunds', 'tickets', 'ticket_transfers', 'events'];
const alsoLarge = ['place_holds', 'event_seats', 'registrations', 'waitlist_entries', 'check_ins'];

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
let statements: ReturnType<typeof recordStatements>;
let sale: Awaited<ReturnType<ReturnType<typeof givenTickets>['sale']>>;

beforeAll(async () => {
  events = await givenEvents();
  statements = recordStatements(events.pool);
  tickets = givenTickets(events);
  sale = await tickets.sale({ capacity: 900_000, type: { quota: 900_000, perPersonLimit: 50 } });
  await fill();
  await events.admin().query('VACUUM ANALYZE');
}, 240_000);
afterAll(() => events.stop());

/** Half of all was sold by the one event that is looked at: reading all that is its own would be as bad. */
async function fill(): Promise<void> {
  const { db, clock } = events;
  const now = clock.now();
  const hot = sale.event.id;
  const uuid = (kind: string) => `md5('${kind} ' || n)::uuid`;
  const admin = events.admin();
  await db.$executeRaw`
    INSERT INTO events (id, organizer_id, title, description, language, domain, type, status, visibility, starts_at_local,
      ends_at_local, time_zone, starts_at, ends_at, country_code, tags, search_text, capacity, created_at, updated_at, published_at)
    SELECT md5('event ' || n)::uuid, gen_random_uuid(), 'Event', 'About it.', 'ro', 'OTHERS', 'FREE', 'PUBLISHED', 'PUBLIC',
      '2026-07-01', '2026-07-02', 'UTC', '2026-07-01Z', '2026-07-02Z', 'DE', '{}', 'event', 100, ${now}, ${now}, ${now}
    FROM generate_series(1, ${size}::int) n`;
  const where = `CASE WHEN n % 2 = 0 THEN '${hot}'::uuid ELSE ${uuid('event')} END`;
  const type = `CASE WHEN n % 2 = 0 THEN '${sale.type.id}'::uuid END`;
  for (const statement of [
    `INSERT INTO purchases (id, buyer_id, organizer_id, status, currency, total_minor, paid_minor, expires_at, created_at, completed_at)
     SELECT ${uuid('purchase')}, ${uuid('buyer')}, gen_random_uuid(), 'COMPLETED', 'EUR', 1000, 1000, $1, $1, $1`,
    `INSERT INTO purchase_lines (id, purchase_id, position, ticket_type_id, description, quantity, unit_price_minor,
       unit_fee_minor, discount_minor, refund_percent, parts)
     SELECT ${uuid('line')}, ${uuid('purchase')}, 0, ${type}, 'A ticket', 1, 1000, 0, 0, 0,
       jsonb_build_array(jsonb_build_object('eventId', ${where}, 'places', 1, 'seatIds', '[]'::jsonb)) FROM (SELECT $1::timestamptz) t(at)`,
    `INSERT INTO purchase_refunds (id, purchase_id, amount_minor, reason, status, requested_at)
     SELECT ${uuid('refund')}, ${uuid('purchase')}, 1, 'OTHER', 'REFUNDED', $1`,
    `INSERT INTO tickets (id, purchase_id, line_id, event_id, ticket_type_id, unit, holder_id, price_minor, fee_minor, status, issued_at)
     SELECT ${uuid('ticket')}, ${uuid('purchase')}, ${uuid('line')}, ${where}, ${type}, 0, ${uuid('buyer')}, 1000, 0, 'VALID', $1`,
    `INSERT INTO ticket_transfers (id, ticket_id, from_id, to_id, status, offered_at, ended_at)
     SELECT ${uuid('transfer')}, ${uuid('ticket')}, gen_random_uuid(), ${uuid('buyer')}, 'ACCEPTED', $1, $1`,
    `INSERT INTO registrations (id, event_id, user_id, status, places, confirmed_at)
     SELECT ${uuid('registration')}, ${where}, ${uuid('buyer')}, 'CONFIRMED', 0, $1`,
    `INSERT INTO check_ins (kind, admission_id, event_id, holder_id, is_inside, entered_at)
     SELECT 'TICKET', ${uuid('ticket')}, ${where}, ${uuid('buyer')}, TRUE, $1`,
    `INSERT INTO place_holds (id, event_id, purpose, claim_id, places, expires_at, created_at)
     SELECT ${uuid('hold')}, ${uuid('event')}, 'OFFER', ${uuid('entry')}, 1, $1, $1`,
    `INSERT INTO event_seats (id, event_id, label, position)
     SELECT ${uuid('seat')}, ${uuid('event')}, 'A' || n, n FROM (SELECT $1::timestamptz) t(at)`,
    `INSERT INTO waitlist_entries (id, event_id, user_id, status, places, joined_at)
     SELECT ${uuid('entry')}, ${where}, ${uuid('buyer')}, 'TAKEN', 1, $1`,
  ]) {
    const from = statement.includes('FROM (SELECT') ? ', ' : ' FROM ';
    await admin.query(`${statement}${from}generate_series(1, ${size}) n`, [now]);
  }
  await db.event.update({ where: { id: hot }, data: { ticketedCount: size / 2 } });
  await db.ticketType.update({ where: { id: sale.type.id }, data: { soldCount: size / 2 } });
}

/** What was read from one end to the other, or more of it than one sale can need. */
async function wasteOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent = await statements.during(work);
  const asked = sent.filter(({ text }) => /^\s*(SELECT|UPDATE|DELETE|INSERT[^]*SELECT|WITH)/i.test(text));
  expect(asked.length).toBeGreaterThan(0);
  const waste: string[] = [];
  for (const statement of asked) {
    const plan = await statements.explain(statement);
    const scanned = [...plan.matchAll(/Seq Scan on (\w+)/g)].map(([, table]) => table!);
    const isWasteful = scanned.some((table) => [...large, ...alsoLarge].includes(table));
    if (isWasteful) waste.push(`${statement.text}\n${plan}`);
  }
  return waste;
}

describe(`of ${size} purchases`, () => {
  const bought = async () => {
    const buyer = events.given.person();
    const { purchase, userErrors } = await tickets.buy(buyer, [tickets.line(sale.type)]);
    expect(userErrors).toEqual([]);
    return { buyer, id: purchase.id as string };
  };
  const send = (viewer: Parameters<typeof events.as>[0], field: string, input: object) => {
    const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
    return events
      .as(viewer)
      .execute(`mutation ($input: ${type}!) { ${field}(input: $input) { userErrors { code } } }`, { input });
  };
  const paid = async () => {
    const { buyer, id } = await bought();
    await tickets.paid(id, 1_000);
    const [ticket] = (await tickets.readPurchase(id)).tickets;
    return { buyer, id, ticketId: ticketIds.encode(ticket!.id) };
  };

  it.each<[string, () => Promise<() => Promise<unknown>>]>([
    ['one is begun', async () => bought],
    [
      'one is kept for longer',
      async () => {
        const { buyer, id } = await bought();
        return () => send(buyer.viewer, 'refreshPurchase', { purchaseId: id });
      },
    ],
    [
      'one is given up',
      async () => {
        const { buyer, id } = await bought();
        return () => send(buyer.viewer, 'cancelPurchase', { purchaseId: id });
      },
    ],
    [
      'one is paid',
      async () => {
        const { id } = await bought();
        return () => tickets.paid(id, 1_000);
      },
    ],
    [
      'one is given back, and the money arrives',
      async () => {
        const { id } = await paid();
        return async () => {
          await send(sale.organizer.viewer, 'refundTickets', { idempotencyKey: id, purchaseId: id });
          const [refund] = (await tickets.readPurchase(id)).refunds;
          await tickets.refunded(id, refundIds.encode(refund!.id), 1_000);
        };
      },
    ],
    [
      'a ticket is handed over',
      async () => {
        const { buyer, id, ticketId } = await paid();
        const friend = events.given.person();
        await events.given.known(friend);
        return async () => {
          const input = { idempotencyKey: id, ticketId, recipientId: friend.publicId };
          await send(buyer.viewer, 'transferTicket', input);
          const [offer] = await events.db.ticketTransfer.findMany({ where: { toId: friend.id } });
          const transferId = transferIds.encode(offer!.id);
          await send(friend.viewer, 'acceptTicketTransfer', { transferId });
        };
      },
    ],
    [
      'one expires, and others are asked to be paid back again',
      async () => {
        await bought();
        events.clock.advance(3_600_000);
        return async () => {
          await tickets.runJob('expirePurchases');
          await tickets.runJob('retryRefunds');
        };
      },
    ],
    [
      'one is looked at',
      async () => {
        const { buyer, id, ticketId } = await paid();
        const query = `query ($id: ID!, $ticketId: ID!) {
          purchase(id: $id) { lines { ticketType { leftCount } } tickets { seat transfer { id } } refunds { id } }
          ticket(id: $ticketId) { refundableNow { amountMinor } event { freePlaces ticketTypes { leftCount } } } }`;
        return () => events.as(buyer.viewer).execute(query, { id, ticketId });
      },
    ],
    [
      'people look at theirs',
      async () => {
        const { buyer } = await bought();
        const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User {
          purchases(first: 10) { nodes { id } } tickets(first: 10) { nodes { id } }
          ticketTransfers(first: 10) { nodes { id } } } } }`;
        return () =>
          events.as(buyer.viewer).execute(query, { r: [{ __typename: 'User', id: buyer.publicId }] });
      },
    ],
    [
      'the organizer pages through what was sold',
      async () => {
        const query = `query ($id: ID!, $after: String) { event(id: $id) {
          tickets(first: 10, after: $after) { nodes { id } pageInfo { endCursor } } } }`;
        const client = events.as(sale.organizer.viewer);
        const { data } = await client.execute(query, { id: sale.event.publicId });
        const after = data.event.tickets.pageInfo.endCursor as string;
        return () => client.execute(query, { id: sale.event.publicId, after });
      },
    ],
  ])('only what it is about is read when %s', async (_what, prepare) => {
    const work = await prepare();
    expect(await wasteOf(work)).toEqual([]);
  });

  it('only what one person has of a type is read when another is bought', async () => {
    const buyer = events.given.person();
    const sent = await statements.during(() => tickets.buy(buyer, [tickets.line(sale.type)]));
    for (const statement of sent.filter(({ text }) => /^\s*SELECT/i.test(text) && /tickets/.test(text))) {
      const plan = await statements.explain(statement);
      expect([statement.text, plan.includes('tickets_of_type')]).toEqual([statement.text, false]);
    }
  });

  it('what is being bought of a type is counted without what was bought of it', async () => {
    await bought();
    const sent = await statements.during(() => tickets.buy(events.given.person(), [tickets.line(sale.type)]));
    const counts = sent.filter(({ text }) => /sum\(line\.quantity\)/.test(text));
    expect(counts.length).toBeGreaterThan(0);
    for (const statement of counts)
      expect(await statements.explain(statement)).toContain('purchases_to_expire');
  });
});
