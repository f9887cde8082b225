import type pg from 'pg';
import { toJsonb } from '../messages/jsonb.js';
import type { SqlTransaction } from '../messages/transaction.js';
import type { Progress } from './definitions.js';

export type JobStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** A long job as its owner sees it. */
export interface LongJobRow<Input = unknown, Result = unknown> {
  readonly id: string;
  readonly ownerId: string;
  readonly input: Input;
  readonly status: JobStatus;
  readonly done: number;
  readonly total: number | null;
  /** Null unless it succeeded. */
  readonly result: Result | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What a begin finds. */
export interface Begun {
  readonly run: number;
  readonly ownerId: string;
  readonly input: unknown;
  readonly cursor: unknown;
  readonly done: number;
  readonly total: number | null;
}

/** A begin that may write: of the newest number, while nobody has ended the job. */
export interface RunKey {
  readonly id: string;
  readonly run: number;
}

export const readLongJobs = (
  db: SqlTransaction,
  kind: string,
  ids: readonly string[],
): PromiseLike<LongJobRow[]> => db.$queryRaw`
  SELECT id, owner_id AS "ownerId", input, status, done, total, result, error_code AS "errorCode",
    error_message AS "errorMessage", created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt"
  FROM kit.long_jobs WHERE kind = ${kind} AND id = ANY(${[...ids]}::uuid[])`;

/** False when one of the same key is under way. */
export const insertLongJob = async (
  tx: SqlTransaction,
  job: { id: string; kind: string; ownerId: string; key: string | null; input: unknown; createdAt: Date },
): Promise<boolean> =>
  (await tx.$executeRaw`
    INSERT INTO kit.long_jobs (id, kind, owner_id, key, input, created_at)
    VALUES (${job.id}::uuid, ${job.kind}, ${job.ownerId}::uuid, ${job.key}, ${toJsonb(job.input)}::jsonb,
      ${job.createdAt}::timestamptz)
    ON CONFLICT (kind, key) WHERE status IN ('QUEUED', 'RUNNING') DO NOTHING`) === 1;

/** The id of the one of a key that is under way. */
export async function findLongJob(db: SqlTransaction, kind: string, key: string): Promise<string | null> {
  const [row] = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM kit.long_jobs WHERE kind = ${kind} AND key = ${key} AND status IN ('QUEUED', 'RUNNING')`;
  return row?.id ?? null;
}

/** Null for one that has ended. From now on no earlier begin writes anything. */
export async function beginLongJob(db: SqlTransaction, id: string, at: Date): Promise<Begun | null> {
  const [begun] = await db.$queryRaw<Begun[]>`
    UPDATE kit.long_jobs SET status = 'RUNNING', run = run + 1, started_at = coalesce(started_at, ${at}::timestamptz)
    WHERE id = ${id}::uuid AND status IN ('QUEUED', 'RUNNING')
    RETURNING run, owner_id AS "ownerId", input, cursor, done, total`;
  return begun ?? null;
}

/** False when this begin may write no longer. The cursor is kept when it is undefined. */
export async function noteProgress(
  tx: SqlTransaction,
  { id, run }: RunKey,
  { done, total, cursor }: Progress & { cursor?: unknown },
): Promise<boolean> {
  const reached = cursor === undefined ? null : toJsonb(cursor);
  const noted = await tx.$executeRaw`
    UPDATE kit.long_jobs
    SET done = ${done}::int, total = coalesce(${total ?? null}::int, total), cursor = coalesce(${reached}::jsonb, cursor)
    WHERE id = ${id}::uuid AND run = ${run} AND status = 'RUNNING'`;
  return noted === 1;
}

export interface Ending {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly at: Date;
  readonly keepDays: number;
}

/** False when this begin may write no longer. */
export async function endLongJob(tx: SqlTransaction, { id, run }: RunKey, ending: Ending): Promise<boolean> {
  const { status, result, error, at, keepDays } = ending;
  const kept = status === 'SUCCEEDED' ? toJsonb(result) : null;
  const ended = await tx.$executeRaw`
    UPDATE kit.long_jobs
    SET status = ${status}, result = ${kept}::jsonb, cursor = NULL,
      error_code = ${error?.code ?? null}, error_message = ${error?.message ?? null},
      finished_at = ${at}::timestamptz, forget_at = ${at}::timestamptz + make_interval(days => ${keepDays}::int)
    WHERE id = ${id}::uuid AND run = ${run} AND status = 'RUNNING'`;
  return ended === 1;
}

/** False for one that has ended already. */
export async function cancelLongJob(
  tx: SqlTransaction,
  { id, kind, at, keepDays }: { id: string; kind: string; at: Date; keepDays: number },
): Promise<boolean> {
  const cancelled = await tx.$executeRaw`
    UPDATE kit.long_jobs
    SET status = 'CANCELLED', cursor = NULL, finished_at = ${at}::timestamptz,
      forget_at = ${at}::timestamptz + make_interval(days => ${keepDays}::int)
    WHERE id = ${id}::uuid AND kind = ${kind} AND status IN ('QUEUED', 'RUNNING')`;
  return cancelled === 1;
}

/** Removes jobs that ended so long ago that nobody asks any more. */
export async function forgetLongJobs(pool: pg.Pool): Promise<void> {
  await pool.query('DELETE FROM kit.long_jobs WHERE forget_at < now()');
}
