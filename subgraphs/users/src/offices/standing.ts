import type { OfficeRole } from '../__generated__/prisma/client.js';
import type { Db, Transaction } from '../database.js';
import { userIds } from '../ids.js';
import { activeSuperUsers, standsAsSuperUser } from '../super-users/index.js';
import { heldAt } from './conditions.js';
import type { Appointer } from './rules.js';

const mostSuperiors = 100;

/**
 * Those nearest to an office who may appoint to it, but for one person: the ambassador of a consul's country, super users
 * where there is none. As messages say them.
 */
export async function superiorsOf(
  tx: Transaction,
  { role, countryCode }: { readonly role: OfficeRole; readonly countryCode: string },
  exceptId: string,
  now: Date,
): Promise<string[]> {
  const isAmbassador = { role: 'AMBASSADOR' as const, countryCode, ...heldAt(now) };
  const [ambassadors, superUsers] = [{ offices: { some: isAmbassador } }, activeSuperUsers];
  for (const superiors of role === 'CONSUL' ? [ambassadors, superUsers] : [superUsers]) {
    const where = { AND: [superiors, { id: { not: exceptId } }] };
    const found = await tx.account.findMany({ where, select: { id: true }, take: mostSuperiors });
    if (found.length > 0) return found.map(({ id }) => userIds.encode(id));
  }
  return [];
}

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
