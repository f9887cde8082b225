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

/** Asks again for as long as too many others want the same, as a device does. */
async function untilAnswered<Answer extends { readonly codes?: readonly string[] }>(
  ask: () => Promise<Answer>,
): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (!answer.codes?.includes('UNAVAILABLE')) return answer;
  }
}

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
    const buyer = events.given.person();
    const idempotencyKey = crypto.randomUUID();
    const attempt = () => tickets.buy(buyer, [tickets.line(hot.type)], { idempotencyKey });
    const answer = await untilAnswered(attempt);
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

it('says so, and takes no place, when somebody would wait for too long', async () => {
  const { event, type } = await tickets.sale();
  const release = await lock(event.id);
  const attempts = [0, 1, 2].map(() => tickets.buy(events.given.person(), [tickets.line(type)]));
  expect(await Promise.race(attempts)).toMatchObject({ codes: ['UNAVAILABLE'] });
  await release();
  await Promise.all(attempts);
  expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 2 });
}, 60_000);

it('lets people register for other events while a crowd waits for one', async () => {
  const [hot, other] = [await events.given.event(), await events.given.event()];
  const register = (event: { publicId: string }) =>
    events.as(events.given.person().viewer).execute(registration, { input: { eventId: event.publicId } });
  const release = await lock(hot.id);
  let served = 0;
  const waiting = crowd.map(() => untilAnswered(() => register(hot)).finally(() => (served += 1)));
  const { data } = await register(other);
  expect(data.registerForEvent.registration).toEqual({ status: 'CONFIRMED' });
  expect(served).toBe(0);
  await release();
  for (const answer of await Promise.all(waiting))
    expect(answer.data.registerForEvent.registration).toEqual({ status: 'CONFIRMED' });
}, 60_000);
