import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import {
  countDeadLetters,
  discardDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
  stateOfMessage,
} from './dead-letters.js';
import { createBus, eventually, type Bus } from './testing.js';

describe('messages that were given up', () => {
  let bus: Bus;
  let got: string[];
  let isBroken: boolean;
  beforeAll(async () => {
    bus = await createBus();
  });
  beforeEach(() => {
    [got, isBroken] = [[], true];
    const handler = bus.counted(({ key, n }) => {
      if (isBroken && key.startsWith('bad')) throw new Error('broken');
      got.push(`${key} ${n}`);
    });
    bus.consume([handler], { maxAttempts: 2, attemptDelaysMs: [] });
  });
  afterEach(() => bus.reset());
  afterAll(() => bus.close());

  const dead = (count: number) => eventually(async () => (await countDeadLetters(bus.pool)) === count);

  it('are counted by a metric as long as they are there', async () => {
    const registry = new Registry();
    bus.relay({ registry });
    const counted = async () =>
      /^messages_dead_letters\{consumer="clicks"\} (\d+)$/m.exec(await registry.metrics())?.[1];
    await bus.publish('bad', 1);
    await dead(1);
    await eventually(async () => (await counted()) === '1');
    const [letter] = await listDeadLetters(bus.pool);
    await discardDeadLetter(bus.pool, letter!.id);
    await eventually(async () => (await counted()) !== '1');
    expect(await counted()).toBe('0');
  });

  it('are handed back once, however often and by how many that is asked for', async () => {
    bus.relay();
    const id = await bus.publish('bad', 1);
    await dead(1);
    expect(await stateOfMessage(bus.pool, id)).toBe('DEAD');
    isBroken = false;
    const asked = await Promise.all(Array.from({ length: 5 }, () => replayDeadLetter(bus.pool, id)));
    expect(asked.filter(Boolean)).toHaveLength(1);
    await eventually(async () => (await stateOfMessage(bus.pool, id)) === 'SETTLED');
    expect(await replayDeadLetter(bus.pool, id)).toBe(false);
    expect(got).toEqual(['bad 1']);
  });

  it('are handed back all together in their order, and those that die again are not taken twice', async () => {
    bus.relay();
    let last = '';
    for (let n = 1; n <= 3; n++) last = await bus.publish('bad', n);
    await dead(3);
    expect(await replayDeadLetters(bus.pool, { type: 'click.cleared' })).toBe(0);
    // The third is held back until the first two are dead again.
    const { rows } = await bus.pool.query<{ now: string }>('SELECT now()::text AS now');
    const diedAgain = async () =>
      (await bus.pool.query('SELECT FROM kit.parked_messages WHERE dead_at > $1', [rows[0]?.now])).rowCount;
    const holder = await bus.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM kit.parked_messages WHERE message_id = $1 FOR UPDATE', [last]);
    const replaying = replayDeadLetters(bus.pool, { type: 'click.counted' });
    await eventually(async () => (await diedAgain()) === 2);
    await holder.query('ROLLBACK');
    holder.release();
    expect(await replaying).toBe(3);
    await eventually(async () => (await diedAgain()) === 3);
    isBroken = false;
    expect(await replayDeadLetters(bus.pool)).toBe(3);
    await eventually(() => got.length === 3);
    expect(got).toEqual(['bad 1', 'bad 2', 'bad 3']);
  });

  it('are never handled once they are discarded, also when the broker delivers them again', async () => {
    bus.relay();
    const id = await bus.publish('bad', 1);
    await dead(1);
    isBroken = false;
    expect([await discardDeadLetter(bus.pool, id), await discardDeadLetter(bus.pool, id)]).toEqual([
      true,
      false,
    ]);
    expect(await stateOfMessage(bus.pool, id)).toBe('SETTLED');
    await bus.redis.client.flushall();
    await bus.publish('bad', 2);
    await eventually(() => got.includes('bad 2'));
    expect(got).toEqual(['bad 2']);
  });

  it('are not discarded while they wait for their handler again', async () => {
    const id = randomUUID();
    await bus.pool.query(
      `INSERT INTO kit.parked_messages (message_id, source, type, key, envelope, attempts, dead_at)
       VALUES ($1, 'elsewhere', 't', 'k', '{}', 1, now())`,
      [id],
    );
    await replayDeadLetter(bus.pool, id);
    expect(await discardDeadLetter(bus.pool, id)).toBe(false);
    expect(await stateOfMessage(bus.pool, id)).toBe('WAITING');
    expect(await stateOfMessage(bus.pool, randomUUID())).toBe('UNKNOWN');
  });
});
