import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBus, eventually, type Bus } from './testing.js';

const keys = 10;
/** At least, of each key; and so often something has to vanish. */
const rounds = 50;
const leastLosses = 3;

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
    let published = 0;
    const publish = async () => {
      for (; published < rounds || losses < leastLosses; published++) {
        await Promise.all(Array.from({ length: keys }, (_, key) => bus.publish(`key${key}`, published)));
      }
      publishing = false;
    };
    await Promise.all([publish(), wreck()]);
    const messages = published * keys;
    await eventually(() => handled >= messages);
    const inOrder = Array.from({ length: published }, (_, n) => n);
    for (let key = 0; key < keys; key++) expect(got.get(`key${key}`)).toEqual(inOrder);
    expect(handled).toBe(messages);
    const { rows } = await bus.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM kit.inbox');
    expect(rows[0]?.n).toBe(messages);
  });
});
