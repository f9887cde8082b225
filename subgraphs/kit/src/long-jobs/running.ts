import type { z } from 'zod';
import type { Clock } from '../clock.js';
import { AppError } from '../errors.js';
import type { JobContext } from '../jobs/index.js';
import { describeFailure } from '../messages/failure.js';
import type { SqlTransaction } from '../messages/transaction.js';
import type { LongJob, LongJobRun, LongJobTask } from './definitions.js';
import { beginLongJob, endLongJob, noteProgress, readLongJobs, type Begun, type Ending } from './rows.js';

/** Attempts beyond those of a job, to note that it was given up although the database was away. */
export const spareAttempts = 10;

const internal = { code: 'INTERNAL', message: 'Something went wrong on our side.' };

/** Somebody ended the job, or another process began it anew: this begin stops, and writes nothing. */
class Superseded extends Error {
  override readonly name = 'Superseded';
}

interface Work<Input extends z.ZodType, Cursor extends z.ZodType, Result extends z.ZodType> {
  readonly db: SqlTransaction;
  readonly clock: Clock;
  readonly job: LongJob<Input, Cursor, Result>;
  readonly task: LongJobTask<z.output<Input>, z.output<Cursor>, z.input<Result>>;
  readonly id: string;
  readonly context: JobContext;
}

type AnyWork = Work<z.ZodType, z.ZodType, z.ZodType>;

/** One attempt of a long job, or clearing up after one that was ended before its time. */
export async function runLongJob<Input extends z.ZodType, Cursor extends z.ZodType, Result extends z.ZodType>(
  typed: Work<Input, Cursor, Result>,
): Promise<void> {
  const work = typed as unknown as AnyWork;
  const begun = await beginLongJob(work.db, work.id, work.clock.now());
  if (!begun) return clearAway(work);
  const { run, hasEnded } = createRun(work, begun);
  try {
    await work.task.run(work.job.input.parse(begun.input), run);
    if (!hasEnded()) await run.finish(work.db, null);
  } catch (error) {
    if (!(error instanceof Superseded)) await settle(work, begun, error);
    await clearAway(work);
  }
}

function createRun({ db, clock, job, id, context }: AnyWork, begun: Begun) {
  const key = { id, run: begun.run };
  const goOn = (isMine: boolean) => {
    if (!isMine) throw new Superseded('The job has been ended or taken over');
    context.signal.throwIfAborted();
  };
  const { keepDays } = job;
  let hasEnded = false;
  async function end(tx: SqlTransaction, ending: Omit<Ending, 'at' | 'keepDays'>): Promise<void> {
    goOn(await endLongJob(tx, key, { ...ending, at: clock.now(), keepDays }));
    hasEnded = true;
  }
  const run: LongJobRun = {
    id,
    ownerId: begun.ownerId,
    cursor: begun.cursor === null ? null : job.cursor.parse(begun.cursor),
    done: begun.done,
    total: begun.total,
    signal: context.signal,
    log: context.log,
    progress: async (progress) => goOn(await noteProgress(db, key, progress)),
    checkpoint: async (tx, reached) => goOn(await noteProgress(tx, key, reached)),
    finish: async (tx, result, progress) => {
      if (progress) goOn(await noteProgress(tx, key, progress));
      await end(tx, { status: 'SUCCEEDED', result: job.result.parse(result) });
    },
    fail: (tx, { code, message }) => end(tx, { status: 'FAILED', error: { code, message } }),
  };
  return { run, hasEnded: () => hasEnded };
}

/** Gives the job up, or throws for another attempt. */
async function settle({ db, clock, job, id, context }: AnyWork, begun: Begun, error: unknown): Promise<void> {
  const { attempt, maxAttempts, log } = context;
  const isExpected = error instanceof AppError;
  const failures = attempt - (maxAttempts - spareAttempts - job.maxAttempts);
  if (!isExpected && failures < job.maxAttempts) throw error;
  if (!isExpected) log.error({ attempt, error: describeFailure(error) }, `Job ${job.name} was given up`);
  const told = isExpected ? { code: error.code, message: error.message } : internal;
  const { keepDays } = job;
  await endLongJob(db, { id, run: begun.run }, { status: 'FAILED', error: told, at: clock.now(), keepDays });
}

/** Nothing for one that succeeded, or that goes on elsewhere. */
async function clearAway({ db, job, task, id }: AnyWork): Promise<void> {
  const [row] = await readLongJobs(db, job.name, [id]);
  if (row?.status !== 'CANCELLED' && row?.status !== 'FAILED') return;
  await task.abandon?.(job.input.parse(row.input), { id, ownerId: row.ownerId });
}
