import type pg from 'pg';
import { hourMs } from '../durations.js';
import type { Logger } from '../logger.js';
import { describeFailure } from '../messages/failure.js';
import { takeLease, type Lease } from '../messages/lease.js';
import { createPauser } from '../messages/pause.js';
import { registerRunner, removeRunner, renewLocks, runnerLease, sweepRunners } from './runners.js';

export interface PresenceOptions {
  pool: pg.Pool;
  /** The name under which the runner locks jobs. */
  id: string;
  log: Logger;
  sweepMs: number;
  graceMs: number;
  /** The jobs in hand may be begun by another runner from now on. */
  onAbsent: () => void;
}

export interface Presence {
  /** Resolves when a job may be begun: at once while the runner's lease is held. */
  readonly mayBegin: () => Promise<void>;
  /** The runner begins no more jobs: nobody needs to wait for that any longer. */
  release(): void;
  /** The runner has ended. What is still locked in its name is given back. */
  stop(): Promise<void>;
}

const retryMs = 250;
const renewMs = hourMs;

/**
 * Keeps a runner on the list of those that are there, by a lease that ends with its connection, and looks after the
 * others: what a runner had in hand that has been away for `graceMs` goes back to the queue. A runner that lost its
 * lease begins no job until it has it again; when that takes longer than `graceMs`, `onAbsent` is called.
 */
export function startPresence(options: PresenceOptions): Presence {
  const { pool, id, log, sweepMs, graceMs, onAbsent } = options;
  const pauser = createPauser();
  const gate = createGate();
  let lease: Lease | undefined;
  let isKnown = false;
  let absence: NodeJS.Timeout | undefined;
  let isFailing = false;
  let renewedAt = performance.now();

  function leave(): void {
    if (pauser.stopped) return;
    gate.close();
    absence = setTimeout(onAbsent, graceMs).unref();
    pauser.wake();
  }

  async function enter(): Promise<void> {
    const taken = await takeLease(pool, runnerLease(id));
    if (!taken) return; // Somebody is just looking whether it is free.
    const isNew = await registerRunner(pool, id).catch(async (error: unknown) => {
      await taken.release();
      throw error;
    });
    lease = taken;
    clearTimeout(absence);
    if (isNew && isKnown) {
      log.warn('The job runner was away for so long that others took over its jobs');
      onAbsent();
    }
    isKnown = true;
    gate.open();
    void taken.lost.then(leave);
  }

  /** Returns how long to wait until the next look. */
  async function lookAround(): Promise<number> {
    if (!lease?.held) await enter();
    if (!lease?.held) return retryMs;
    if (performance.now() - renewedAt > renewMs) {
      await renewLocks(pool, id);
      renewedAt = performance.now();
    }
    const { missing, buried } = await sweepRunners(pool, graceMs);
    if (buried.length > 0) log.warn({ runners: buried }, 'Took over the jobs of runners that are gone');
    if (missing.includes(id)) await lease.release(); // PostgreSQL lost the connection before we did.
    return missing.length > buried.length ? Math.min(graceMs, sweepMs) : sweepMs;
  }

  async function attend(): Promise<void> {
    while (!pauser.stopped) {
      let waitMs = retryMs;
      try {
        waitMs = await lookAround();
        isFailing = false;
      } catch (error) {
        if (!isFailing)
          log.warn({ error: describeFailure(error) }, 'The job runner cannot reach its database');
        isFailing = true;
      }
      await pauser.pause(waitMs * (1 + Math.random() / 4));
    }
  }

  const attending = attend();
  return {
    mayBegin: () => gate.pass(),
    release: gate.open,
    async stop() {
      pauser.stop();
      clearTimeout(absence);
      await attending;
      await removeRunner(pool, id).catch((error: unknown) =>
        log.warn({ error: describeFailure(error) }, 'Others have to find out that the job runner ended'),
      );
      await lease?.release();
    },
  };
}

/** Closed at first. */
function createGate() {
  let open: () => void = () => undefined;
  let passing = new Promise<void>((resolve) => (open = resolve));
  return {
    pass: () => passing,
    open: () => open(),
    close: () => {
      passing = new Promise<void>((resolve) => (open = resolve));
    },
  };
}
