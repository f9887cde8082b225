import { AppError } from '@diaspora/kit';
import { isBlocked, noSuchPerson, readPair } from '../connections/index.js';
import type { Transaction } from '../database.js';
import { whoMay } from './rules.js';

/** Throws unless the person lets the other invite them: NOT_FOUND for a block, of which nobody is told. */
export async function assertInvitable(tx: Transaction, personId: string, inviterId: string): Promise<void> {
  const profile = await tx.profile.findUnique({ where: { accountId: personId } });
  if (!profile) throw noSuchPerson();
  const pair = await readPair(tx, personId, inviterId);
  if (pair && isBlocked(pair)) throw noSuchPerson();
  const { invitableBy } = whoMay(profile);
  if (invitableBy === 'EVERYONE' || (invitableBy === 'CONNECTIONS' && pair?.mine.friendsSince)) return;
  throw new AppError('CONFLICT', 'This person does not take invitations.', { path: ['userId'] });
}
