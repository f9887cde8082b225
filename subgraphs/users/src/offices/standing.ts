import type { Db, Transaction } from '../database.js';
import { activeSuperUsers, standsAsSuperUser } from '../super-users/index.js';
import { heldAt } from './conditions.js';
import type { Appointer } from './rules.js';

/** What a person may decide by, as it is read now. */
export async function readStanding(db: Db | Transaction, id: string, now: Date): Promise<Appointer> {
  const isSuperUser = (await db.account.count({ where: { ...activeSuperUsers, id } })) > 0;
  const offices = await db.office.findMany({ where: { holderId: id, role: 'AMBASSADOR', ...heldAt(now) } });
  return { id, isSuperUser, offices };
}

/**
 * The same, true until the commit: whoever takes it away waits, and then finds what was done by it. Before any other row
 * is locked.
 */
export async function standingOf(tx: Transaction, id: string, now: Date): Promise<Appointer> {
  if (await standsAsSuperUser(tx, id)) return { id, isSuperUser: true, offices: [] };
  await tx.$executeRaw`
    SELECT 1 FROM offices WHERE holder_id = ${id}::uuid AND role = 'AMBASSADOR' AND ended_at IS NULL
    ORDER BY id FOR SHARE`;
  return readStanding(tx, id, now);
}
