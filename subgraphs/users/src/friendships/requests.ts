import { parseInput, type Clock, type Page, type SortKey } from '@diaspora/kit';
import type { Tie } from '../__generated__/prisma/client.js';
import type { Budgets } from '../budgets/index.js';
import { requestFriendship, type Connections } from '../connections/index.js';
import type { Db, Prisma } from '../database.js';
import { requestInput, requestsSent, requestsToOne } from './rules.js';

export type RequestSide = 'received' | 'sent';

/** Newest first; the last key tells the requests of one moment apart. */
export const requestOrder = (side: RequestSide): SortKey[] => [
  { field: 'requestedAt', direction: 'desc', type: 'date' },
  { field: side === 'received' ? 'personId' : 'otherId', direction: 'desc', type: 'uuid' },
];

interface Dependencies {
  readonly db: Db;
  readonly clock: Clock;
  readonly budgets: Budgets;
  readonly connections: Pick<Connections, 'change'>;
}

/** Requests for friendship that wait. Whoever was declined does not see that in the own list. */
export function createFriendRequests({ db, clock, budgets, connections }: Dependencies) {
  /** Each may tell the other, also one that takes the place of one that was taken back: both are counted before. */
  async function ask(personId: string, otherId: string, input: object): Promise<void> {
    const { note = null } = parseInput(requestInput, input);
    await budgets.spend(requestsToOne, `${personId}:${otherId}`);
    await budgets.spend(requestsSent, personId);
    await connections.change(personId, otherId, requestFriendship(note));
  }

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

  return { ask, list };
}
