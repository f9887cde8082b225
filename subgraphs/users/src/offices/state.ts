import type { StateMessage, StateOf } from '@diaspora/kit';
import type { Office } from '../__generated__/prisma/client.js';
import type { Transaction } from '../database.js';
import { userIds } from '../ids.js';
import type { UsersMessages } from '../messages.js';
import { placeOf } from './terms.js';

/** Offices of people who are there, those that have ended too. */
export const officeState: StateOf<UsersMessages, Transaction> = {
  types: ['office.appointed', 'office.ended'],
  count: (db) => db.office.count(),
  keysAfter: async (db, after, take) => {
    const where = after ? { id: { gt: after } } : {};
    const offices = await db.office.findMany({ where, orderBy: { id: 'asc' }, take, select: { id: true } });
    return offices.map(({ id }) => id);
  },
  tell: async (tx, id) => {
    await tx.$executeRaw`SELECT 1 FROM offices WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    const office = await tx.office.findUnique({ where: { id, holder: { erasedAt: null } } });
    return office ? messagesOf(office) : [];
  },
};

/** A term that was extended is told as it is now. */
function messagesOf(office: Office): StateMessage<UsersMessages>[] {
  const { appointerId, startsAt, endsAt, endedAt } = office;
  const place = placeOf(office);
  const term = { startsAt: startsAt.toISOString(), endsAt: endsAt?.toISOString() ?? null };
  const data = { ...place, ...term, appointerId: userIds.encode(appointerId) };
  const appointed = { type: 'office.appointed', key: place.userId, data } as const;
  if (!endedAt) return [appointed];
  const end = { ...place, endedAt: endedAt.toISOString() };
  return [appointed, { type: 'office.ended', key: place.userId, data: end }];
}
