import { AppError, type LongJob, type LongJobRow, type LongJobs } from '@diaspora/kit';
import type { z } from 'zod';
import type { Db, Transaction } from './database.js';

interface Options<Input extends z.ZodType, Cursor extends z.ZodType, Result extends z.ZodType> {
  readonly db: Db;
  readonly longJobs: LongJobs;
  readonly job: LongJob<Input, Cursor, Result>;
  /** What it is to people; with `Id` behind it, the argument that names one. */
  readonly name: string;
  /** What the audit trail is told when one is stopped. */
  readonly recordCancelled: (tx: Transaction, ownerId: string, input: z.output<Input>) => Promise<void>;
}

/** Long jobs that are seen and stopped by whoever began them, and by nobody else. */
export function createOwnJobs<Input extends z.ZodType, Cursor extends z.ZodType, Result extends z.ZodType>({
  db,
  longJobs,
  job,
  name,
  recordCancelled,
}: Options<Input, Cursor, Result>) {
  type Row = LongJobRow<z.output<Input>, z.output<Result>>;

  const find = (ownerId: string, id: string): Promise<Row | null> => longJobs.find(job, { id, ownerId });

  async function cancel(ownerId: string, id: string): Promise<Row> {
    const row = await find(ownerId, id);
    if (!row) throw new AppError('NOT_FOUND', `There is no such ${name}.`, { path: [`${name}Id`] });
    await db.$transaction(async (tx) => {
      await longJobs.cancel(tx, job, id);
      await recordCancelled(tx, ownerId, row.input);
    });
    return (await find(ownerId, id))!;
  }

  return { find, cancel };
}
