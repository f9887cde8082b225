import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Db } from '../database.js';
import { createLookingAgain } from '../following/index.js';
import { conversationIds } from '../ids.js';
import { givenMessaging, type Messaging } from '../testing/given.js';
import { cursorOf } from './rules.js';
import { createConversationEvents } from './service.js';

/** Nothing of it may depend on being looked for again. */
const never = createLookingAgain(1_000_000);

describe('from the replay to what is live', () => {
  let messaging: Messaging;
  beforeAll(async () => {
    messaging = await givenMessaging();
  });
  afterAll(() => messaging.stop());

  /** Calls `at` with 0, 1, 2 ... before and after everything the service asks of the database and of Redis. */
  function interrupted(at: (point: number) => Promise<void>) {
    let point = 0;
    const around = async <T>(work: () => Promise<T>): Promise<T> => {
      await at(point++);
      const result = await work();
      await at(point++);
      return result;
    };
    const db = messaging.db.$extends({
      query: { $allOperations: ({ args, query }) => around(async () => query(args)) },
    }) as unknown as Db;
    const live = {
      ...messaging.live,
      subscribe: <T>(channel: string) => {
        const listening = messaging.live.subscribe<T>(channel);
        const { ready } = listening;
        return Object.assign(listening, { ready: around(() => ready) });
      },
    };
    const { clock } = messaging;
    return createConversationEvents({ db, live, clock, lookAgain: never });
  }

  it('tells everything once and in order, whenever something is said in between', async () => {
    const entitlements = ['UNLIMITED_MESSAGING'];
    const [ana, ben] = [await messaging.given.member({ entitlements }), await messaging.given.member()];
    const id = await messaging.given.conversation(ana, ben);
    let said = 0;
    const say = async () => {
      await messaging.given.message(ana, id);
      // Or the announcement of it might come later, and would be one more thing to be asked for.
      await messaging.announced();
      said++;
    };
    let points = 0;
    // Without an interruption first: that tells how many points there are.
    for (let chosen = -1; chosen < points; chosen++) {
      const before = said;
      await say();
      await say();
      const events = interrupted(async (point) => {
        if (chosen === -1) points = point + 1;
        if (point === chosen) await say();
      });
      const watch = { viewerId: ben.id, conversationId: conversationIds.decode(id) };
      const told = await events.subscribe(watch, cursorOf(before));
      const take = async () => (await told.next()).value!.cursor;
      const cursors = [await take(), await take()];
      while (cursors.length < said - before) cursors.push(await take());
      await told.return!();
      expect(cursors).toEqual(
        Array.from({ length: said - before }, (_, index) => cursorOf(before + 1 + index)),
      );
    }
    // Listening, where it stands, who listens, the replay, and the right to each of its events.
    expect(points).toBeGreaterThan(12);
    expect(said).toBe(2 + points * 3);
  });
});
