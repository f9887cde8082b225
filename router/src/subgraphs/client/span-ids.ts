import { randomFillSync } from 'node:crypto';

const bytesPerId = 8;

/** Ids of spans: random, from one draw for many of them. */
export function createSpanIds(): () => string {
  const pool = Buffer.alloc(512 * bytesPerId);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    return pool.toString('hex', used, (used += bytesPerId));
  };
}
