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
