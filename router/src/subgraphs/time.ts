/** Time and timers in milliseconds, as an argument so that tests can turn the hands. */
export interface Time {
  /** Monotonic. */
  now(): number;
  after(ms: number, run: () => void): NodeJS.Timeout;
  clear(timer: NodeJS.Timeout | undefined): void;
  /** Runs once everything that has already arrived at this process's sockets has been read. */
  afterReads(run: () => void): void;
}

/** Whole milliseconds, rounded up: Node keeps timers of one length in one list, where setting and clearing is cheap. */
export const systemTime: Time = {
  now: () => performance.now(),
  after: (ms, run) => setTimeout(run, Math.ceil(ms)),
  clear: (timer) => clearTimeout(timer),
  afterReads: (run) => void setImmediate(run),
};
