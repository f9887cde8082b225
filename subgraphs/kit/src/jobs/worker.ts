import {
  Logger as WorkerLogger,
  parseCrontab,
  run,
  type JobHelpers,
  type ParsedCronItem,
  type TaskList,
} from 'graphile-worker';
import type pg from 'pg';
import { describeFailure } from '../messages/failure.js';
import type { Logger } from '../logger.js';
import type { JobContext, JobTask, JobTasks } from './definitions.js';

export interface JobsOptions {
  /** Connects as the service role; keeps one connection to listen and uses up to `concurrency` more. */
  pool: pg.Pool;
  tasks: JobTasks;
  /** Lines of `minute hour day month weekday task ?options`, in UTC (https://worker.graphile.org/docs/cron). */
  crontab?: string;
  log: Logger;
  /** Jobs at once. Default 4. */
  concurrency?: number;
  /** How often to look for jobs that are due by time. Default 2,000 ms; new jobs are told at once. */
  pollMs?: number;
}

export interface Jobs {
  /** Begins no more jobs; resolves when those in hand have ended. */
  stop(): Promise<void>;
}

/** Runs the jobs of one database. Its graphile_worker schema must be current (see `migrate`). */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { pool, tasks, crontab, log, concurrency = 4, pollMs = 2_000 } = options;
  const runner = await run({
    pgPool: pool,
    taskList: toTaskList(tasks, log),
    parsedCronItems: readCrontab(crontab ?? ''),
    concurrency,
    pollInterval: pollMs,
    noHandleSignals: true,
    logger: toWorkerLogger(log),
  });
  let stopping: Promise<void> | undefined;
  runner.promise.catch((error: unknown) => {
    if (!stopping) log.fatal({ err: error }, 'The job runner ended');
  });
  return {
    stop: () => (stopping ??= runner.stop()),
  };
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

function toTaskList(tasks: JobTasks, log: Logger): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload: unknown, { job, abortSignal }: JobHelpers) => {
        const { scheduledFor, own } = splitSchedule(payload);
        return runTask(name, task, own, {
          id: job.id,
          attempt: job.attempts,
          maxAttempts: job.max_attempts,
          scheduledFor,
          signal: abortSignal ?? new AbortController().signal,
          log: log.child({ task: name, jobId: job.id }),
        });
      },
    ]),
  );
}

async function runTask(name: string, task: JobTask, payload: unknown, context: JobContext): Promise<void> {
  try {
    await task.run(task.schema.parse(payload) as never, context);
  } catch (error) {
    const { attempt, maxAttempts } = context;
    const level = attempt >= maxAttempts ? 'error' : 'warn';
    context.log[level]({ attempt, maxAttempts, error: describeFailure(error) }, `Job ${name} failed`);
    throw error;
  }
}

/** The crontab adds `_cron` to the payload of its jobs. */
function splitSchedule(payload: unknown): { scheduledFor: Date | undefined; own: unknown } {
  if (typeof payload !== 'object' || payload === null || !('_cron' in payload)) {
    return { scheduledFor: undefined, own: payload };
  }
  const { _cron: schedule, ...own } = payload as { _cron: { ts: string } };
  return { scheduledFor: new Date(schedule.ts), own };
}

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
