import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createHealth } from './health.js';

/** A dependency that can be turned off. */
function dependency() {
  let isWorking = true;
  return {
    check: () => (isWorking ? Promise.resolve() : Promise.reject(new Error('away'))),
    turn: (state: 'on' | 'off') => void (isWorking = state === 'on'),
  };
}

describe('readiness', () => {
  afterEach(() => void jest.useRealTimers());

  it('bears two failures in a row and reports the third', async () => {
    const database = dependency();
    const health = createHealth({ database: database.check });
    expect(await health.ready()).toEqual({ ready: true, checks: { database: 'ok' } });
    database.turn('off');
    const answers = [await health.ready(), await health.ready(), await health.ready()];
    expect(answers.map(({ ready }) => ready)).toEqual([true, true, false]);
    expect(answers[2]!.checks).toEqual({ database: 'failing' });
  });

  it('returns with the first success, which also forgives earlier failures', async () => {
    const database = dependency();
    const health = createHealth({ database: database.check });
    await health.ready();
    database.turn('off');
    await Promise.all([health.ready(), health.ready(), health.ready()]);
    database.turn('on');
    expect((await health.ready()).ready).toBe(true);
    database.turn('off');
    expect((await health.ready()).ready).toBe(true);
  });

  it('is not given on credit: a service that never was ready is unready at the first failure', async () => {
    const database = dependency();
    database.turn('off');
    expect((await createHealth({ database: database.check }).ready()).ready).toBe(false);
  });

  it('may be had without everything, and tells what never worked from what works', async () => {
    const [first, second] = [dependency(), dependency()];
    second.turn('off');
    const health = createHealth(
      { first: first.check, second: second.check },
      ({ first: state }) => state === 'ok',
    );
    for (let asked = 0; asked < 3; asked++) {
      expect(await health.ready()).toEqual({ ready: true, checks: { first: 'ok', second: 'failing' } });
    }
    first.turn('off');
    const answers = [await health.ready(), await health.ready(), await health.ready()];
    expect(answers.map(({ ready }) => ready)).toEqual([true, true, false]);
  });

  it('counts a check that throws at once like one that rejects', async () => {
    const health = createHealth({
      database: () => {
        throw new Error('the pool has ended');
      },
    });
    expect(await health.ready()).toEqual({ ready: false, checks: { database: 'failing' } });
  });

  it('does not wait for a check that never answers', async () => {
    jest.useFakeTimers();
    const answer = createHealth({ database: () => new Promise(() => undefined) }).ready();
    await jest.advanceTimersByTimeAsync(2_000);
    expect((await answer).ready).toBe(false);
  });

  it('ends with draining, although everything works', async () => {
    const health = createHealth({ database: dependency().check });
    await health.ready();
    health.drain();
    expect(await health.ready()).toEqual({ ready: false, checks: { database: 'ok' } });
  });
});
