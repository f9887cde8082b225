import type { z } from 'zod';
import type { SqlTransaction } from '../messages/transaction.js';
import type { Job } from './definitions.js';

export interface AddJobOptions {
  /** Jobs of one queue run one after the other. Few, long-lived names. */
  queueName?: string;
  /** A job of this key that has not begun is replaced. */
  jobKey?: string;
  /** Such a job keeps its time, so that one that is asked for again and again is not put off each time. */
  keepsTime?: boolean;
  runAt?: Date;
  /** Default 0; jobs of higher numbers wait for those of lower ones. */
  priority?: number;
  /** Default 25, with exponential backoff over some three days. */
  maxAttempts?: number;
}

export interface JobWish<Schema extends z.ZodType> {
  readonly payload: z.input<Schema>;
  readonly options?: AddJobOptions;
}

type Adder = Pick<SqlTransaction, '$queryRaw'>;

/**
 * Adds a job in the caller's transaction: it runs after the commit, and never when that rolls back. Returns its id.
 * Throws a ZodError when the payload is not what the job takes.
 */
export async function addJob<Schema extends z.ZodType>(
  tx: Adder,
  job: Job<Schema>,
  payload: z.input<Schema>,
  options: AddJobOptions = {},
): Promise<string> {
  const [id = ''] = await addJobs(tx, job, [{ payload, options }]);
  return id;
}

/** The same for many jobs of one kind, by one statement. */
export async function addJobs<Schema extends z.ZodType>(
  tx: Adder,
  job: Job<Schema>,
  wishes: readonly JobWish<Schema>[],
): Promise<string[]> {
  const specs = wishes.map(({ payload, options = {} }) => {
    job.schema.parse(payload);
    return { ...options, payload: payload ?? null };
  });
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT (graphile_worker.add_job(
      identifier => ${job.name}::text, payload => spec -> 'payload', queue_name => spec ->> 'queueName',
      run_at => (spec ->> 'runAt')::timestamptz, max_attempts => (spec ->> 'maxAttempts')::int,
      job_key => spec ->> 'jobKey', priority => (spec ->> 'priority')::int,
      job_key_mode => CASE WHEN (spec ->> 'keepsTime')::boolean THEN 'preserve_run_at' ELSE 'replace' END)).id::text AS id
    FROM json_array_elements(${JSON.stringify(specs)}::json) AS spec`;
  return rows.map(({ id }) => id);
}
