import { z } from 'zod';
import type { IdType } from '../ids.js';
import type { SqlTransaction } from './transaction.js';

/** A table of pairs: two columns of uuids that are its key, and `is_active` and `version`. Names are code, never input. */
export interface PairTable {
  readonly table: string;
  readonly columns: readonly [string, string];
}

/** What was told of a pair. */
export interface ToldPair {
  readonly ids: readonly [string, string];
  readonly isActive: boolean;
  /** Of the pair, as whoever tells of it counts. */
  readonly version: number;
}

/** Keeps what is true of a pair: the highest version wins, in whatever order they are told, and however often. */
export async function keepLatestPair(
  tx: Pick<SqlTransaction, '$executeRaw'>,
  { table, columns }: PairTable,
  { ids: [one, other], isActive, version }: ToldPair,
): Promise<void> {
  const key = columns.join(', ');
  const text = [
    `INSERT INTO ${table} AS known (${key}, is_active, version) VALUES (`,
    '::uuid, ',
    '::uuid, ',
    ', ',
    `) ON CONFLICT (${key}) DO UPDATE SET is_active = excluded.is_active, version = excluded.version
      WHERE excluded.version > known.version`,
  ];
  await tx.$executeRaw(Object.assign(text, { raw: text }), one, other, isActive, version);
}

/** What is told of two people, by their public ids: that the first did something to the other, or undid it. */
export const tie = z.object({ personId: z.string(), otherId: z.string(), version: z.number().int() });

/**
 * What a handler does with such messages: `keepTies(blocks, userIds)(true)` for those that begin a tie, `(false)` for
 * those that end it. Ties that go both ways are kept once, under the lower id first.
 */
export const keepTies =
  (pairs: PairTable & { readonly goBothWays?: boolean }, { decode }: Pick<IdType, 'decode'>) =>
  (isActive: boolean) =>
  (
    { data }: { readonly data: z.output<typeof tie> },
    tx: Pick<SqlTransaction, '$executeRaw'>,
  ): Promise<void> => {
    const told = [decode(data.personId), decode(data.otherId)] as [string, string];
    const ids = pairs.goBothWays ? told.sort() : told;
    return keepLatestPair(tx, pairs, { ids, isActive, version: data.version });
  };
