import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { usualSettings } from '../registration-form/index.js';
import { givenEvents, hourMs } from '../testing/given.js';

const register = `mutation ($input: RegisterForEventInput!) { registerForEvent(input: $input) { userErrors { code } } }`;
const resize = `mutation ($id: ID!, $guests: Int!) {
  updateRegistration(input: { registrationId: $id, guests: $guests }) { userErrors { code } } }`;
const cancel = `mutation ($id: ID!) { cancelRegistration(input: { registrationId: $id }) { userErrors { code } } }`;
const join = `mutation ($input: JoinWaitlistInput!) { joinWaitlist(input: $input) { userErrors { code } } }`;
const leave = `mutation ($id: ID!) { leaveWaitlist(input: { eventId: $id }) { userErrors { code } } }`;
const capacityOf = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { userErrors { code } } }`;
const own = `query ($id: ID!) { event(id: $id) { viewerRegistration { id } } }`;

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

const mostPeople = 5;
const person = fc.nat({ max: mostPeople - 1 });
const guests = fc.nat({ max: 2 });
const command = fc.oneof(
  fc.record({ do: fc.constant('register' as const), person, guests }),
  fc.record({ do: fc.constant('resize' as const), person, guests }),
  fc.record({ do: fc.constant('cancel' as const), person }),
  fc.record({ do: fc.constant('join' as const), person, guests }),
  fc.record({ do: fc.constant('leave' as const), person }),
  fc.record({ do: fc.constant('capacity' as const), capacity: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 30 }) }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

async function play(steps: readonly Command[][]) {
  const host = events.given.person();
  const startsAt = new Date(events.clock.now().getTime() + 20_000 * hourMs);
  const event = await events.given.event({ capacity: 3, organizerId: host.id, startsAt });
  const settings = { ...usualSettings, maxGuests: 2, version: 1, eventId: event.id };
  await events.db.registrationSettings.create({ data: settings });
  const people = Array.from({ length: mostPeople }, () => events.given.person());
  const eventId = event.publicId;
  const run = async (step: Command): Promise<unknown> => {
    if (step.do === 'wait') return events.clock.advance(step.hours * hourMs);
    if (step.do === 'capacity') {
      const { version } = await events.db.event.findUniqueOrThrow({ where: { id: event.id } });
      const input = { eventId, expectedVersion: version, capacity: step.capacity };
      return events.as(host.viewer).execute(capacityOf, { input });
    }
    const client = events.as(people[step.person]!.viewer);
    if (step.do === 'register') return client.execute(register, { input: { eventId, guests: step.guests } });
    if (step.do === 'join') return client.execute(join, { input: { eventId, guests: step.guests } });
    if (step.do === 'leave') return client.execute(leave, { id: eventId });
    const id = (await client.execute(own, { id: eventId })).data.event.viewerRegistration?.id as
      string | undefined;
    if (!id) return undefined;
    return step.do === 'cancel'
      ? client.execute(cancel, { id })
      : client.execute(resize, { id, guests: step.guests });
  };
  for (const together of steps) await Promise.all(together.map(run));
  return event.id;
}

describe('the places of an event', () => {
  it('are never more than its capacity and equal a recount, whatever people do, alone or at once', async () => {
    const together = fc.array(command, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(together, { minLength: 1, maxLength: 8 }), async (steps) => {
        const id = await play(steps);
        const event = await events.db.event.findUniqueOrThrow({ where: { id } });
        const now = events.clock.now();
        const { _sum: taken } = await events.db.registration.aggregate({
          where: { eventId: id },
          _sum: { places: true },
        });
        const { _sum: held } = await events.db.placeHold.aggregate({
          where: { eventId: id, expiresAt: { gt: now } },
          _sum: { places: true },
        });
        expect(event.registeredCount).toBe(taken.places ?? 0);
        expect(event.registeredCount + event.ticketedCount + (held.places ?? 0)).toBeLessThanOrEqual(
          event.capacity!,
        );
        const offers = await events.db.waitlistEntry.findMany({
          where: { eventId: id, status: 'OFFERED', offerExpiresAt: { gt: now } },
        });
        expect(offers.reduce((sum, { places }) => sum + places, 0)).toBe(held.places ?? 0);
      }),
      { numRuns: 8 },
    );
  }, 180_000);
});
