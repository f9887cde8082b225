import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
});
afterAll(() => events.stop());

/** More than the process has connections. */
const crowd = Array.from({ length: 30 });

const registration = `mutation ($input: RegisterForEventInput!) {
  registerForEvent(input: $input) { registration { status } userErrors { code } }
}`;

/** Holds the lock on an event until `release` is called. */
async function lock(id: string) {
  const holder = events.anotherInstance();
  const client = await holder.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM events WHERE id = $1 FOR UPDATE', [id]);
  return async () => {
    await client.query('COMMIT');
    client.release();
  };
}

it('lets people buy for other events while a crowd waits for one', async () => {
  const [hot, other] = [await tickets.sale(), await tickets.sale()];
  const release = await lock(hot.event.id);
  let served = 0;
  const waiting = crowd.map(async () => {
    const answer = await tickets.buy(events.given.person(), [tickets.line(hot.type)]);
    served += 1;
    return answer;
  });
  expect(await tickets.buy(events.given.person(), [tickets.line(other.type)])).toMatchObject({
    purchase: { status: 'PENDING' },
  });
  expect(served).toBe(0);
  await release();
  const answers = await Promise.all(waiting);
  expect(answers.every(({ purchase }) => purchase?.status === 'PENDING')).toBe(true);
}, 60_000);

it('lets people register for other events while a crowd waits for one', async () => {
  const [hot, other] = [await events.given.event(), await events.given.event()];
  const register = (event: { publicId: string }) =>
    events.as(events.given.person().viewer).execute(registration, { input: { eventId: event.publicId } });
  const release = await lock(hot.id);
  let served = 0;
  const waiting = crowd.map(() => register(hot).finally(() => (served += 1)));
  const { data } = await register(other);
  expect(data.registerForEvent.registration).toEqual({ status: 'CONFIRMED' });
  expect(served).toBe(0);
  await release();
  for (const answer of await Promise.all(waiting))
    expect(answer.data.registerForEvent.registration).toEqual({ status: 'CONFIRMED' });
}, 60_000);
