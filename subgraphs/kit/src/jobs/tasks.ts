import type { JobHelpers, TaskList } from 'graphile-worker';
import type { Logger } from '../logger.js';
import { describeFailure } from '../messages/failure.js';
import type { JobContext, JobTask, JobTasks } from './definitions.js';

export interface RunningTasks {
  readonly taskList: TaskList;
  /** Aborts the signals of the jobs in hand. */
  readonly abort: () => void;
}

/** The tasks as graphile-worker calls them. */
export function createTasks(tasks: JobTasks, log: Logger): RunningTasks {
  const inHand = new Set<AbortController>();
  const toTask =
    (name: string, task: JobTask) =>
    async (payload: unknown, { job }: JobHelpers): Promise<void> => {
      const { scheduledFor, own } = splitSchedule(payload);
      const controller = new AbortController();
      inHand.add(controller);
      await runTask(name, task, own, {
        id: job.id,
        attempt: job.attempts,
        maxAttempts: job.max_attempts,
        scheduledFor,
        signal: controller.signal,
        log: log.child({ task: name, jobId: job.id }),
      }).finally(() => inHand.delete(controller));
    };
  return {
    taskList: Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, toTask(name, task)])),
    abort: () => {
      for (const controller of inHand) controller.abort();
    },
  };
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
