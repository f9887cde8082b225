import { setTimeout as timePasses } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createState } from './state.js';

describe('a state that changes by itself', () => {
  it('is not read again and again when that is later than timers can wait', async () => {
    let reads = 0;
    const read = async () => ({ state: ++reads, changesInMs: 2 ** 31 });
    const state = createState(read, () => undefined);
    await state.renew();
    // A timer that is asked for too much is due before this one.
    await timePasses(20);
    expect(reads).toBe(1);
    state.end();
  });
});
