/** Runs a bounded number of tasks at once and hands their results on in the order in which they were given. */
export interface Ordered {
  /** False when too many are under way: the task is not taken. */
  run<Result>(task: () => Promise<Result>, done: (result: Result) => void): boolean;
  /** Resolves when all that was given before is handed on. */
  settled(): Promise<void>;
}

export function createOrdered({ concurrency, limit }: { concurrency: number; limit: number }): Ordered {
  const waiting: (() => void)[] = [];
  let running = 0;
  let taken = 0;
  let last: Promise<void> = Promise.resolve();

  const slot = async () => {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
  };
  const free = () => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };

  return {
    run(task, done) {
      if (taken >= limit) return false;
      taken += 1;
      const result = slot().then(task).finally(free);
      last = Promise.all([result, last]).then(([value]) => {
        taken -= 1;
        done(value);
      });
      return true;
    },
    settled: () => last,
  };
}
