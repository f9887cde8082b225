import type { Clock, Page, SortKey } from '@diaspora/kit';
import type { Tie } from '../__generated__/prisma/client.js';
import type { Db, Prisma } from '../database.js';

export type RequestSide = 'received' | 'sent';

/** Newest first; the last key tells the requests of one moment apart. */
export const requestOrder = (side: RequestSide): SortKey[] => [
  { field: 'requestedAt', direction: 'desc', type: 'date' },
  { field: side === 'received' ? 'personId' : 'otherId', direction: 'desc', type: 'uuid' },
];

/** Requests for friendship that wait. Whoever was declined does not see that in the own list. */
export function createFriendRequests({ db, clock }: { readonly db: Db; readonly clock: Clock }) {
  function ofSide(side: RequestSide, accountId: string): Prisma.TieWhereInput {
    const now = clock.now();
    const waiting = { requestedAt: { not: null }, requestExpiresAt: { gt: now } };
    if (side === 'sent') return { personId: accountId, ...waiting };
    return { otherId: accountId, ...waiting, OR: [{ declinedUntil: null }, { declinedUntil: { lte: now } }] };
  }

  const list = (side: RequestSide, accountId: string, page: Page): Promise<Tie[]> =>
    db.tie.findMany({
      where: { AND: [ofSide(side, accountId), page.where] },
      orderBy: page.orderBy,
      take: page.take,
    });

  return { list };
}
