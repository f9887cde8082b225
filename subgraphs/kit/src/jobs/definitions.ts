import type { z } from 'zod';
import type { Logger } from '../logger.js';

export interface JobContext {
  readonly id: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** For a job of the crontab: the minute it was due. */
  readonly scheduledFor: Date | undefined;
  /** Aborted when the process must stop and the job has not ended in time, or when others may run the job from now on. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface JobTask {
  readonly schema: z.ZodType;
  /** As its job says. */
  readonly isSlow?: boolean;
  run(this: void, payload: never, context: JobContext): Promise<void>;
}

/** Tasks by name. */
export type JobTasks = Readonly<Record<string, JobTask>>;

/** What a job is called and what it is given: enough to add one, without what is needed to run it. */
export interface Job<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: Schema;
  /** Whether it waits for servers of others: such jobs have workers of their own, and keep nothing else waiting. */
  readonly isSlow?: boolean;
}

export const defineJob = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  { isSlow = false } = {},
): Job<Schema> => ({ name, schema, isSlow });

type Task<Schema extends z.ZodType> = {
  readonly schema: Schema;
  run(this: void, payload: z.output<Schema>, context: JobContext): Promise<void>;
};

/** The task of a job declared by `defineJob`, to spread into the tasks of `startJobs`. */
export const onJob = <Schema extends z.ZodType>(job: Job<Schema>, run: Task<Schema>['run']): JobTasks => ({
  [job.name]: { schema: job.schema, isSlow: job.isSlow ?? false, run },
});
