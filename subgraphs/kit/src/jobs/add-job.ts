import type { z } from 'zod';
import type { SqlTransaction } from '../messages/transaction.js';
import type { Job } from './definitions.js';

export interface AddJobOptions {
  /** Jobs of one queue run one after the other. Few, long-lived names. */
  queueName?: string;
  /** A job of this key that has not begun is replaced. */
  jobKey?: string;
  runAt?: Date;
  /** Default 0; jobs of higher numbers wait for those of lower ones. */
  priority?: number;
  /** Default 25, with exponential backoff over some three days. */
  maxAttempts?: number;
}

/**
 * Adds a job in the caller's transaction: it runs after the commit, and never when that rolls back. Returns its id.
 * Throws a ZodError when the payload is not what the job takes.
 */
export async function addJob<Schema extends z.ZodType>(
  tx: Pick<SqlTransaction, '$queryRaw'>,
  job: Job<Schema>,
  payload: z.input<Schema>,
  options: AddJobOptions = {},
): Promise<string> {
  job.schema.parse(payload);
  const { queueName = null, jobKey = null, runAt, maxAttempts = null, priority = null } = options;
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text AS id FROM graphile_worker.add_job(
      identifier => ${job.name}::text, payload => ${JSON.stringify(payload ?? null)}::json,
      queue_name => ${queueName}::text, run_at => ${runAt?.toISOString() ?? null}::timestamptz,
      max_attempts => ${maxAttempts}::int, job_key => ${jobKey}::text,
      priority => ${priority}::int)`;
  return rows[0]?.id ?? '';
}
