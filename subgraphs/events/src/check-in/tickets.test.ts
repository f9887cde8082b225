import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

const codeOf = `query ($id: ID!) { ticket(id: $id) { checkInCode { text } } }`;
const transfer = `mutation ($ticketId: ID!, $recipientId: ID!) {
  transferTicket(input: { idempotencyKey: "k", ticketId: $ticketId, recipientId: $recipientId }) { transfer { id } userErrors { code } } }`;
const accept = `mutation ($id: ID!) { acceptTicketTransfer(input: { transferId: $id }) { userErrors { code } } }`;
const checkIn = `mutation ($input: CheckInInput!) { checkIn(input: $input) { scan { refusal user { id } } userErrors { code } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

it('a ticket lets its holder in; once handed over, the code of before lets nobody in', async () => {
  const tickets = givenTickets(events);
  const { organizer, event, type } = await tickets.sale({ type: { priceMinor: 0n } });
  const startsAt = new Date(events.clock.now().getTime() + 3_600_000);
  await events.db.event.update({ where: { id: event.id }, data: { startsAt } });
  const [ana, ben] = [events.given.person(), events.given.person()];
  await events.given.known(ben);
  const { purchase } = await tickets.buy(ana, [tickets.line(type, 2)]);
  const [first, second] = purchase.tickets as { id: string }[];
  const code = async ({ viewer }: typeof ana, id: string) => {
    const { data, codes } = await events.as(viewer).execute(codeOf, { id });
    return (data.ticket?.checkInCode?.text as string | undefined) ?? codes[0];
  };
  let nonces = 0;
  const scan = async (scanned: string) => {
    const input = { eventId: event.publicId, nonce: `n${++nonces}`, code: scanned };
    return (await events.as(organizer.viewer).execute(checkIn, { input })).data.checkIn.scan;
  };
  const old = (await code(ana, first!.id))!;
  expect(await scan((await code(ana, second!.id))!)).toEqual({ refusal: null, user: { id: ana.publicId } });
  const offered = await events
    .as(ana.viewer)
    .execute(transfer, { ticketId: first!.id, recipientId: ben.publicId });
  await events.as(ben.viewer).execute(accept, { id: offered.data.transferTicket.transfer.id });
  expect(await scan(old)).toMatchObject({ refusal: 'OUTDATED_CODE' });
  expect(await code(ana, first!.id)).toBe('FORBIDDEN');
  expect(await scan((await code(ben, first!.id))!)).toEqual({ refusal: null, user: { id: ben.publicId } });
});

it('scans that arrive late count for whoever held the ticket, and not for whom it was handed over to', async () => {
  const tickets = givenTickets(events);
  const { organizer, event, type } = await tickets.sale({ type: { priceMinor: 0n } });
  const startsAt = new Date(events.clock.now().getTime() + 3_600_000);
  await events.db.event.update({ where: { id: event.id }, data: { startsAt } });
  const [ana, ben] = [events.given.person(), events.given.person()];
  await events.given.known(ben);
  const { purchase } = await tickets.buy(ana, [tickets.line(type)]);
  const [{ id }] = purchase.tickets as [{ id: string }];
  const code = async ({ viewer }: typeof ana) =>
    (await events.as(viewer).execute(codeOf, { id })).data.ticket.checkInCode.text as string;
  const old = await code(ana);
  const scannedAt = events.clock.now().toISOString();
  events.clock.advance(60_000);
  const offered = await events.as(ana.viewer).execute(transfer, { ticketId: id, recipientId: ben.publicId });
  await events.as(ben.viewer).execute(accept, { id: offered.data.transferTicket.transfer.id });
  const { data } = await events
    .as(organizer.viewer)
    .execute(
      `mutation ($input: UploadScansInput!) { uploadScans(input: $input) { scans { user { id } conflicts } } }`,
      {
        input: {
          eventId: event.publicId,
          scans: [
            { nonce: 'late-code', code: old, direction: 'IN', scannedAt },
            { nonce: 'late-name', admissionId: id, direction: 'OUT', scannedAt },
          ],
        },
      },
    );
  expect(data.uploadScans.scans.map(({ user }: { user: { id: string } }) => user.id)).toEqual([
    ana.publicId,
    ana.publicId,
  ]);
  const input = { eventId: event.publicId, nonce: 'now', code: await code(ben), direction: 'IN' };
  const now = await events.as(organizer.viewer).execute(checkIn, { input });
  expect(now.data.checkIn.scan).toEqual({ refusal: null, user: { id: ben.publicId } });
  const rows = await events.db.checkIn.findMany({
    where: { eventId: event.id },
    orderBy: { isInside: 'asc' },
  });
  expect(rows.map(({ holderId, isInside }) => [holderId, isInside])).toEqual([
    [ana.id, false],
    [ben.id, true],
  ]);
});
