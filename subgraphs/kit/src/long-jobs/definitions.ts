import { z } from 'zod';
import type { AppError } from '../errors.js';
import type { Job } from '../jobs/index.js';
import type { Logger } from '../logger.js';
import type { SqlTransaction } from '../messages/transaction.js';

const payload = z.object({ id: z.uuid() });

/** What a long job is called, what it is given, where it goes on after a death, and what comes of it. All of it JSON. */
export interface LongJob<
  Input extends z.ZodType = z.ZodType,
  Cursor extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> extends Job<typeof payload> {
  readonly input: Input;
  readonly cursor: Cursor;
  readonly result: Result;
  /** What its progress counts, in the plural: rows. */
  readonly unit: string;
  /** How long one that has ended is kept. */
  readonly keepDays: number;
  /** Failures of ours after which it is given up. A death of its process is none. */
  readonly maxAttempts: number;
}

export const defineLongJob = <
  Input extends z.ZodType,
  Cursor extends z.ZodType = z.ZodNull,
  Result extends z.ZodType = z.ZodNull,
>(
  name: string,
  options: {
    readonly input: Input;
    readonly cursor?: Cursor;
    readonly result?: Result;
    readonly unit: string;
    /** Default 30. */
    readonly keepDays?: number;
    /** Default 6, over some four minutes. */
    readonly maxAttempts?: number;
  },
): LongJob<Input, Cursor, Result> => ({
  cursor: z.null() as unknown as Cursor,
  result: z.null() as unknown as Result,
  keepDays: 30,
  maxAttempts: 6,
  ...options,
  name,
  schema: payload,
});

export interface Progress {
  readonly done: number;
  /** Kept when absent. */
  readonly total?: number | undefined;
}

/** One begin of a long job. Whatever it writes with `checkpoint` and `finish` is written by one begin only. */
export interface LongJobRun<Cursor = unknown, Result = unknown> {
  readonly id: string;
  readonly ownerId: string;
  /** What the last checkpoint said; null at the beginning. */
  readonly cursor: Cursor | null;
  readonly done: number;
  readonly total: number | null;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Says how far it is. Throws when it shall not go on: it was cancelled, or another process has taken it over. */
  progress(progress: Progress): Promise<void>;
  /**
   * Notes in the caller's transaction that all until here is done: a later begin goes on at `cursor`. Throws as
   * `progress` does, so that nothing is written after the job was cancelled.
   */
  checkpoint(tx: SqlTransaction, reached: Progress & { readonly cursor: Cursor }): Promise<void>;
  /** Ends it well in the caller's transaction; the last thing it does. A run that does not is ended when it returns. */
  finish(tx: SqlTransaction, result: Result, progress?: Progress): Promise<void>;
  /** Ends it as failed in the caller's transaction, which commits: for a report of what is wrong. */
  fail(tx: SqlTransaction, reason: AppError): Promise<void>;
}

export interface LongJobTask<Input, Cursor, Result> {
  /**
   * Does the work. An AppError ends it as failed and is told to its owner; anything else is tried again, and told as a
   * fault of ours in the end.
   */
  run(this: void, input: Input, run: LongJobRun<Cursor, Result>): Promise<void>;
  /** Clears away what one that failed or was cancelled left behind. Called at least once, perhaps while it still runs. */
  abandon?(this: void, input: Input, job: { readonly id: string; readonly ownerId: string }): Promise<void>;
}
