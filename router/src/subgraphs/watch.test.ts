import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createFakeTime } from './testing/fake-time.js';
import { createWatch, unwatched, type Watched } from './watch.js';

const item = (dueAt: number, onDue: () => void, signal?: AbortSignal): Watched => ({
  dueAt,
  onDue,
  slot: unwatched,
  ...(signal && { signal }),
});

describe('watch', () => {
  it('calls what is due, once, and not before', () => {
    const time = createFakeTime();
    const watch = createWatch(time);
    let calls = 0;
    watch.add(item(1_020, () => calls++));
    time.pass(19);
    expect(calls).toBe(0);
    time.pass(6);
    expect(calls).toBe(1);
    time.pass(100);
    expect(calls).toBe(1);
  });

  it('does not wait for the time when nobody is interested any more', () => {
    const time = createFakeTime();
    const watch = createWatch(time);
    const gone = new AbortController();
    let calls = 0;
    watch.add(item(Infinity, () => calls++, gone.signal));
    time.pass(50);
    gone.abort();
    time.pass(5);
    expect(calls).toBe(1);
  });

  it('rests when there is nothing to watch', () => {
    const time = createFakeTime();
    const watch = createWatch(time);
    const watched = item(Infinity, () => undefined);
    watch.add(watched);
    watch.remove(watched);
    watch.remove(watched);
    time.pass(5);
    expect(time.pending()).toBe(0);
  });

  it('calls exactly what is due and was not removed, whatever is added and removed meanwhile', () => {
    const plan = fc.array(fc.record({ after: fc.nat(200), removes: fc.option(fc.nat(30)) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(plan, fc.array(fc.nat(30), { maxLength: 10 }), (items, removed) => {
        const time = createFakeTime();
        const watch = createWatch(time);
        const called: number[] = [];
        const gone = new Set<number>();
        const remove = (index: number): void => {
          if (called.includes(index) || all[index] === undefined) return;
          gone.add(index);
          watch.remove(all[index]);
        };
        const all: Watched[] = items.map(({ after, removes }, index) =>
          item(time.now() + after, () => {
            called.push(index);
            if (removes !== null) remove(removes);
          }),
        );
        all.forEach((watched) => watch.add(watched));
        removed.forEach(remove);
        time.pass(300);
        const expected = items.map((_, index) => index).filter((index) => !gone.has(index));
        expect([...called].sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });
});
