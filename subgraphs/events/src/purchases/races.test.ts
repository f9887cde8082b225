import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMemoryPrivateStore, testSubgraph } from '@diaspora/kit/testing';
import { createEventsSubgraph } from '../subgraph.js';
import { testConfig } from '../testing/config.js';
import { givenEvents } from '../testing/given.js';
import { givenTickets } from '../testing/given-tickets.js';
import { createMeeting } from '../testing/meeting.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
let tickets: ReturnType<typeof givenTickets>;
let instances: Pick<typeof events, 'as'>[];
beforeAll(async () => {
  events = await givenEvents();
  tickets = givenTickets(events);
  instances = [events, events.anotherInstance()];
});
afterAll(() => events.stop());

const buyers = 200;
const people = () => Array.from({ length: buyers }, () => events.given.person());

/** Asks under one key until there is an answer, as a device does when the service has no connection left. */
async function untilAnswered(
  buyer: ReturnType<typeof people>[number],
  lines: object[],
  instance: Pick<typeof events, 'as'>,
) {
  const idempotencyKey = crypto.randomUUID();
  for (;;) {
    const answer = await tickets.buy(buyer, lines, { instance, idempotencyKey });
    if (answer.userErrors) return answer;
    expect(answer.codes).toEqual(['UNAVAILABLE']);
  }
}

/** As many at a time as both processes together have connections for, and as many again that wait for one. */
const atOnce = 40;

/** All of them, by turns at two processes of the service; how many got what they wanted. */
async function rush(lines: (index: number) => object[]): Promise<number> {
  const left = people().entries();
  const answers: Awaited<ReturnType<typeof untilAnswered>>[] = [];
  const work = async () => {
    for (const [index, buyer] of left)
      answers.push(await untilAnswered(buyer, lines(index), instances[index % instances.length]!));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const refusals = answers.flatMap(({ userErrors }) => userErrors.map(({ code }: { code: string }) => code));
  expect(new Set(refusals)).toEqual(new Set(['SOLD_OUT']));
  return answers.filter(({ purchase }) => purchase !== null).length;
}

describe('two hundred buyers, forty at a time, at two processes', () => {
  it('of an event with seven places are seven who win', async () => {
    const { event, type } = await tickets.sale({ capacity: 7 });
    expect(await rush(() => [tickets.line(type)])).toBe(7);
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 0, held: 7 });
  }, 240_000);

  it('of a type with a quota of five, that costs nothing, are five who win', async () => {
    const { event, type } = await tickets.sale({ type: { quota: 5, priceMinor: 0n } });
    expect(await rush(() => [tickets.line(type)])).toBe(5);
    expect(await tickets.placesOf(event)).toEqual({ registered: 0, ticketed: 5, held: 0 });
  }, 240_000);

  it('of packets with the same events in opposite order get all of a packet or nothing, without a deadlock', async () => {
    const organizer = tickets.eventOwner();
    const [small, large] = [
      await events.given.event({ organizerId: organizer.id, capacity: 5 }),
      await events.given.event({ organizerId: organizer.id, capacity: 50 }),
    ];
    const one = await tickets.packet(organizer, [{ event: small }, { event: large }]);
    const other = await tickets.packet(organizer, [{ event: large }, { event: small }]);
    const both = (index: number) =>
      [one, other].map((packet) => tickets.line(packet)).slice(index % 2, (index % 2) + 1);
    expect(await rush(both)).toBe(5);
    expect(await tickets.placesOf(small)).toMatchObject({ held: 5 });
    expect(await tickets.placesOf(large)).toMatchObject({ held: 5 });
  }, 240_000);
});

describe('buyers who are all in before the first of them is done', () => {
  it('are more than there are places by the same code without its locks', async () => {
    const { event, type } = await tickets.sale({ capacity: 7 });
    const { db, clock } = events;
    const meet = createMeeting(8);
    const aProcess = () =>
      testSubgraph(
        createEventsSubgraph({
          ...{
            db,
            clock,
            privateStore: createMemoryPrivateStore(),
            mailer: {} as never,
            calendars: {} as never,
            config: testConfig,
          },
          lockRows: async () => undefined,
          afterStep: (step) => (step === 'before:hold' ? meet() : undefined),
        }),
      );
    // Each lets two buyers of an event in at a time.
    const unlocked = Array.from({ length: 4 }, aProcess);
    const buy = (instance: Pick<typeof events, 'as'>) =>
      tickets.buy(events.given.person(), [tickets.line(type)], { instance });
    const answers = await Promise.all([...unlocked, ...unlocked].map(buy));
    await Promise.all(unlocked.map((each) => each.stop()));
    expect(answers.map(({ userErrors }) => userErrors)).toEqual(answers.map(() => []));
    expect((await tickets.placesOf(event)).held).toBe(8);
  });
});
