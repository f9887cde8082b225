import type { Time } from '../time.js';

/** Time that stands still until it is moved. */
export function createFakeTime(): Time & { pass(ms: number): void; pending(): number } {
  let now = 1_000;
  let timers: { readonly id: number; readonly at: number; readonly run: () => void }[] = [];
  let ids = 0;
  return {
    now: () => now,
    after(ms, run) {
      const id = ++ids;
      timers.push({ id, at: now + ms, run });
      return id as unknown as NodeJS.Timeout;
    },
    clear(timer) {
      timers = timers.filter(({ id }) => id !== (timer as unknown as number));
    },
    afterReads: (run) => run(),
    /** Runs what falls due on the way, in order. */
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        next.run();
      }
      now = end;
    },
    pending: () => timers.length,
  };
}
