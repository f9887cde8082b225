import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLive, isLiveOverflow, type LiveItem } from './live.js';
import { createTestRedis, type TestRedis } from './testing.js';

const resync = { done: false, value: { resync: true } };
const item = <T>(payload: T): IteratorResult<LiveItem<T>> => ({
  done: false,
  value: { resync: false, payload },
});

describe('live updates', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await createTestRedis();
  });
  afterAll(() => server.close());

  const subscribers = async (channel: string) => {
    const [, count] = (await server.connect().client.pubsub('NUMSUB', channel)) as [string, number];
    return count;
  };

  it('reaches the subscribers of other processes, in order', async () => {
    const here = createLive({ redis: server.connect(), namespace: 'a' });
    const there = createLive({ redis: server.connect(), namespace: 'a' });
    const updates = there.subscribe<number>('c');
    await updates.ready;
    expect(await here.publish('c', 1)).toBe(true);
    await here.publish('c', 2);
    expect(await updates.next()).toEqual(item(1));
    expect(await updates.next()).toEqual(item(2));
    await updates.return();
  });

  it('reaches those of many channels, and tells all of them to resynchronise when it could not', async () => {
    const [here, there] = [server.connect(), server.connect()];
    await here.settled();
    const live = createLive({ redis: here, namespace: 'g' });
    const channels = Array.from({ length: 1_001 }, (_, index) => `c${index}`);
    const ends = [channels[0]!, channels[1_000]!];
    const updates = ends.map((channel) => createLive({ redis: there, namespace: 'g' }).subscribe(channel));
    await Promise.all(updates.map(({ ready }) => ready));
    const told = () => Promise.all(updates.map((each) => each.next()));
    expect(await live.publishToAll(channels, 'x')).toBe(true);
    expect(await told()).toEqual(ends.map(() => item('x')));
    const closed = once(here.client, 'close');
    here.client.disconnect(true);
    await closed;
    expect(await live.publishToAll(channels, 'y')).toBe(false);
    expect(await told()).toEqual(ends.map(() => resync));
    await Promise.all(updates.map((each) => each.return()));
  });

  it('holds one subscription a process and channel, and ends it with the last reader', async () => {
    const redis = server.connect();
    const live = createLive({ redis, namespace: 'b' });
    const readers = Array.from({ length: 5 }, () => live.subscribe<string>('c'));
    await Promise.all(readers.map((reader) => reader.ready));
    expect(await subscribers('b:live:c')).toBe(1);
    await live.publish('c', 'x');
    for (const reader of readers) expect(await reader.next()).toEqual(item('x'));
    for (const reader of readers) await reader.return();
    await redis.subscriptions().listen('b:other', { message: () => undefined, resync: () => undefined })
      .ready;
    expect(await subscribers('b:live:c')).toBe(0);
  });

  it('ends a pending read when the reader leaves', async () => {
    const live = createLive({ redis: server.connect(), namespace: 'c' });
    const updates = live.subscribe('c');
    const pending = updates.next();
    await updates.return();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await updates.next()).toEqual({ done: true, value: undefined });
  });

  it('ends a reader that falls too far behind with a named error, and no other', async () => {
    const live = createLive({ redis: server.connect(), namespace: 'd', queueSize: 3 });
    const slow = live.subscribe<number>('c');
    const quick = live.subscribe<number>('c');
    await Promise.all([slow.ready, quick.ready]);
    for (let n = 0; n < 5; n++) {
      await live.publish('c', n);
      expect(await quick.next()).toEqual(item(n));
    }
    const error = await slow.next().catch((caught: unknown) => caught);
    expect(isLiveOverflow(error)).toBe(true);
    expect(await slow.next()).toEqual({ done: true, value: undefined });
    await quick.return();
  });

  it('tells subscribers to resynchronise after an outage, then goes on', async () => {
    const live = createLive({ redis: server.connect(), namespace: 'e' });
    const updates = live.subscribe<number>('c');
    await updates.ready;
    await server.stop();
    expect(await live.publish('c', 1)).toBe(false);
    await server.start();
    expect(await updates.next()).toEqual(resync);
    let next = updates.next();
    await live.publish('c', 2);
    // The publisher, too, tells of the update it could not send.
    if ((await next).value?.resync) next = updates.next();
    expect(await next).toEqual(item(2));
    await updates.return();
  });

  it('begins with a resync when Redis was away at the subscription', async () => {
    const redis = server.connect();
    await redis.settled();
    await server.stop();
    const updates = createLive({ redis, namespace: 'f' }).subscribe<number>('c');
    await updates.ready;
    await server.start();
    expect(await updates.next()).toEqual(resync);
    await updates.return();
  });
});
