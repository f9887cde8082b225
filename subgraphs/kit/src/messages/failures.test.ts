import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { listDeadLetters, replayDeadLetter } from './dead-letters.js';
import { messagesFrom } from './handlers.js';
import { createParking } from './parking.js';
import type { clicks } from './testing.js';
import { createBus, eventually, type Bus } from './testing.js';
import type { SqlTransaction } from './transaction.js';

describe('messages that fail', () => {
  let bus: Bus;
  beforeAll(async () => {
    bus = await createBus();
  });
  beforeEach(() => void bus.relay());
  afterEach(() => bus.reset());
  afterAll(() => bus.close());

  const dead = async (count: number) => {
    await eventually(async () => (await listDeadLetters(bus.pool)).length === count);
    return listDeadLetters(bus.pool);
  };

  it('hold up later messages of their key, in order, and no other key', async () => {
    const got: string[] = [];
    let broken = true;
    bus.consume(
      [
        bus.counted(({ key, n }) => {
          if (broken && key === 'bad' && n === 1) throw new Error('broken');
          got.push(`${key}${n}`);
        }),
      ],
      { maxAttempts: 1_000 },
    );
    for (let n = 1; n <= 4; n++) {
      await bus.publish('bad', n);
      await bus.publish('good', n);
    }
    await eventually(() => got.length === 4);
    expect(got).toEqual(['good1', 'good2', 'good3', 'good4']);
    const parked = 'SELECT envelope FROM kit.parked_messages';
    await eventually(async () => (await bus.pool.query(parked)).rowCount === 4);
    broken = false;
    await eventually(async () => (await bus.pool.query(parked)).rowCount === 0);
    expect(got.slice(4)).toEqual(['bad1', 'bad2', 'bad3', 'bad4']);
  });

  it('leave nothing of a failed attempt behind', async () => {
    await bus.pool.query('DELETE FROM kit.idempotency_keys');
    let attempts = 0;
    bus.consume([
      bus.counted(async (_, tx) => {
        await tx.$executeRaw`INSERT INTO kit.idempotency_keys VALUES (${`attempt ${++attempts}`}, 'o', 'k', 'h')`;
        if (attempts < 3) throw new Error('broken');
      }),
    ]);
    await bus.publish('k', 1);
    await eventually(() => attempts === 3);
    const rows = () => bus.pool.query<{ actor: string }>('SELECT actor FROM kit.idempotency_keys');
    await eventually(async () => (await rows()).rowCount);
    expect((await rows()).rows).toEqual([{ actor: 'attempt 3' }]);
  });

  it('are given up after the last attempt, release their key, and can be listed and replayed', async () => {
    const got: number[] = [];
    let broken = true;
    const handler = bus.counted(({ n }) => {
      if (broken && n === 1) throw new TypeError('no such thing');
      got.push(n);
    });
    bus.consume([handler], { maxAttempts: 3 });
    await bus.publish('k', 1);
    await bus.publish('k', 2);
    const [letter] = await dead(1);
    expect(letter).toMatchObject({
      source: 'clicks',
      type: 'click.counted',
      key: 'k',
      attempts: 3,
      error: 'TypeError: no such thing',
      envelope: { data: { n: 1 } },
    });
    await eventually(() => got.length === 1);
    expect(got).toEqual([2]);
    broken = false;
    expect(await replayDeadLetter(bus.pool, letter?.id ?? '')).toBe(true);
    await eventually(() => got.length === 2);
    expect(got).toEqual([2, 1]);
    expect(await dead(0)).toEqual([]);
    expect(await replayDeadLetter(bus.pool, letter?.id ?? '')).toBe(false);
  });

  it('stay dead when the broker delivers everything again', async () => {
    const got: number[] = [];
    bus.consume(
      [
        bus.counted(({ n }) => {
          got.push(n);
          if (n === 1) throw new Error('broken');
        }),
      ],
      { maxAttempts: 2, attemptDelaysMs: [] },
    );
    await bus.publish('k', 1);
    await dead(1);
    await bus.redis.client.flushall();
    await bus.publish('k', 2);
    await eventually(() => got.includes(2));
    expect(got).toEqual([1, 1, 2]);
  });

  it('are dead at once when their data, version or envelope is not what the consumer takes', async () => {
    const got: string[] = [];
    const strict = messagesFrom<typeof clicks, SqlTransaction>('clicks').on(
      'click.counted',
      z.object({ n: z.number().max(5) }),
      async ({ key }) => void got.push(key),
    );
    bus.consume([strict]);
    await bus.publish('k', 6);
    const [first] = await dead(1);
    expect(first).toMatchObject({ attempts: 0, error: 'n: too_big' });

    await bus.publish('k', 1);
    await bus.publish('v2', 1);
    await eventually(() => got.length === 2);
    const [entry] = await bus.redis.client.xrevrange('ns:bus:clicks', '+', '-', 'COUNT', 1);
    const envelope = JSON.parse(entry?.[1][3] ?? '') as Record<string, unknown>;
    const next = { ...envelope, id: '0190a1f0-0000-7000-8000-000000000001', dataversion: 2 };
    const add = (text: string) =>
      bus.redis.client.xadd('ns:bus:clicks', '*', 'sequence', 99, 'envelope', text);
    await add(JSON.stringify(next));
    await add('{"not":"an envelope","nul":"\\u0000"}');
    await add('not even JSON');
    const letters = await dead(4);
    expect(letters.map(({ error }) => error)).toContain('No handler for version 2');
    expect(got.sort()).toEqual(['k', 'v2']);
  });

  it('are dead and hold up nothing although PostgreSQL cannot store them as they are', async () => {
    const got: string[] = [];
    bus.consume([bus.counted(({ key }) => void got.push(key))]);
    await bus.publish('before', 1);
    await eventually(() => got.length === 1);
    const [entry] = await bus.redis.client.xrevrange('ns:bus:clicks', '+', '-', 'COUNT', 1);
    const envelope = JSON.parse(entry?.[1][3] ?? '') as Record<string, unknown>;
    const broken = [
      { ...envelope, id: '0190a1f0-0000-7000-8000-000000000002', subject: 'a\0b' },
      { ...envelope, id: '0190a1f0-0000-7000-8000-000000000003', data: { n: 'half an emoji: \ud83d' } },
      { typed: '\\u0000 \\ud83d', half: '\ude00' },
    ];
    for (const each of broken)
      await bus.redis.client.xadd('ns:bus:clicks', '*', 'sequence', 99, 'envelope', JSON.stringify(each));
    const letters = await dead(3);
    expect(letters.map((letter) => letter.envelope)).toContainEqual({
      typed: '\\u0000 \\ud83d',
      half: '\ufffd',
    });
    await bus.publish('after', 1);
    await eventually(() => got.length === 2);
    expect(got).toEqual(['before', 'after']);
  });

  it('are taken up again a few at a time, those that wait longest first', async () => {
    const parking = createParking({ pool: bus.pool, source: 'elsewhere' });
    await bus.pool.query(
      `INSERT INTO kit.parked_messages (message_id, source, type, key, envelope, attempts, next_attempt_at)
       SELECT gen_random_uuid(), 'elsewhere', 't', 'key' || n, '{}', 1, now() - n * interval '1 second'
       FROM generate_series(1, 1000) n`,
    );
    const heads = await parking.dueHeads();
    expect(heads.length).toBeLessThanOrEqual(200);
    expect(heads[0]?.key).toBe('key1000');
  });

  it('do not end the consumer when PostgreSQL refuses connections for a while', async () => {
    const got: number[] = [];
    bus.consume([bus.counted(({ n }) => void got.push(n))]);
    await bus.publish('k', 1);
    await eventually(() => got.length === 1);
    await bus.pool.query(
      // Not those of others: the server's own autovacuum may be here too.
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`,
    );
    await eventually(() => bus.publish('k', 2).catch(() => undefined));
    await eventually(() => got.length === 2);
    expect(got).toEqual([1, 2]);
  });

  it('are prevented where two handlers would share a message', () => {
    const handler = messagesFrom<typeof clicks, SqlTransaction>('clicks').on(
      'click.counted',
      z.object({ n: z.number() }),
      async () => undefined,
    );
    expect(() => bus.consume([handler, { ...handler }])).toThrow(
      'two handlers for click.counted of clicks, version 1',
    );
  });

  it('are found by the compiler when the consumer asks for more than is published', () => {
    const from = messagesFrom<typeof clicks, SqlTransaction>('clicks');
    const handle = async () => undefined;
    from.on('click.counted', z.object({ n: z.number() }), handle);
    // @ts-expect-error -- `note` may be absent
    from.on('click.counted', z.object({ note: z.string() }), handle);
    // @ts-expect-error -- no such field
    from.on('click.cleared', z.object({ n: z.number() }), handle);
    // @ts-expect-error -- no such type
    from.on('click.lost', z.object({}), handle);
    // @ts-expect-error -- another publisher
    expect(messagesFrom<typeof clicks, SqlTransaction>('taps')).toBeDefined();
  });
});
