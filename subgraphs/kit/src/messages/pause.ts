/** A pause that `wake` or `stop` ends early, so that loops stop at once. */
export interface Pauser {
  /** Resolves after `ms`, or at the next `wake`; a `wake` since the last pause counts. */
  readonly pause: (ms: number) => Promise<void>;
  /** Resolves after `ms` or when stopped, never by `wake`. */
  readonly delay: (ms: number) => Promise<void>;
  readonly wake: () => void;
  readonly stop: () => void;
  readonly stopped: boolean;
  readonly untilStopped: Promise<undefined>;
}

export function createPauser(): Pauser {
  let woken = false;
  let stopped = false;
  let tellStopped: (value: undefined) => void;
  const untilStopped = new Promise<undefined>((resolve) => (tellStopped = resolve));
  const sleepers = new Set<() => void>();
  const wakeable = new Set<() => void>();

  function sleep(ms: number, group: Set<() => void>): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        group.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      group.add(done);
    });
  }

  return {
    untilStopped,
    get stopped() {
      return stopped;
    },
    async pause(ms) {
      if (!woken && !stopped) await sleep(ms, wakeable);
      woken = false;
    },
    async delay(ms) {
      if (!stopped) await sleep(ms, sleepers);
    },
    wake() {
      woken = true;
      for (const done of [...wakeable]) done();
    },
    stop() {
      stopped = true;
      tellStopped(undefined);
      for (const done of [...wakeable, ...sleepers]) done();
    },
  };
}
