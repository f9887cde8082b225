import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOutbox } from '@diaspora/kit';
import type { Transaction } from '../database.js';
import { purchaseIds } from '../ids.js';
import { messages } from '../messages.js';
import { givenEvents, hourMs } from '../testing/given.js';
import { createMeeting } from '../testing/meeting.js';
import { createPlaces, lockForChange, type LockRows } from './index.js';

let events: Awaited<ReturnType<typeof givenEvents>>;
beforeAll(async () => {
  events = await givenEvents();
});
afterAll(() => events.stop());

interface Options {
  readonly lockRows?: LockRows;
  readonly beforeCommit?: () => Promise<void>;
}

function placesOf(
  instance: Pick<typeof events, 'db'>,
  { lockRows = lockForChange, beforeCommit = async () => undefined }: Options = {},
) {
  const { clock } = events;
  const places = createPlaces({ clock, outbox: createOutbox(messages, { clock }), lockRows });
  const claim = (overrides: object = {}) => ({
    purpose: 'PURCHASE' as const,
    claimId: purchaseIds.create(),
    places: 1,
    expiresAt: new Date(clock.now().getTime() + hourMs),
    ...overrides,
  });
  const locked = <Result>(eventId: string, run: (tx: Transaction) => Promise<Result>) =>
    instance.db.$transaction(async (tx) => {
      await places.lockEvents(tx, [eventId]);
      const result = await run(tx);
      await beforeCommit();
      return result;
    });
  return {
    places,
    hold: (eventId: string, overrides: object = {}) =>
      locked(eventId, (tx) => places.hold(tx, eventId, claim(overrides))),
    take: (eventId: string, by: 'REGISTRATION' | 'TICKET', places_: number, instead: string | null = null) =>
      locked(eventId, (tx) => places.take(tx, eventId, { by, places: places_, instead })),
    free: (eventId: string) => places.freePlaces(instance.db, eventId),
    locked,
  };
}

describe('places of an event', () => {
  it('are taken by registrations, tickets and live holds together, and never more than there are', async () => {
    const { given } = events;
    const { hold, take, free } = placesOf(events);
    const { id } = await given.event({ capacity: 6 });
    expect(await take(id, 'REGISTRATION', 2)).toBe(true);
    expect(await take(id, 'TICKET', 1)).toBe(true);
    expect(await hold(id, { places: 2 })).toMatchObject({ places: 2 });
    expect(await free(id)).toBe(1);
    expect(await hold(id, { places: 2 })).toBeNull();
    expect(await take(id, 'TICKET', 2)).toBe(false);
    expect(await take(id, 'REGISTRATION', 1)).toBe(true);
    expect(await free(id)).toBe(0);
  });

  it('have no end where there is no capacity', async () => {
    const { id } = await events.given.event();
    const { hold, take, free } = placesOf(events);
    expect(await hold(id, { places: 1_000 })).not.toBeNull();
    expect(await take(id, 'TICKET', 1_000)).toBe(true);
    expect(await free(id)).toBeNull();
  });

  it('are free again the moment a hold expires, without anybody sweeping', async () => {
    const { given, clock } = events;
    const { hold, free } = placesOf(events);
    const { id } = await given.event({ capacity: 1 });
    expect(await hold(id)).not.toBeNull();
    expect(await hold(id)).toBeNull();
    clock.advance(hourMs);
    expect(await free(id)).toBe(1);
    expect(await hold(id)).not.toBeNull();
  });

  it('are taken in the place of a hold, and after it expired only when nobody else has them', async () => {
    const { given, clock } = events;
    const { hold, take } = placesOf(events);
    const { id } = await given.event({ capacity: 1 });
    const first = await hold(id);
    expect(await take(id, 'TICKET', 1)).toBe(false);
    clock.advance(hourMs);
    const second = await hold(id);
    expect(await take(id, 'TICKET', 1, first!.claimId)).toBe(false);
    expect(await take(id, 'TICKET', 1, second!.claimId)).toBe(true);
    expect(await events.db.placeHold.count({ where: { claimId: second!.claimId } })).toBe(0);
  });

  it('tell those who wait when they are given back, and tell others of holds', async () => {
    const { given } = events;
    const { places, hold, take, locked } = placesOf(events);
    const freed: string[] = [];
    places.onFreed(async (_tx, eventId) => void freed.push(eventId));
    const event = await given.event({ capacity: 3 });
    const held = await hold(event.id, { places: 2 });
    await take(event.id, 'TICKET', 1);
    expect(freed).toEqual([]);
    await locked(event.id, (tx) => places.release(tx, held!.claimId));
    await locked(event.id, (tx) => places.giveBack(tx, event.id, { by: 'TICKET', places: 1 }));
    expect(freed).toEqual([event.id, event.id]);
    const told = await events.published(event.publicId);
    expect(told.map(({ type, data }) => ({ type, places: data['places'] }))).toEqual([
      { type: 'ticketHold.created', places: 2 },
      { type: 'ticketHold.released', places: 2 },
    ]);
  });

  it('are held once too often by the same code without the lock, and never with it', async () => {
    const { given, anotherInstance } = events;
    const instances = [events, anotherInstance()];
    const capacity = 5;
    const race = async (people: number, options: Options) => {
      const { id } = await given.event({ capacity });
      const contenders = instances.map((instance) => placesOf(instance, options));
      const held = await Promise.all(
        Array.from({ length: people }, (_, index) => contenders[index % 2]!.hold(id)),
      );
      return held.filter((hold) => hold !== null).length;
    };
    const unlocked = { lockRows: async () => undefined, beforeCommit: createMeeting(capacity + 1) };
    expect(await race(capacity + 1, unlocked)).toBe(capacity + 1);
    expect(await race(60, {})).toBe(capacity);
  });
});
