import { v7 } from 'uuid';
import type { z } from 'zod';
import { systemClock, type Clock } from '../clock.js';
import { AppError } from '../errors.js';
import { addJob, type JobTasks } from '../jobs/index.js';
import type { SqlTransaction } from '../messages/transaction.js';
import type { LongJob, LongJobTask } from './definitions.js';
import { cancelLongJob, insertLongJob, readLongJobs, type LongJobRow } from './rows.js';
import { runLongJob, spareAttempts } from './running.js';

export type LongJobs = ReturnType<typeof createLongJobs>;

export interface LongJobsOptions {
  readonly db: SqlTransaction;
  readonly clock?: Clock;
  readonly ids?: () => string;
}

type RowOf<Input extends z.ZodType, Result extends z.ZodType> = LongJobRow<z.output<Input>, z.output<Result>>;

/** At most so many at a time in all processes of a subgraph: others of its jobs always find a worker that is free. */
const lanes = 2;

/** Work that takes longer than a request, kept in `kit.long_jobs` and done by the job worker. */
export function createLongJobs({ db, clock = systemClock, ids = v7 }: LongJobsOptions) {
  /**
   * Begins it after the commit of the caller's transaction. Of one `key` only one is under way: throws CONFLICT.
   * Returns its id.
   */
  async function start<Input extends z.ZodType>(
    tx: SqlTransaction,
    job: LongJob<Input>,
    { ownerId, input, key = null }: { ownerId: string; input: z.input<Input>; key?: string | null },
  ): Promise<string> {
    const id = ids();
    const row = { id, kind: job.name, ownerId, key, input: job.input.parse(input), createdAt: clock.now() };
    if (!(await insertLongJob(tx, row))) throw new AppError('CONFLICT', 'One of these is still under way.');
    const queueName = `long-jobs:${Number.parseInt(id.slice(-2), 16) % lanes}`;
    await addJob(tx, job, { id }, { queueName, maxAttempts: job.maxAttempts + spareAttempts });
    return id;
  }

  /**
   * Stops it, whoever asks: from the commit on it writes nothing more. One that has ended stays as it is: throws CONFLICT.
   * What it left is cleared away after the commit.
   */
  async function cancel(tx: SqlTransaction, job: LongJob, id: string): Promise<void> {
    const { name: kind, keepDays } = job;
    if (!(await cancelLongJob(tx, { id, kind, at: clock.now(), keepDays })))
      throw new AppError('CONFLICT', 'It has ended already.');
    await addJob(tx, job, { id });
  }

  /** Whoever they belong to: what a viewer may see is the caller's to decide. */
  async function read<Input extends z.ZodType, Cursor extends z.ZodType, Result extends z.ZodType>(
    job: LongJob<Input, Cursor, Result>,
    keys: readonly string[],
  ): Promise<RowOf<Input, Result>[]> {
    return (await readLongJobs(db, job.name, keys)) as RowOf<Input, Result>[];
  }

  /** Somebody's own; null for those of others. */
  async function find<Input extends z.ZodType, Cursor extends z.ZodType, Result extends z.ZodType>(
    job: LongJob<Input, Cursor, Result>,
    { id, ownerId }: { readonly id: string; readonly ownerId: string },
  ): Promise<RowOf<Input, Result> | null> {
    const [row] = await read(job, [id]);
    return row?.ownerId === ownerId ? row : null;
  }

  /** The task of a long job, to spread into the jobs of the subgraph. */
  const on = <Input extends z.ZodType, Cursor extends z.ZodType, Result extends z.ZodType>(
    job: LongJob<Input, Cursor, Result>,
    task: LongJobTask<z.output<Input>, z.output<Cursor>, z.input<Result>>,
  ): JobTasks => ({
    [job.name]: {
      schema: job.schema,
      run: ({ id }: { id: string }, context) => runLongJob({ db, clock, job, task, id, context }),
    },
  });

  return { start, cancel, read, find, on };
}
