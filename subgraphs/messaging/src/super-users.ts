import { messagesFrom } from '@diaspora/kit';
import type { UsersMessages } from '@diaspora/users/messages';
import { z } from 'zod';
import type { Transaction } from './database.js';
import { userIds } from './ids.js';

const users = messagesFrom<UsersMessages, Transaction>('users');
const changed = z.object({
  userId: z.string().transform((id) => userIds.decode(id)),
  isSuperUser: z.boolean(),
});

/** Who runs the platform is copied here, so that they can be told of it. All about one person arrives in its order. */
export const superUserHandlers = [
  ...users.project('superUser.changed', changed, async ({ data: { userId: personId, isSuperUser } }, tx) => {
    const row = { personId, isSuperUser };
    await tx.superUser.upsert({ where: { personId }, create: row, update: row });
  }),
];

/** Those who run the platform, and this person, unless they are known to run it no more. */
export async function superUsersAnd(tx: Transaction, personId: string): Promise<string[]> {
  const known = await tx.superUser.findMany({ where: { OR: [{ isSuperUser: true }, { personId }] } });
  const standing = known.filter(({ isSuperUser }) => isSuperUser).map((row) => row.personId);
  return known.some((row) => row.personId === personId) ? standing : [...standing, personId];
}
