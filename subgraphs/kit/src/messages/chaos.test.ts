import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBus, eventually, type Bus } from './testing.js';

const messages = 500;
const keys = 10;

describe('a broker that forgets', () => {
  let bus: Bus;
  beforeAll(async () => {
    bus = await createBus();
  });
  afterAll(() => bus.close());

  it('loses nothing, repeats nothing and keeps the order of each key while its keys vanish at random', async () => {
    const got = new Map<string, number[]>();
    let handled = 0;
    const handler = bus.counted(({ key, n }) => {
      handled++;
      got.set(key, [...(got.get(key) ?? []), n]);
    });
    // Two of each, as in production.
    bus.relay();
    bus.relay();
    bus.consume([handler]);
    bus.consume([handler], { pool: bus.openPool() });

    let publishing = true;
    let losses = 0;
    const wreck = async () => {
      while (publishing) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
        const present = await bus.redis.client.keys('ns:*');
        losses += await bus.redis.client.del('ns:none', ...present);
      }
    };
    const publish = async () => {
      for (let n = 0; n < messages / keys; n++) {
        await Promise.all(Array.from({ length: keys }, (_, key) => bus.publish(`key${key}`, n)));
      }
      publishing = false;
    };
    await Promise.all([publish(), wreck()]);
    await eventually(() => handled >= messages);
    const inOrder = Array.from({ length: messages / keys }, (_, n) => n);
    expect(losses).toBeGreaterThan(2);
    for (let key = 0; key < keys; key++) expect(got.get(`key${key}`)).toEqual(inOrder);
    expect(handled).toBe(messages);
    const { rows } = await bus.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM kit.inbox');
    expect(rows[0]?.n).toBe(messages);
  });
});
