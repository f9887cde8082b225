import type { Transaction } from '../database.js';
import { isSuspended } from '../suspensions.js';
import type { Standing } from './rules.js';

export async function readStanding(tx: Transaction, userId: string, now: Date): Promise<Standing> {
  const offices = await tx.office.findMany({ where: { holderId: userId } });
  const privileges = await tx.privileges.findUnique({ where: { userId } });
  return { offices, privileges, isSuspended: await isSuspended(tx, userId, now) };
}
