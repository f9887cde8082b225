import type { Logger } from './logger.js';

type Stop = () => Promise<unknown>;

/** Collects what was started and stops it in reverse order; every stop is tried, the first failure is thrown. */
export function createStopStack(): { push: (stop: Stop) => void; stop: () => Promise<void> } {
  const stops: Stop[] = [];
  let stopping: Promise<void> | undefined;
  const stopAll = async () => {
    const failures: unknown[] = [];
    for (const stop of stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error); // also what is thrown before there is a promise: the rest must still stop
      }
    }
    if (failures.length > 0) throw failures[0];
  };
  return { push: (stop) => void stops.push(stop), stop: () => (stopping ??= stopAll()) };
}

const graceMs = 15_000;
/** Ctrl-C reaches a process from the terminal and again from what started it, such as npm: that is one wish. */
const sameSignalMs = 1_000;

/**
 * On SIGINT, SIGTERM or SIGHUP: stops once, then exits. A later second signal, or 15 seconds, ends it the hard way.
 * With `reload` SIGHUP calls that instead, unless it is the terminal that hangs up.
 */
export function onShutdown(stop: Stop, options: { log?: Logger; reload?: () => unknown } = {}): void {
  let stoppingSince: number | undefined;
  const end = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (stoppingSince !== undefined) {
      if (now - stoppingSince > sameSignalMs) process.exit(1);
      return;
    }
    stoppingSince = now;
    options.log?.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), graceMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        options.log?.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  const { reload } = options;
  const reloads = reload !== undefined && !process.stdout.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  process.on('SIGHUP', reloads ? () => void reload() : end);
}

/** Runs a service's main: one clear line and exit code 1 when it cannot start, a clean stop on signals. */
export async function runMain(
  start: () => Promise<{ url: string; stop: Stop; reload?: () => unknown }>,
  log: Logger,
): Promise<void> {
  try {
    const running = await start();
    onShutdown(running.stop, { log, ...(running.reload && { reload: running.reload }) });
    log.info({ url: running.url }, 'ready');
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
