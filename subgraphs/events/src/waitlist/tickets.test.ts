import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { givenEvents, hourMs } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

const join = `mutation ($id: ID!) { joinWaitlist(input: { eventId: $id }) { entry { status } userErrors { code } } }`;
const look = `query ($id: ID!) { event(id: $id) { viewerWaitlistEntry { status }
  viewerEligibility { reasonCode nextStep } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

type Person = ReturnType<typeof events.given.person>;

describe('the waitlist of an event that is attended by ticket', () => {
  /** One place, for which somebody is paying, and two who wait. */
  async function scene() {
    const { event, type } = await tickets.sale({ capacity: 1 });
    const payer = events.given.person();
    const { purchase } = await tickets.buy(payer, [tickets.line(type)]);
    const people = [events.given.person(), events.given.person()] as const;
    for (const { viewer } of people) await events.as(viewer).execute(join, { id: event.publicId });
    const seen = async ({ viewer }: Person) =>
      (await events.as(viewer).execute(look, { id: event.publicId })).data.event;
    const cancelled = () =>
      tickets.tell('order.cancelled', { purchaseId: purchase.id, cancelledAt: '2026-06-01T12:00:00.000Z' });
    const buy = (person: Person) => tickets.buy(person, [tickets.line(type)]);
    return { event, people, seen, buy, cancelled };
  }

  it('is joined while others pay, and offers the place when they do not', async () => {
    const { people, seen, cancelled } = await scene();
    expect(await seen(people[0])).toMatchObject({
      viewerWaitlistEntry: { status: 'WAITING' },
      viewerEligibility: { reasonCode: 'TICKET_REQUIRED', nextStep: 'WAIT' },
    });
    await cancelled();
    expect(await seen(people[0])).toMatchObject({ viewerWaitlistEntry: { status: 'OFFERED' } });
    expect(await seen(people[1])).toMatchObject({ viewerWaitlistEntry: { status: 'WAITING' } });
  });

  it('keeps the offered place for the person, who buys it; everybody else finds it sold out', async () => {
    const { event, people, seen, buy, cancelled } = await scene();
    await cancelled();
    for (const other of [people[1], events.given.person()])
      expect((await buy(other)).userErrors).toMatchObject([{ code: 'SOLD_OUT', isWaitlistOpen: true }]);
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 1 });
    const { purchase } = await buy(people[0]);
    expect(purchase.status).toBe('PENDING');
    expect(await seen(people[0])).toMatchObject({ viewerWaitlistEntry: { status: 'TAKEN' } });
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 1 });
  });

  it('comes before a stranger when an offer has run out, although nothing has swept', async () => {
    const { people, seen, buy, cancelled } = await scene();
    await cancelled();
    events.clock.advance(25 * hourMs);
    expect((await buy(events.given.person())).userErrors).toMatchObject([{ code: 'SOLD_OUT' }]);
    expect((await buy(people[1])).purchase).toMatchObject({ status: 'PENDING' });
    expect(await seen(people[0])).toMatchObject({ viewerWaitlistEntry: { status: 'LAPSED' } });
  });
});
