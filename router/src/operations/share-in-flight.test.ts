import { describe, expect, it } from '@jest/globals';
import { createInFlight } from './share-in-flight.js';

function deferred() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

const never = () => {
  throw new Error('abandoned');
};

describe('sharing in flight', () => {
  it('gives everybody who comes meanwhile the outcome of one execution, and executes again afterwards', async () => {
    const inFlight = createInFlight<string>();
    const { promise, resolve } = deferred();
    let runs = 0;
    const run = () => {
      runs += 1;
      return promise;
    };
    const all = [1, 2, 3].map(() => inFlight.share('key', run, never));
    expect(all.map(({ hasJoined }) => hasJoined)).toEqual([false, true, true]);
    resolve('done');
    expect(await Promise.all(all.map(({ outcome }) => outcome))).toEqual(['done', 'done', 'done']);
    expect(inFlight.share('key', run, never).hasJoined).toBe(false);
    expect(runs).toBe(2);
  });

  it('gives everybody its failure', async () => {
    const inFlight = createInFlight<string>();
    const { promise, reject } = deferred();
    const all = [1, 2].map(() => inFlight.share('key', () => promise, never).outcome);
    reject(new Error('broken'));
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('lets those run for themselves who joined what turned out not to be for sharing', async () => {
    const inFlight = createInFlight<string>();
    const known = deferred();
    let runs = 0;
    const run = async (alone: () => void) => {
      const mine = (runs += 1);
      await known.promise;
      alone();
      return `run ${mine}`;
    };
    const all = [1, 2, 3].map(() => inFlight.share('key', run, never).outcome);
    known.resolve('it is a mutation');
    expect((await Promise.all(all)).sort()).toEqual(['run 1', 'run 2', 'run 3']);
  });

  it('gives up an execution when the last one who waits for it leaves, and not before', () => {
    const inFlight = createInFlight<string>();
    let abandoned = 0;
    const abandon = () => (abandoned += 1);
    const { promise } = deferred();
    const [first, second] = [1, 2].map(() => inFlight.share('key', () => promise, abandon));
    first!.leave();
    expect(abandoned).toBe(0);
    second!.leave();
    expect(abandoned).toBe(1);
    expect(inFlight.share('key', () => promise, abandon).hasJoined).toBe(false);
  });

  it('keeps other keys apart', () => {
    const inFlight = createInFlight<string>();
    const { promise } = deferred();
    inFlight.share('one', () => promise, never);
    expect(inFlight.share('other', () => promise, never).hasJoined).toBe(false);
  });
});
