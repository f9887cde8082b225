import type { Db, Transaction } from '../database.js';
import type { Pair } from './rules.js';

/** What two people have with each other, unlocked; null where there never was anything. */
export async function readPair(
  db: Db | Transaction,
  personId: string,
  otherId: string,
): Promise<Pair | null> {
  const both = { in: [personId, otherId] };
  const ties = await db.tie.findMany({ where: { personId: both, otherId: both } });
  const mine = ties.find((tie) => tie.personId === personId);
  const theirs = ties.find((tie) => tie.personId === otherId);
  return mine && theirs ? { mine, theirs } : null;
}
