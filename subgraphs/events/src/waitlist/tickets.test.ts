import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { usualSettings } from '../registration-form/index.js';
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
    return { event, type, people, seen, buy, cancelled };
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

  it('is offered the place that a refused purchase has found free', async () => {
    const { event, people, seen, buy } = await scene();
    // The purchase before has expired; nothing has swept.
    await events.db.purchase.updateMany({ where: { status: 'PENDING' }, data: { expiresAt: new Date(0) } });
    await events.db.placeHold.updateMany({ where: { eventId: event.id }, data: { expiresAt: new Date(0) } });
    expect((await buy(events.given.person())).userErrors).toMatchObject([{ code: 'SOLD_OUT' }]);
    expect(await seen(people[0])).toMatchObject({ viewerWaitlistEntry: { status: 'OFFERED' } });
  });

  it('comes before a stranger when an offer has run out, although nothing has swept', async () => {
    const { people, seen, buy, cancelled } = await scene();
    await cancelled();
    events.clock.advance(25 * hourMs);
    expect((await buy(events.given.person())).userErrors).toMatchObject([{ code: 'SOLD_OUT' }]);
    expect((await buy(people[1])).purchase).toMatchObject({ status: 'PENDING' });
    expect(await seen(people[0])).toMatchObject({ viewerWaitlistEntry: { status: 'LAPSED' } });
  });

  it('counts an offered place once, however often at once its person buys it, in two processes', async () => {
    const other = events.anotherInstance();
    for (let round = 0; round < 3; round++) {
      const { event, type, people, cancelled } = await scene();
      await cancelled();
      const tries = Array.from({ length: 6 }, (_, index) =>
        tickets.buy(people[0], [tickets.line(type)], { instance: index % 2 ? events : other }),
      );
      const answers = await Promise.all(tries);
      expect(answers.filter(({ purchase }) => purchase !== null)).toHaveLength(1);
      expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 1 });
      const holds = await events.db.placeHold.findMany({ where: { eventId: event.id } });
      expect(holds).toMatchObject([{ purpose: 'PURCHASE', places: 1 }]);
    }
  });

  it('leaves an offer as it is when what its person buys is refused', async () => {
    const { event, type, people, seen, cancelled } = await scene();
    await events.db.ticketType.update({ where: { id: type.id }, data: { perPersonLimit: 1 } });
    await cancelled();
    const greedy = await tickets.buy(people[0], [tickets.line(type, 2)]);
    expect(greedy.userErrors).toMatchObject([{ code: 'LIMIT_REACHED' }]);
    expect(await seen(people[0])).toMatchObject({ viewerWaitlistEntry: { status: 'OFFERED' } });
    expect(await events.db.placeHold.findMany({ where: { eventId: event.id } })).toMatchObject([
      { purpose: 'OFFER', places: 1 },
    ]);
  });

  it('gives on what its person leaves of an offer of several places', async () => {
    const { event, type } = await tickets.sale({ capacity: 2 });
    await events.db.registrationSettings.create({
      data: { ...usualSettings, maxGuests: 3, version: 1, eventId: event.id },
    });
    const { purchase } = await tickets.buy(events.given.person(), [tickets.line(type, 2)]);
    const [pair, single] = [events.given.person(), events.given.person()];
    for (const [{ viewer }, guests] of [
      [pair, 1],
      [single, 0],
    ] as const)
      await events
        .as(viewer)
        .execute(
          `mutation ($input: JoinWaitlistInput!) { joinWaitlist(input: $input) { userErrors { code } } }`,
          { input: { eventId: event.publicId, guests } },
        );
    await tickets.tell('order.cancelled', {
      ...{ purchaseId: purchase.id, cancelledAt: '2026-06-01T12:00:00.000Z' },
    });
    expect(await tickets.placesOf(event)).toMatchObject({ held: 2 });
    expect((await tickets.buy(pair, [tickets.line(type)])).userErrors).toEqual([]);
    const entries = await events.db.waitlistEntry.findMany({ where: { eventId: event.id } });
    expect(new Map(entries.map(({ userId, status }) => [userId, status]))).toEqual(
      new Map([
        [pair.id, 'TAKEN'],
        [single.id, 'OFFERED'],
      ]),
    );
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 2 });
  });

  it('has the place again when what was bought by an offer is not paid', async () => {
    const { event, people, buy, seen, cancelled } = await scene();
    await cancelled();
    const { purchase } = await buy(people[0]);
    await tickets.tell('order.cancelled', {
      ...{ purchaseId: purchase.id, cancelledAt: '2026-06-01T12:00:00.000Z' },
    });
    expect(await seen(people[1])).toMatchObject({ viewerWaitlistEntry: { status: 'OFFERED' } });
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 1 });
  });
});
