import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AllowancePurpose } from './__generated__/prisma/client.js';
import { givenTickets } from './testing/given-tickets.js';
import { dayMs, givenEvents } from './testing/given.js';

const act = (name: string, field: string) => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${field} userErrors { code } } }`;
};

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

type Person = ReturnType<typeof events.given.person>;

async function run({ viewer }: Person, name: string, input: object, field = '__typename') {
  const { data, codes } = await events.as(viewer).execute(act(name, field), { input });
  return { ...data?.[name], refusal: codes[0] ?? data?.[name].userErrors[0]?.code ?? null };
}

/** Invites somebody to organize an event and takes it back, or the same with a ticket: over and over. */
async function coHostLoop() {
  const [sender, other] = [events.given.person(), events.given.person()];
  await events.given.known(other);
  const { publicId: eventId } = await events.given.event({ organizerId: sender.id });
  const whom = { eventId, userId: other.publicId };
  const told = async () =>
    (await events.published(eventId)).filter(({ type }) => type === 'coHost.invited').length;
  return {
    ...{ sender, told },
    begin: () => run(sender, 'inviteCoHost', whom),
    takeBack: () => run(sender, 'removeCoHost', whom),
  };
}

async function transferLoop() {
  const { event, type } = await tickets.sale({ type: { priceMinor: 0n } });
  const [sender, other] = [events.given.person(), events.given.person()];
  await events.given.known(other);
  const { purchase } = await tickets.buy(sender, [tickets.line(type)]);
  const wish = { ticketId: purchase.tickets[0].id, recipientId: other.publicId };
  let last: string | undefined;
  const told = async () =>
    (await events.published(event.publicId)).filter((each) => each.type === 'ticket.transferOffered').length;
  return {
    ...{ sender, told },
    begin: async () => {
      const key = { idempotencyKey: crypto.randomUUID() };
      const offered = await run(sender, 'transferTicket', { ...key, ...wish }, 'transfer { id }');
      last = offered.transfer?.id ?? last;
      return offered;
    },
    takeBack: () => run(sender, 'withdrawTicketTransfer', { transferId: last }),
  };
}

describe.each([
  ['invitations of co-hosts', 'CO_HOST_INVITATIONS', coHostLoop, 200],
  ['offers of tickets', 'TICKET_TRANSFERS', transferLoop, 500],
] as const)('of %s', (_what, purpose: AllowancePurpose, loop, most) => {
  it('one person makes so many a day, taken back or not, and more on the next', async () => {
    const { sender, begin, takeBack, told } = await loop();
    const where = { personId_purpose: { personId: sender.id, purpose } };
    expect((await begin()).refusal).toBeNull();
    expect(await events.db.allowance.findUnique({ where })).toMatchObject({ used: 1 });
    expect((await takeBack()).refusal).toBeNull();
    await events.db.allowance.update({ where, data: { used: most - 1 } });
    expect((await begin()).refusal).toBeNull();
    expect((await takeBack()).refusal).toBeNull();
    expect((await begin()).refusal).toBe('RATE_LIMITED');
    expect(await told()).toBe(2);
    events.clock.advance(dayMs);
    expect((await begin()).refusal).toBeNull();
    expect(await told()).toBe(3);
  });
});

it('the last of a day is had by one of several at once', async () => {
  const sender = events.given.person();
  const people = Array.from({ length: 4 }, () => events.given.person());
  for (const person of people) await events.given.known(person);
  const spent = { personId: sender.id, purpose: 'CO_HOST_INVITATIONS', day: events.clock.now() } as const;
  await events.db.allowance.create({ data: { ...spent, used: 199 } });
  const attempts = people.map(async ({ publicId: userId }) => {
    const { publicId: eventId } = await events.given.event({ organizerId: sender.id });
    return (await run(sender, 'inviteCoHost', { eventId, userId })).refusal;
  });
  const refusals = await Promise.all(attempts);
  expect(refusals.filter((refusal) => refusal === null)).toHaveLength(1);
  expect(refusals.filter((refusal) => refusal === 'RATE_LIMITED')).toHaveLength(3);
});
