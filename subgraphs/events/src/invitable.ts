import { hasBlocked } from './blocks.js';
import type { Transaction } from './database.js';
import { areFriends } from './friendships.js';

/**
 * Whether a person lets another invite them. Nobody is told what it is that keeps them from it. Of whoever is kept out of
 * the platform users tell that nobody may.
 */
export async function isInvitable(tx: Transaction, personId: string, inviterId: string): Promise<boolean> {
  if (await hasBlocked(tx, personId, inviterId)) return false;
  const person = await tx.person.findUnique({ where: { userId: personId } });
  if (person?.invitableBy === 'CONNECTIONS') return areFriends(tx, personId, inviterId);
  return person?.invitableBy !== 'NOBODY';
}
