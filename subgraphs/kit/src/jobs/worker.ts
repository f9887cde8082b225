import { EventEmitter } from 'node:events';
import {
  Logger as WorkerLogger,
  parseCrontab,
  run,
  type ParsedCronItem,
  type Runner,
  type WorkerEvents,
  type WorkerPool,
} from 'graphile-worker';
import type pg from 'pg';
import { describeFailure } from '../messages/failure.js';
import type { Logger } from '../logger.js';
import type { JobTasks } from './definitions.js';
import { startPresence, type Presence } from './presence.js';
import { createTasks } from './tasks.js';

export interface JobsOptions {
  /**
   * Connects as the service role; keeps one connection to listen and uses up to `concurrency` more. One more with the
   * same settings is opened beside it, which has to reach PostgreSQL itself or a pooler in session mode.
   */
  pool: pg.Pool;
  tasks: JobTasks;
  /** Lines of `minute hour day month weekday task ?options`, in UTC (https://worker.graphile.org/docs/cron). */
  crontab?: string;
  log: Logger;
  /** Jobs at once. Default 4. */
  concurrency?: number;
  /** How often to look for jobs that are due by time. Default 2,000 ms; new jobs are told at once. */
  pollMs?: number;
  /** How often to look for runners that are gone. Default 5,000 ms, and up to a quarter more. */
  sweepMs?: number;
  /** How long a runner may be away before others take over its jobs. Default 5,000 ms. */
  graceMs?: number;
}

export interface Jobs {
  /** Begins no more jobs; resolves when those in hand have ended. */
  stop(): Promise<void>;
}

/**
 * Runs the jobs of one database. Its graphile_worker and kit schemas must be current (see `migrate`).
 *
 * A job runs at least once. When its process is killed, another one begins it again within some ten seconds (`sweepMs`
 * and `graceMs`), or its successor does, and the jobs behind it in its queue go on. Two run the same job at the same
 * time only when the first has been without PostgreSQL for longer than `graceMs` and does not heed its `signal`, which
 * is aborted then. So write what a job does to the database together with the note that it is done, and give what it
 * does elsewhere a key that makes it once.
 */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { pool, tasks, crontab, log, concurrency = 4, pollMs = 2_000 } = options;
  const { sweepMs = 5_000, graceMs = 5_000 } = options;
  const { taskList, abort } = createTasks(tasks, log);
  let presence: Presence | undefined;
  const events: WorkerEvents = new EventEmitter();
  // Told before the first worker is made. Jobs are locked in the name of the pool, whichever of its workers has them.
  events.once('pool:create', ({ workerPool }: { workerPool: WorkerPool }) => {
    workerPool.abortSignal.addEventListener('abort', abort);
    presence = startPresence({ pool, id: workerPool.id, log, sweepMs, graceMs, onAbsent: abort });
  });
  const runner = await run({
    pgPool: pool,
    taskList,
    parsedCronItems: readCrontab(crontab ?? ''),
    concurrency,
    pollInterval: pollMs,
    noHandleSignals: true,
    logger: toWorkerLogger(log),
    events,
    // Asked before each job is taken: the place to wait until one may be.
    forbiddenFlags: async () => {
      await presence?.mayBegin();
      return null;
    },
  });
  let stopping: Promise<void> | undefined;
  runner.promise.catch((error: unknown) => {
    if (stopping) return;
    log.fatal({ err: error }, 'The job runner ended');
    stopping = presence?.stop();
  });
  return {
    stop: () => (stopping ??= stop(runner, presence)),
  };
}

async function stop(runner: Runner, presence: Presence | undefined): Promise<void> {
  const ending = runner.stop();
  presence?.release();
  await ending.finally(() => presence?.stop());
}

/** One job of a line waits at most: one that failed is replaced at its next time, so that failures do not pile up. */
const readCrontab = (crontab: string): ParsedCronItem[] =>
  parseCrontab(crontab).map((item) => ({
    ...item,
    options: {
      ...item.options,
      jobKey: item.options.jobKey ?? `crontab:${item.identifier}`,
      jobKeyMode: 'replace',
    },
  }));

/** The runner's own words, at most at warning level; what a failed job said is logged by `runTask`. */
function toWorkerLogger(log: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message, meta) => {
    if (meta?.['failure'] === true) return;
    if (['error', 'warning'].includes(level))
      log.warn({ error: describeFailure(meta?.['error']) }, firstLine(message));
    else log.trace(firstLine(message));
  });
}

const firstLine = (message: string): string => message.split('\n')[0] ?? '';
