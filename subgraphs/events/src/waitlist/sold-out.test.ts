import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { usualSettings } from '../registration-form/index.js';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

const join = `mutation ($id: ID!) { joinWaitlist(input: { eventId: $id }) { userErrors { code } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

interface Case {
  readonly capacity: number | null;
  readonly quota?: number;
  readonly wanted?: number;
  readonly who?: 'a stranger' | 'who holds a ticket' | 'who is blocked' | 'who waits';
  readonly waitlist?: 'NONE';
}

it.each<[string, Case, string]>([
  ['the event is full', { capacity: 1 }, 'done'],
  ['the event is full and the quota gone', { capacity: 1, quota: 1 }, 'done'],
  ['the buyer waits already', { capacity: 1, who: 'who waits' }, 'done'],
  ['the quota is gone and the event has places', { capacity: 5, quota: 1 }, 'CONFLICT'],
  ['the quota is gone and the event has no limit', { capacity: null, quota: 1 }, 'CONFLICT'],
  ['there is a place for one of two', { capacity: 2, wanted: 2 }, 'CONFLICT'],
  ['the buyer comes already', { capacity: 1, who: 'who holds a ticket' }, 'CONFLICT'],
  ['the organizer has blocked the buyer', { capacity: 1, who: 'who is blocked' }, 'REGISTRATION_CLOSED'],
  ['the event has no waitlist', { capacity: 1, waitlist: 'NONE' }, 'REGISTRATION_CLOSED'],
])('a purchase that is sold out says whether its buyer may wait: %s', async (_name, given, outcome) => {
  const { capacity, quota = null, wanted = 1, who = 'a stranger', waitlist } = given;
  const { event, type } = await tickets.sale({ capacity, type: { priceMinor: 0n, quota } });
  const settings = { ...usualSettings, ...(waitlist && { waitlist }), version: 1, eventId: event.id };
  await events.db.registrationSettings.create({ data: settings });
  const holder = events.given.person();
  expect((await tickets.buy(holder, [tickets.line(type)])).userErrors).toEqual([]);
  const buyer = who === 'who holds a ticket' ? holder : events.given.person();
  const joining = async () => {
    const { data } = await events.as(buyer.viewer).execute(join, { id: event.publicId });
    return data.joinWaitlist.userErrors[0]?.code ?? 'done';
  };
  if (who === 'who waits') await joining();
  if (who === 'who is blocked') {
    const blocked = { blockerId: event.organizerId, blockedId: buyer.id, isActive: true, version: 1 };
    await events.db.block.create({ data: blocked });
  }
  const { userErrors } = await tickets.buy(buyer, [tickets.line(type, wanted)]);
  expect(userErrors).toMatchObject([{ code: 'SOLD_OUT', isWaitlistOpen: outcome === 'done' }]);
  expect(await joining()).toBe(outcome);
});
