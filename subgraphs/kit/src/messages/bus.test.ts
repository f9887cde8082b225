import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { relayStep } from './relay-step.js';
import { createBus, eventually, type Bus, type Handled } from './testing.js';

describe('messages between subgraphs', () => {
  let bus: Bus;
  beforeAll(async () => {
    bus = await createBus();
  });
  afterEach(() => bus.reset());
  afterAll(() => bus.close());

  const entries = () => bus.redis.client.xrange('ns:bus:clicks', '-', '+');
  const handledBy = (got: Handled[]) => bus.counted((handled) => void got.push(handled));
  const step = (beforeCommit?: () => void) =>
    relayStep({
      pool: bus.pool,
      redis: bus.redis.client,
      stream: 'ns:bus:clicks',
      retentionDays: 7,
      ...(beforeCommit && { beforeCommit }),
    });

  it('carries a message from the commit to its handler as a CloudEvent', async () => {
    bus.relay();
    const got: unknown[] = [];
    bus.consume([
      bus.from.on('click.counted', z.object({ n: z.number() }), async (message) => void got.push(message)),
    ]);
    const id = await bus.transaction((tx) =>
      bus.outbox.publish(tx, {
        type: 'click.counted',
        key: 'k',
        data: { n: 1, note: 'not of interest' },
        requestId: 'r',
        traceparent: '00-1-2-01',
      }),
    );
    await eventually(() => got.length);
    expect(got[0]).toMatchObject({ id, source: 'clicks', type: 'click.counted', key: 'k', requestId: 'r' });
    expect(got[0]).toMatchObject({ traceparent: '00-1-2-01', data: { n: 1 }, time: expect.any(Date) });
    const [entry] = await entries();
    expect(JSON.parse(entry?.[1][3] ?? '')).toMatchObject({
      specversion: '1.0',
      subject: 'k',
      dataversion: 1,
      requestid: 'r',
      datacontenttype: 'application/json',
    });
  });

  it('carries text that holds half a character, as a column of text would keep it', async () => {
    await bus.transaction((tx) =>
      bus.outbox.publish(tx, { type: 'click.counted', key: 'k', data: { n: 1, note: 'cut \ud83d' } }),
    );
    const { rows } = await bus.pool.query(`SELECT envelope -> 'data' ->> 'note' AS note FROM kit.outbox`);
    expect(rows).toEqual([{ note: 'cut \ufffd' }]);
  });

  it('carries many messages that were written at once, in their order', async () => {
    const messages = Array.from({ length: 50 }, (_, n) => ({
      ...{ type: 'click.counted' as const, key: 'k', data: { n } },
    }));
    await bus.transaction((tx) => bus.outbox.publishAll(tx, messages));
    const { rows } = await bus.pool.query<{ n: number }>(
      `SELECT (envelope -> 'data' ->> 'n')::int AS n FROM kit.outbox ORDER BY position`,
    );
    expect(rows.map(({ n }) => n)).toEqual(messages.map(({ data }) => data.n));
  });

  it('publishes nothing of a transaction that rolls back', async () => {
    await expect(
      bus.transaction(async (tx) => {
        await bus.outbox.publish(tx, { type: 'click.counted', key: 'k', data: { n: 1 } });
        throw new Error('roll back');
      }),
    ).rejects.toThrow('roll back');
    expect(await step()).toMatchObject({ published: 0, republished: 0, isFull: false });
    expect(await entries()).toEqual([]);
  });

  it('refuses to publish what the definition does not allow', async () => {
    const publish = bus.transaction((tx) =>
      bus.outbox.publish(tx, { type: 'click.counted', key: 'k', data: { n: 1.5 } }),
    );
    await expect(publish).rejects.toThrow();
  });

  it('sends again what a relay sent that died before its commit, and handles it once', async () => {
    await bus.publish('k', 1);
    await bus.publish('k', 2);
    const crash = step(() => {
      throw new Error('crash');
    });
    await expect(crash).rejects.toThrow('crash');
    expect(await entries()).toHaveLength(2);
    await step();
    expect(await entries()).toHaveLength(4);
    const got: Handled[] = [];
    bus.consume([handledBy(got)]);
    bus.relay();
    await bus.publish('k', 3);
    await eventually(() => got.length === 3);
    expect(got.map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  it('sends again the tail that a failover lost, before anything new', async () => {
    for (let n = 1; n <= 5; n++) await bus.publish('k', n);
    await step();
    const lost = (await entries()).slice(3);
    await bus.redis.client.xdel('ns:bus:clicks', ...lost.map(([id]) => id));
    await bus.publish('k', 6);
    expect(await step()).toMatchObject({ published: 0, republished: 2 });
    expect(await step()).toMatchObject({ published: 1, republished: 0 });
    expect((await entries()).map(([, fields]) => Number(fields[1]))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('does not append to a stream that vanished after its mark was read', async () => {
    await bus.publish('k', 1);
    await step();
    await bus.publish('k', 2);
    const { client } = bus.redis;
    const calls: string[] = [];
    const vanishing = {
      eval: async (...args: Parameters<typeof client.eval>) => {
        if (calls.push(args[0] as string) === 2) await client.del('ns:bus:clicks');
        return client.eval(...args);
      },
    };
    const target = { pool: bus.pool, stream: 'ns:bus:clicks', retentionDays: 7 };
    await expect(relayStep({ ...target, redis: vanishing as typeof client })).rejects.toThrow('lost');
    expect(await step()).toMatchObject({ published: 0, republished: 1 });
    expect(await step()).toMatchObject({ published: 1, republished: 0 });
  });

  it('lets two relays work at once without sending anything twice', async () => {
    bus.relay();
    bus.relay();
    await Promise.all(Array.from({ length: 100 }, (_, n) => bus.publish(`k${n}`, n)));
    const unpublished = 'SELECT 1 FROM kit.outbox WHERE sequence IS NULL';
    await eventually(async () => (await bus.pool.query(unpublished)).rowCount === 0);
    expect(await entries()).toHaveLength(100);
  });

  it('keeps messages while Redis is away and delivers them when it is back', async () => {
    const got: Handled[] = [];
    bus.relay();
    bus.consume([handledBy(got)]);
    await bus.publish('k', 1);
    await eventually(() => got.length === 1);
    await bus.server.stop();
    await bus.publish('k', 2);
    await bus.server.start();
    await eventually(() => got.length === 2);
    expect(got.map(({ n }) => n)).toEqual([1, 2]);
  });

  it('passes over types it does not handle, and counts', async () => {
    const registry = new Registry();
    const got: Handled[] = [];
    bus.relay();
    bus.consume([handledBy(got)], { registry });
    await bus.transaction((tx) =>
      bus.outbox.publish(tx, { type: 'click.cleared', key: 'k', data: { reason: 'r' } }),
    );
    await bus.publish('k', 1);
    await eventually(() => got.length);
    const handled = 'messages_handled_total{consumer="counter",source="clicks",type="click.counted"} 1';
    await eventually(async () => (await registry.metrics()).includes(handled));
    expect(await registry.metrics()).toContain(
      'messages_unknown_total{consumer="counter",source="clicks"} 1',
    );
  });

  it('lets one of two replicas read, and the other take over when it stops or loses PostgreSQL', async () => {
    const got: Record<string, number[]> = { first: [], second: [] };
    const start = (name: string) => {
      const pool = bus.openPool();
      const handler = bus.counted(({ n }) => void got[name]?.push(n));
      return bus.consume([handler], { pool });
    };
    bus.relay();
    const first = start('first');
    await eventually(() => first.status()['clicks'] === 'active');
    const second = start('second');
    for (let n = 0; n < 20; n++) await bus.publish('k', n);
    await eventually(() => got['first']?.length === 20);
    expect(second.status()).toEqual({ clicks: 'standby' });
    expect(got['second']).toEqual([]);

    // The server ends the connection that holds the lease, as a restart or a partition would.
    await bus.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'counter:clicks'
       AND datname = current_database() AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')`,
    );
    await eventually(
      () => [first, second].filter((each) => each.status()['clicks'] === 'active').length === 1,
    );
    await first.stop();
    await eventually(() => second.status()['clicks'] === 'active');
    await bus.publish('k', 20);
    await eventually(() => got['second']?.includes(20));
    const all = [...(got['first'] ?? []), ...(got['second'] ?? [])];
    expect(all).toEqual(Array.from({ length: 21 }, (_, n) => n));
  });

  it('waits for the message in hand when it stops, and leaves the rest to the next', async () => {
    const got: number[] = [];
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    const consumer = bus.consume([
      bus.counted(async ({ n }) => {
        got.push(n);
        await slow;
      }),
    ]);
    bus.relay();
    await bus.transaction(async (tx) => {
      for (const n of [1, 2]) await bus.outbox.publish(tx, { type: 'click.counted', key: 'k', data: { n } });
    });
    await eventually(() => got.length === 1);
    let stopped = false;
    const stopping = consumer.stop().then(() => (stopped = true));
    await bus.pool.query('SELECT 1');
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(got).toEqual([1]);
    bus.consume([bus.counted(({ n }) => void got.push(n))]);
    await eventually(() => got.length === 2);
    expect(got).toEqual([1, 2]);
  });
});
